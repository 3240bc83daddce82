//! Removing a working folder, where nothing is lost with it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use go_bus_api::TaskId;

use crate::discard::{discard, prune};
use crate::git::parts;
use crate::land::{landed_any, merge_adds_nothing};
use crate::line::{Line, Seen};
use crate::make::absolute;
use crate::place::{Facts, Place, Purpose, Stage, WorkFolder};
use crate::repo::{Note, Repo, Turn};
use crate::saved::Saved;
use crate::snapshot::{Snapshot, snapshot};
use crate::{ObjectId, RepoError, saved_ref, task_branch};

/// How many files are named where something would be lost.
const NAMED: usize = 20;

/// Removes the working folder of `task`, and the task's branch: only where what they hold has landed or is saved. With what
/// has landed goes the private ref too, so that nobody resumes it. A folder that is gone is only forgotten; one that is for looking
/// or for a landing holds nothing of anybody's.
///
/// *Crash semantics*: killed at any point and called again, the result is that of one undisturbed call.
///
/// # Errors
/// [`RepoError::WouldLose`] where something would be lost; where the folder is not this task's, or git fails.
pub fn remove(repo: &Repo<'_>, folder: &Path, task: &TaskId) -> Result<(), RepoError> {
    let _turn = repo.take(Turn::Folders)?;
    let path = absolute(folder)?;
    match Place::look(&path, repo.common())? {
        Place::Free => prune(repo, &path)?,
        Place::Foreign => return Err(RepoError::NotOurs(path)),
        Place::Folder(found) => {
            let facts = found.facts.clone();
            match &facts {
                None if found.is_bare()? => {}
                Some(facts) if facts.task == *task => {
                    if facts.purpose == Purpose::Work && facts.stage == Stage::Made {
                        ensure_safe(repo, &found, facts)?;
                    }
                }
                _ => return Err(RepoError::NotOurs(path)),
            }
            discard(repo, &found)?;
            if facts.is_some_and(|facts| facts.purpose != Purpose::Work) {
                return Ok(());
            }
        }
    }
    forget_refs(repo, task)
}

/// Fails where the folder holds what is neither saved nor landed.
fn ensure_safe(repo: &Repo<'_>, folder: &WorkFolder, facts: &Facts) -> Result<(), RepoError> {
    let now = snapshot(repo, folder)?;
    let head = now.head.clone().unwrap_or_else(|| facts.base.clone());
    let saved = repo.commit(&saved_ref(&facts.task))?;
    let kept = match &saved {
        Some(saved) => repo.tree(saved)? == now.tree && repo.is_in(&head, saved)?,
        None => repo.tree(&facts.base)? == now.tree && repo.is_in(&head, &facts.base)?,
    };
    if kept || has_landed(repo, facts, &now, &head)? {
        return Ok(());
    }
    let before = saved.unwrap_or_else(|| facts.base.clone());
    let files = repo.git().call(&["diff-tree", "-r", "-z", "--name-only"]).arg(&before).arg(&now.tree).output()?;
    let files = parts(&files).take(NAMED).map(|name| OsStr::from_bytes(name).to_owned()).collect::<Vec<OsString>>();
    let files = if files.is_empty() { vec![format!("the commits up to {head}").into()] } else { files };
    Err(RepoError::WouldLose { folder: folder.path.clone(), files })
}

/// Whether the branch that the work lands on has everything that the folder holds.
fn has_landed(repo: &Repo<'_>, facts: &Facts, now: &Snapshot, head: &ObjectId) -> Result<bool, RepoError> {
    let Some(tip) = newest_tip(repo, &facts.onto)? else { return Ok(false) };
    let mut call = repo.git().call(&["commit-tree", "-p"]).arg(head).arg(&now.tree);
    for (name, value) in crate::identity::variables(repo.git())? {
        call = call.with(name, value);
    }
    let all = call.args(["-F", "-"]).reading(b"What the folder holds\n".to_vec()).object()?;
    merge_adds_nothing(repo, &tip, &all)
}

/// The tip of the branch as it is known here; nobody is asked. `None` where the branch is gone.
fn newest_tip(repo: &Repo<'_>, branch: &str) -> Result<Option<ObjectId>, RepoError> {
    let line = match Line::of(repo, Some(branch)) {
        Err(RepoError::UnknownBranch(_)) => return Ok(None),
        line => line?,
    };
    Ok(Some(line.known(repo)?.tip().clone()))
}

/// Forgets the task's branch where it is saved or landed, and what was saved of it where that has landed.
fn forget_refs(repo: &Repo<'_>, task: &TaskId) -> Result<(), RepoError> {
    let (saved, own) = (saved_ref(task), format!("refs/heads/{}", task_branch(task)));
    let (saved_at, own_at) = (repo.commit(&saved)?, repo.commit(&own)?);
    let tip = match Line::of(repo, None) {
        Ok(line) => Some(line.known(repo)?.tip().clone()),
        Err(RepoError::NoBranch(_) | RepoError::UnknownBranch(_)) => None,
        Err(error) => return Err(error),
    };
    let landed = match (&saved_at, &tip) {
        (Some(saved), Some(tip)) => landed_since(repo, task, saved, tip)? && merge_adds_nothing(repo, tip, saved)?,
        _ => false,
    };
    if let Some(own_at) = own_at {
        let is_in = |other: &Option<ObjectId>| other.as_ref().map_or(Ok(false), |other| repo.is_in(&own_at, other));
        let is_free = crate::worktrees::holder(repo, &own)?.is_none();
        if is_free && (landed || is_in(&saved_at)? || is_in(&tip)?) {
            repo.git().call(&["update-ref", "-d", &own]).arg(&own_at).done()?;
        }
    }
    let Some(saved_at) = saved_at.filter(|_| landed) else { return Ok(()) };
    // The upstream's goes first: whoever is killed between the two comes back for both.
    forget_upstream(repo, &saved, &saved_at)?;
    repo.git().call(&["update-ref", "-d", &saved]).arg(&saved_at).done()
}

/// Removes the upstream's copy of what was saved, where it is the one that has landed or older. What can't be done is told only.
fn forget_upstream(repo: &Repo<'_>, saved: &str, saved_at: &ObjectId) -> Result<(), RepoError> {
    let Ok(Line { upstream: Some(upstream), .. }) = Line::of(repo, None) else { return Ok(()) };
    let there = match upstream.look(repo, &[saved])? {
        Seen::Refs(mut refs) => refs.remove(saved),
        Seen::Away(words) => {
            repo.tell(&Note::Away(words));
            None
        }
    };
    let Some(there) = there else { return Ok(()) };
    // A later one is another host's, and holds more than has landed.
    if Saved::read(repo, there.clone())?.at > Saved::read(repo, saved_at.clone())?.at {
        return Ok(());
    }
    let call = upstream.network(repo, &["push", "--quiet", "--porcelain", "--no-follow-tags"])?;
    let call = call.arg(format!("--force-with-lease={saved}:{there}"));
    let pushed = call.arg(&upstream.remote).arg(format!(":{saved}")).run()?;
    if pushed.code != 0 {
        repo.tell(&Note::NotForgotten(pushed.words()));
    }
    Ok(())
}

/// Whether a landing of the task is on the branch since the work began.
fn landed_since(repo: &Repo<'_>, task: &TaskId, saved: &ObjectId, tip: &ObjectId) -> Result<bool, RepoError> {
    let base = Saved::read(repo, saved.clone())?.base;
    let Some(base) = base else { return Ok(false) };
    landed_any(repo, task, tip, &base)
}
