//! Saving: everything in a working folder as a commit on the task's private ref.

use std::path::PathBuf;

use go_bus_api::{TaskId, Text, Work};

use crate::catch_up::resolved;
use crate::git::GitCall;
use crate::line::Line;
use crate::place::{Facts, WorkFolder};
use crate::repo::{Note, Repo, lock};
use crate::saved::BASE_TRAILER;
use crate::snapshot::{Snapshot, snapshot};
use crate::{ObjectId, RepoError, identity, saved_ref, task_branch};

/// Whether what is saved also goes to the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Push {
    /// Where the branch that the work lands on has one.
    Yes,
    /// No.
    No,
}

/// Saves everything in the working folder of `task`: tracked and untracked files, not ignored ones. The agent's index, branch, HEAD
/// and files are untouched, whatever it is in the middle of. Nothing new is made where nothing changed.
///
/// *Crash semantics*: killed at any point, what was saved before is still there.
///
/// # Errors
/// Where the folder was not made for the task, or git fails. A push that fails, or a file that can't be read, is told only.
pub fn save(repo: &Repo<'_>, folder: &std::path::Path, task: &TaskId, push: Push) -> Result<Work, RepoError> {
    let path = crate::make::absolute(folder)?;
    let (folder, _) = WorkFolder::of_task(&path, task, repo)?;
    // One at a time, so that what is on the ref is what the folder's facts say; whoever pushes holds nobody up.
    let turn = lock(&folder.private.join("xio-save.turn"), || repo.tell(&Note::Waiting("another save")))?;
    let (folder, facts) = WorkFolder::of_task(&path, task, repo)?;
    let now = snapshot(repo, &folder)?;
    let commit = keep(repo, &folder, &facts, &now)?;
    drop(turn);
    let pushed = match push {
        Push::Yes => push_saved(repo, &folder, &facts, &commit)?,
        Push::No => noted(&folder).is_some_and(|(_, there)| there == commit.as_str()),
    };
    let changed = repo.tree(&facts.base)? != now.tree;
    Ok(Work {
        base: Text::clipped(facts.base.as_str()),
        commit: Text::clipped(commit.as_str()),
        changed,
        vacuous: false,
        pushed,
    })
}

/// Puts the snapshot on the private ref, where it is not what lies there already.
pub(crate) fn keep(repo: &Repo<'_>, folder: &WorkFolder, facts: &Facts, now: &Snapshot) -> Result<ObjectId, RepoError> {
    let reference = saved_ref(&facts.task);
    let parents = parents(repo, folder, facts, now)?;
    let before = repo.commit(&reference)?;
    if let Some(before) = &before {
        let same = repo.git().call(&["log", "-1", "--format=%T %P"]).arg(before).line()?;
        let wanted: Vec<&str> = std::iter::once(&now.tree).chain(&parents).map(ObjectId::as_str).collect();
        if same.split(' ').eq(wanted) {
            return Ok(before.clone());
        }
    }
    let message = format!("Work on {}\n\n{BASE_TRAILER}: {}\n", facts.task, facts.base);
    let mut call: GitCall<'_> = repo.git().call(&["commit-tree"]).arg(&now.tree);
    for parent in &parents {
        call = call.arg("-p").arg(parent);
    }
    for (name, value) in identity::variables(repo.git())? {
        call = call.with(name, value);
    }
    let call = call.args(["-F", "-"]).reading(message.into_bytes());
    let commit = after(repo, call, [before.as_ref(), facts.saved.as_ref()])?;
    // Known as this folder's before anybody can find it.
    folder.clone().keep(Facts { saved: Some(commit.clone()), ..facts.clone() })?;
    repo.git().call(&["update-ref", &reference]).arg(&commit).done()?;
    Ok(commit)
}

/// Makes the commit, later than each of those `before` it: what is newer is told by that, also where hosts' clocks differ.
fn after(repo: &Repo<'_>, call: GitCall<'_>, before: [Option<&ObjectId>; 2]) -> Result<ObjectId, RepoError> {
    let commit = call.clone().object()?;
    if before.iter().all(Option::is_none) {
        return Ok(commit);
    }
    let times = |commits: &[&ObjectId]| -> Result<Option<i64>, RepoError> {
        // One that was made and never kept may be gone.
        let asked = repo.git().call(&["log", "--no-walk=unsorted", "--ignore-missing", "--format=%ct"]).args(commits);
        let told = asked.output()?;
        Ok(String::from_utf8_lossy(&told).lines().filter_map(|at| at.trim().parse().ok()).max())
    };
    let before: Vec<&ObjectId> = before.into_iter().flatten().collect();
    let (last, at) = (times(&before)?, times(&[&commit])?);
    match last.filter(|last| at.is_none_or(|at| *last >= at)) {
        Some(last) => call.with("GIT_COMMITTER_DATE", format!("@{} +0000", last.saturating_add(1))).object(),
        None => Ok(commit),
    }
}

/// What is checked out, and in the middle of a rebase the task's branch too: both hold commits of the agent's. And what is being merged, once
/// no conflict is left: it is in the files.
fn parents(repo: &Repo<'_>, folder: &WorkFolder, facts: &Facts, now: &Snapshot) -> Result<Vec<ObjectId>, RepoError> {
    let head = now.head.clone().unwrap_or_else(|| facts.base.clone());
    let branch = repo.commit(&format!("refs/heads/{}", task_branch(&facts.task)))?;
    let mut parents = vec![head.clone()];
    if let Some(branch) = branch
        && !repo.is_in(&branch, &head)?
    {
        parents.push(branch);
    }
    parents.extend(resolved(repo, folder)?);
    Ok(parents)
}

/// Pushes the private ref, and nothing else, where the upstream does not have it yet; tells whether it is there then.
fn push_saved(repo: &Repo<'_>, folder: &WorkFolder, facts: &Facts, commit: &ObjectId) -> Result<bool, RepoError> {
    let line = match Line::of(repo, Some(&facts.onto)) {
        Err(RepoError::UnknownBranch(branch)) => {
            repo.tell(&Note::NotPushed(format!("there is no branch {branch} any more")));
            return Ok(false);
        }
        line => line?,
    };
    let Some(upstream) = line.upstream else { return Ok(false) };
    let reference = saved_ref(&facts.task);
    if noted(folder).is_some_and(|(remote, there)| remote == upstream.remote && there == commit.as_str()) {
        return Ok(true);
    }
    let call = upstream.network(repo, &["push", "--quiet", "--porcelain", "--no-follow-tags"])?;
    let pushed = call.arg(&upstream.remote).arg(format!("+{commit}:{reference}")).run()?;
    if pushed.code == 0 {
        let noted = note(folder);
        let text = format!("{} {commit}", upstream.remote);
        std::fs::write(&noted, text).map_err(RepoError::file("write", &noted))?;
    } else {
        repo.tell(&Note::NotPushed(pushed.words()));
    }
    Ok(pushed.code == 0)
}

/// Where it is noted what was pushed last.
fn note(folder: &WorkFolder) -> PathBuf {
    folder.private.join("xio-pushed")
}

/// The remote that was pushed to last, and what.
pub(crate) fn noted(folder: &WorkFolder) -> Option<(String, String)> {
    let text = std::fs::read_to_string(note(folder)).ok()?;
    text.split_once(' ').map(|(remote, commit)| (remote.to_owned(), commit.to_owned()))
}
