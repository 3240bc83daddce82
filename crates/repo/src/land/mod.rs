//! Landing: the one queue of a repo. Merge onto the tip, verify the merged tree, then move the branch, or start over where it moved.

mod advance;
mod commit;
mod conflict_text;
mod deliver;
mod trial;

pub(crate) use commit::{AGENT, ATTEMPT, TASK, landed_by};

use std::ffi::OsString;
use std::path::Path;

use go_bus_api::{AgentId, Attempt, TaskId};

use self::advance::Moved;
use self::trial::Verdict;
use crate::line::{Line, Newest, Seen, Tips};
use crate::make::find_commit;
use crate::merge::merge;
use crate::repo::{Note, Repo, Turn};
use crate::{ObjectId, RepoError};

/// How often landing starts over while the branch moves.
const ROUNDS: usize = 5;

/// What becomes of work that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deliver {
    /// The branch moves.
    Merge,
    /// A branch of its own and a text for a pull request; nothing moves.
    Branch,
}

/// What to land.
#[derive(Debug, Clone, Copy)]
pub struct Landing<'o> {
    /// Where to check the merged tree out; free, or left there by a landing of this task that was killed.
    pub folder: &'o Path,
    /// The task.
    pub task: &'o TaskId,
    /// Its attempt.
    pub attempt: Attempt,
    /// The commit that holds the work.
    pub commit: &'o str,
    /// The first line of the commit that lands.
    pub title: &'o str,
    /// Who built it.
    pub agent: &'o AgentId,
    /// The branch; the one that is checked out in the repo's folder where none is named.
    pub onto: Option<&'o str>,
    /// What becomes of it.
    pub deliver: Deliver,
    /// Commands for the shell that have to pass on the merged tree.
    pub verify: &'o [String],
    /// What makes the folder one that they can be run in.
    pub terms: Terms<'o>,
}

/// What the project says of each of its working folders.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'o> {
    /// Which files of the repo's folder that git does not track are copied.
    pub copy: &'o [String],
    /// Commands that have to pass before the verifications.
    pub setup: &'o [String],
    /// Variables of all of these commands.
    pub env: &'o [(String, String)],
    /// Commands that are run before the folder is removed.
    pub teardown: &'o [String],
}

/// How a landing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on the branch now.
    Landed {
        /// The commit that landed.
        commit: ObjectId,
        /// The branch.
        branch: String,
        /// The text for a pull request, where it was asked for.
        request: Option<String>,
    },
    /// It was on the branch before.
    AlreadyLanded {
        /// The commit that landed, or the tip that has it all.
        commit: ObjectId,
        /// The branch.
        branch: String,
        /// The text for a pull request, where it was asked for.
        request: Option<String>,
    },
    /// It can't be merged onto the tip.
    Conflict {
        /// What it can't be merged onto.
        tip: ObjectId,
        /// The files that conflict.
        files: Vec<OsString>,
        /// What git says, and the places in the files.
        text: String,
    },
    /// A verification failed on the merged tree.
    Red {
        /// What it was merged onto.
        tip: ObjectId,
        /// Which, or which command of the setup.
        command: String,
        /// Its exit code.
        code: i32,
        /// The end of what it said.
        output: String,
    },
    /// Not now: something has to change that this call can't.
    Later {
        /// What.
        why: String,
    },
}

/// Lands one task's work. Waits for its turn in the repo.
///
/// *Guarantees*: the branch only moves forward, onto a commit whose tree passed every verification; what is on it already is not
/// landed again. *Crash semantics*: killed at any point and called again, the work lands exactly once. *Assumptions*: nobody else
/// uses the folder.
///
/// # Errors
/// Where the commit is unknown, or git fails. What the caller can do something about is an [`Outcome`].
pub fn land(repo: &Repo<'_>, order: &Landing<'_>) -> Result<Outcome, RepoError> {
    let _turn = repo.take(Turn::Landing)?;
    // Before anything moves: a folder that is not ours is no place to try in.
    trial::clear(repo, order)?;
    let line = Line::of(repo, order.onto)?;
    let unknown = || RepoError::UnknownCommit(order.commit.to_owned());
    let work = find_commit(repo, &line, order.commit)?.ok_or_else(unknown)?;
    let outcome = in_rounds(repo, order, &line, &work);
    trial::clear(repo, order)?;
    outcome
}

fn in_rounds(repo: &Repo<'_>, order: &Landing<'_>, line: &Line, work: &ObjectId) -> Result<Outcome, RepoError> {
    let mut passed: Option<(ObjectId, ObjectId)> = None;
    let mut why = String::new();
    let mut moves = 0_usize;
    for _ in 0..ROUNDS {
        let (tips, delivered) = match look(repo, order, line)? {
            Ok(seen) => seen,
            Err(why) => return Ok(Outcome::Later { why }),
        };
        if let Some(done) = already(repo, order, line, work, &tips, delivered.as_ref())? {
            return Ok(done);
        }
        let tip = tips.tip().clone();
        let passed_on = passed.take();
        moves = moves.saturating_add(usize::from(passed_on.as_ref().is_some_and(|(onto, _)| *onto != tip)));
        let ready = match passed_on.filter(|(onto, _)| *onto == tip) {
            Some((_, ready)) => ready,
            None => match prepare(repo, order, line, work, &tip)? {
                Ok(ready) => ready,
                Err(outcome) => return Ok(outcome),
            },
        };
        let moved = match order.deliver {
            Deliver::Merge => advance::advance(repo, line, &tips, &ready)?,
            Deliver::Branch => deliver::put(repo, line, order.task, &ready)?,
        };
        match moved {
            Moved::There => return landed(repo, order, line, &tip, work, ready),
            Moved::Blocked(why) => return Ok(Outcome::Later { why }),
            Moved::Lost(words) => {
                repo.tell(&Note::Again(line.branch.clone()));
                (why, passed) = (words, Some((tip, ready)));
            }
        }
    }
    let branch = &line.branch;
    // A push is also refused by rules of the upstream's own.
    let why = match moves {
        0 => format!("{branch} did not take it, {ROUNDS} times: {why}"),
        _ => format!("{branch} moved again and again while this was landing: {why}"),
    };
    Ok(Outcome::Later { why })
}

/// What the branch is here and on the upstream, and where the task's work was delivered to before; or why nothing can land now.
fn look(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
) -> Result<Result<(Tips, Option<ObjectId>), String>, RepoError> {
    let own = format!("refs/heads/{}", crate::task_branch(order.task));
    let (remote, delivered) = match &line.upstream {
        None => (None, repo.commit(&own)?),
        Some(upstream) => match upstream.look(repo, &[&upstream.reference, &own])? {
            Seen::Refs(mut refs) => (refs.remove(&upstream.reference), refs.remove(&own)),
            Seen::Away(words) => return Ok(Err(format!("{} can't be reached: {words}", upstream.remote))),
        },
    };
    let tips = line.tips(repo, remote)?;
    if tips.newest == Newest::Neither {
        return Ok(Err(format!(
            "{} and its upstream have both moved on: merge or rebase one onto the other",
            line.branch
        )));
    }
    Ok(Ok((tips, delivered.filter(|_| order.deliver == Deliver::Branch))))
}

/// The outcome where nothing is left to do.
fn already(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
    work: &ObjectId,
    tips: &Tips,
    delivered: Option<&ObjectId>,
) -> Result<Option<Outcome>, RepoError> {
    if let Some(there) = delivered.filter(|_| order.deliver == Deliver::Branch)
        && commit::is_of(repo, there, order)?
    {
        let branch = crate::task_branch(order.task);
        // Whoever delivered it may not have lived to tell.
        let request = match repo.commit(&format!("{there}^"))? {
            Some(tip) => Some(deliver::request(repo, order, line, &tip, work, there)?),
            None => None,
        };
        return Ok(Some(Outcome::AlreadyLanded { commit: there.clone(), branch, request }));
    }
    let tip = tips.tip();
    let before = if repo.is_in(work, tip)? { Some(work.clone()) } else { commit::landed(repo, order, tip, work)? };
    let Some(commit) = before else { return Ok(None) };
    if order.deliver == Deliver::Merge {
        advance::follow(repo, line, tips, tip)?;
    }
    Ok(Some(Outcome::AlreadyLanded { commit, branch: line.branch.clone(), request: None }))
}

/// Whether `tip` has everything that `work` has.
pub(crate) fn merge_adds_nothing(repo: &Repo<'_>, tip: &ObjectId, work: &ObjectId) -> Result<bool, RepoError> {
    let merged = merge(repo, tip, work)?;
    Ok(merged.conflict.is_none() && merged.tree == repo.tree(tip)?)
}

/// The commit to land on `tip`, merged and verified; or why there is none.
fn prepare(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
    work: &ObjectId,
    tip: &ObjectId,
) -> Result<Result<ObjectId, Outcome>, RepoError> {
    let merged = merge(repo, tip, work)?;
    if let Some(conflict) = merged.conflict {
        let text = conflict_text::of(repo, &merged.tree, &conflict)?;
        return Ok(Err(Outcome::Conflict { tip: tip.clone(), files: conflict.files, text }));
    }
    if merged.tree == repo.tree(tip)? {
        let branch = line.branch.clone();
        return Ok(Err(Outcome::AlreadyLanded { commit: tip.clone(), branch, request: None }));
    }
    let ready = commit::make(repo, order, &merged.tree, tip, work)?;
    Ok(match trial::verify(repo, order, line, &ready)? {
        Verdict::Green => Ok(ready),
        Verdict::Red { command, code, output } => Err(Outcome::Red { tip: tip.clone(), command, code, output }),
    })
}

fn landed(
    repo: &Repo<'_>,
    order: &Landing<'_>,
    line: &Line,
    tip: &ObjectId,
    work: &ObjectId,
    commit: ObjectId,
) -> Result<Outcome, RepoError> {
    Ok(match order.deliver {
        Deliver::Merge => Outcome::Landed { commit, branch: line.branch.clone(), request: None },
        Deliver::Branch => {
            let request = Some(deliver::request(repo, order, line, tip, work, &commit)?);
            Outcome::Landed { commit, branch: crate::task_branch(order.task), request }
        }
    })
}
