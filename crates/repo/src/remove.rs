//! Removing a working folder, where nothing is lost with it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use go_bus_api::TaskId;

use crate::discard::{discard, prune};
use crate::git::parts;
use crate::land::{landed_by, merge_adds_nothing};
use crate::line::{Line, Seen, Upstream};
use crate::make::absolute;
use crate::place::{Facts, Place, Purpose, Stage, WorkFolder};
use crate::repo::{Note, Repo, Turn};
use crate::saved::Saved;
use crate::snapshot::{Snapshot, snapshot};
use crate::within::with_work;
use crate::{ObjectId, RepoError, saved_ref, task_branch};

/// How many files are named where something would be lost.
const NAMED: usize = 20;

/// Removes the working folder of `task`, and the task's branch: only where what they hold has landed or is saved. With what
/// has landed goes the private ref too, so that nobody resumes it. A folder that is gone is only forgotten; one that is for looking
/// or for a landing holds nothing of anybody's. `onto` is the branch that the work lands on, for a folder that does not say so any more.
///
/// *Crash semantics*: killed at any point and called again, the result is that of one undisturbed call.
///
/// # Errors
/// [`RepoError::WouldLose`] where something would be lost; where the folder is not this task's, or git fails.
pub fn remove(repo: &Repo<'_>, folder: &Path, task: &TaskId, onto: Option<&str>) -> Result<(), RepoError> {
    let _turn = repo.take(Turn::Folders)?;
    let path = absolute(folder)?;
    let mut onto = onto.map(str::to_owned);
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
            if facts.as_ref().is_some_and(|facts| facts.purpose != Purpose::Work) {
                return Ok(());
            }
            onto = facts.map(|facts| facts.onto).or(onto);
        }
    }
    forget_refs(repo, task, onto.as_deref())
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
    let lost = |files| Err(RepoError::WouldLose { folder: folder.path.clone(), files });
    let within = with_work(repo, folder, &now)?;
    if !within.is_empty() || now.unread.is_some() {
        return lost(within.into_iter().map(PathBuf::into_os_string).chain(now.unread.map(OsString::from)).collect());
    }
    if kept || has_landed(repo, facts, &now, &head)? || went_on_elsewhere(repo, facts, &now, &head, saved.as_ref())? {
        return Ok(());
    }
    let before = saved.unwrap_or_else(|| facts.base.clone());
    let files = repo.git().call(&["diff-tree", "-r", "-z", "--name-only"]).arg(&before).arg(&now.tree).output()?;
    let files = parts(&files).take(NAMED).map(|name| OsStr::from_bytes(name).to_owned()).collect::<Vec<OsString>>();
    let files = if files.is_empty() { vec![format!("the commits up to {head}").into()] } else { files };
    lost(files)
}

/// Whether the folder holds what was saved of it, and the work went on from that elsewhere.
fn went_on_elsewhere(
    repo: &Repo<'_>,
    facts: &Facts,
    now: &Snapshot,
    head: &ObjectId,
    saved: Option<&ObjectId>,
) -> Result<bool, RepoError> {
    let own = facts.saved.as_ref().map(|own| repo.commit(own.as_str())).transpose()?.flatten();
    let (Some(own), Some(saved)) = (own, saved) else { return Ok(false) };
    let is_later = Saved::read(repo, saved.clone())?.at > Saved::read(repo, own.clone())?.at;
    let is_kept = repo.is_in(head, &own)? || repo.is_in(head, saved)?;
    Ok(is_later && is_kept && repo.tree(&own)? == now.tree)
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

/// Forgets the task's branch where it is saved or landed, and what was saved of it where that has landed. While a folder of another host that
/// has the same repo is there, nothing is forgotten: that one goes by it.
fn forget_refs(repo: &Repo<'_>, task: &TaskId, onto: Option<&str>) -> Result<(), RepoError> {
    let (saved, own) = (saved_ref(task), format!("refs/heads/{}", task_branch(task)));
    if crate::worktrees::holder(repo, &own)?.is_some() {
        return Ok(());
    }
    let (saved_at, own_at) = (repo.commit(&saved)?, repo.commit(&own)?);
    let line = match Line::of(repo, onto) {
        Ok(line) => Some(line),
        Err(RepoError::NoBranch(_) | RepoError::UnknownBranch(_)) => None,
        Err(error) => return Err(error),
    };
    let mut tip = line.as_ref().map(|line| line.known(repo)).transpose()?.map(|tips| tips.tip().clone());
    let mut landed = all_has_landed(repo, task, saved_at.as_ref(), tip.as_ref())?;
    if let Some(line) = line.as_ref().filter(|line| !landed && saved_at.is_some() && line.upstream.is_some()) {
        // Another host may have landed it.
        tip = Some(line.freshest(repo, &saved)?.0);
        landed = all_has_landed(repo, task, saved_at.as_ref(), tip.as_ref())?;
    }
    if let Some(own_at) = own_at {
        let is_in = |other: &Option<ObjectId>| other.as_ref().map_or(Ok(false), |other| repo.is_in(&own_at, other));
        if landed || is_in(&saved_at)? || is_in(&tip)? {
            repo.git().call(&["update-ref", "-d", &own]).arg(&own_at).done()?;
        }
    }
    let Some(saved_at) = saved_at.filter(|_| landed) else { return Ok(()) };
    // The upstream's goes first: whoever is killed between the two comes back for both.
    if let Some(upstream) = line.and_then(|line| line.upstream) {
        forget_upstream(repo, &upstream, &saved, &saved_at)?;
    }
    repo.git().call(&["update-ref", "-d", &saved]).arg(&saved_at).done()
}

/// Whether what was saved has landed since the work began, all of it.
fn all_has_landed(
    repo: &Repo<'_>,
    task: &TaskId,
    saved: Option<&ObjectId>,
    tip: Option<&ObjectId>,
) -> Result<bool, RepoError> {
    let (Some(saved), Some(tip)) = (saved, tip) else { return Ok(false) };
    let Some(base) = Saved::read(repo, saved.clone())?.base else { return Ok(false) };
    // What others changed after it is nothing that this work lacks.
    match landed_by(repo, task, tip, &base)? {
        Some(landing) => merge_adds_nothing(repo, &landing, saved),
        None => Ok(false),
    }
}

/// Removes the upstream's copy of what was saved, where it is the one that has landed or older. What can't be done is told only.
fn forget_upstream(repo: &Repo<'_>, upstream: &Upstream, saved: &str, saved_at: &ObjectId) -> Result<(), RepoError> {
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
