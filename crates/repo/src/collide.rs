//! Whose saved work would collide with whose, were both to land as they are now.

use go_bus_api::{Collision, MergeTrial, TaskId, Text};
use go_runtime::StateFile;
use serde::{Deserialize, Serialize};

use crate::line::{Line, Seen};
use crate::merge::merge;
use crate::repo::{Note, Repo};
use crate::saved::Saved;
use crate::{ObjectId, RepoError, saved_ref};

/// The tasks in flight in a repo.
#[derive(Debug, Clone, Copy)]
pub struct InFlight<'o> {
    /// Those that are worked on here.
    pub here: &'o [TaskId],
    /// Those of other hosts: what they saved is on the upstream, and here too where the host has the same repo.
    pub away: &'o [TaskId],
    /// The branch that their work lands on; the one that is checked out in the repo's folder where none is named.
    pub onto: Option<&'o str>,
}

/// A task's saved work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Work {
    task: TaskId,
    commit: ObjectId,
    is_here: bool,
}

/// A trial and what was tried, kept so that only what has changed is tried anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    trial: MergeTrial,
    commits: (ObjectId, ObjectId),
}

/// Tries what each task has saved here against what each other has; a task that has saved nothing is left out. Nothing is changed but the
/// memory of what was tried, and no work tree is needed.
///
/// *Crash semantics*: killed at any point, the next call tries again what was not kept.
///
/// # Errors
/// Where git fails. An upstream that can't be reached is told only.
pub fn collide(repo: &Repo<'_>, tasks: &InFlight<'_>) -> Result<Vec<MergeTrial>, RepoError> {
    let works = works(repo, tasks)?;
    let memory = StateFile::at(repo.common().join("xio").join("trials.json"));
    // What can't be read is tried anew.
    let before: Vec<Kept> = memory.read().ok().flatten().unwrap_or_default();
    let mut now = Vec::new();
    let mut trials = Vec::new();
    for (at, one) in works.iter().enumerate() {
        for other in works.iter().skip(at.saturating_add(1)) {
            let known = before.iter().find(|kept| kept.is_of(one, other)).cloned();
            let kept = match known {
                Some(kept) => kept,
                None if one.is_here || other.is_here => try_out(repo, one, other)?,
                None => continue,
            };
            if one.is_here || other.is_here {
                trials.push(kept.trial.clone());
            }
            now.push(kept);
        }
    }
    if now != before {
        memory.write(&now)?;
    }
    Ok(trials)
}

impl Kept {
    fn is_of(&self, one: &Work, other: &Work) -> bool {
        (&self.trial.one, &self.trial.other) == (&one.task, &other.task)
            && (&self.commits.0, &self.commits.1) == (&one.commit, &other.commit)
    }
}

fn try_out(repo: &Repo<'_>, one: &Work, other: &Work) -> Result<Kept, RepoError> {
    let conflict = merge(repo, &one.commit, &other.commit)?.conflict;
    let named = conflict.into_iter().flat_map(|conflict| conflict.files).take(Collision::MOST_FILES);
    let files = named.map(|file| Text::clipped(&file.to_string_lossy())).collect();
    let trial = MergeTrial { one: one.task.clone(), other: other.task.clone(), files };
    Ok(Kept { trial, commits: (one.commit.clone(), other.commit.clone()) })
}

/// What each of them has saved, in the order of the tasks, so that a pair is the same pair whoever asks.
fn works(repo: &Repo<'_>, tasks: &InFlight<'_>) -> Result<Vec<Work>, RepoError> {
    let mut works = Vec::new();
    for task in tasks.here {
        if let Some(commit) = repo.commit(&saved_ref(task))? {
            works.push(Work { task: task.clone(), commit, is_here: true });
        }
    }
    // Without anything here there is nothing to ask the upstream for.
    if !works.is_empty() {
        works.extend(of_others(repo, tasks)?);
    }
    works.sort_by(|a, b| a.task.cmp(&b.task));
    Ok(works)
}

fn of_others(repo: &Repo<'_>, tasks: &InFlight<'_>) -> Result<Vec<Work>, RepoError> {
    let references: Vec<String> = tasks.away.iter().map(saved_ref).collect();
    let upstream = if references.is_empty() { None } else { Line::of(repo, tasks.onto)?.upstream };
    let wanted: Vec<&str> = references.iter().map(String::as_str).collect();
    let mut theirs = match upstream.map(|upstream| upstream.look(repo, &wanted)).transpose()? {
        Some(Seen::Refs(refs)) => refs,
        Some(Seen::Away(words)) => {
            repo.tell(&Note::Away(words));
            Default::default()
        }
        None => Default::default(),
    };
    let mut works = Vec::new();
    for (task, reference) in tasks.away.iter().zip(&references) {
        let read = |commit: Option<ObjectId>| commit.map(|commit| Saved::read(repo, commit)).transpose();
        let saved = Saved::newer(read(repo.commit(reference)?)?, read(theirs.remove(reference))?);
        works.extend(saved.map(|saved| Work { task: task.clone(), commit: saved.commit, is_here: false }));
    }
    Ok(works)
}
