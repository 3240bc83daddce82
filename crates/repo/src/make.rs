//! Making a working folder: for a task, from the branch's tip or from what was saved; or at a commit, to look at it.

use std::path::{Path, PathBuf};

use go_bus_api::TaskId;
use serde::Serialize;

use crate::copy;
use crate::discard::{discard, forget};
use crate::elsewhere::give_way;
use crate::line::Line;
use crate::place::{Facts, Place, Purpose, Stage, WorkFolder};
use crate::repo::{Repo, Turn};
use crate::saved::Saved;
use crate::start::{Found, Start, choose};
use crate::{ObjectId, RepoError, saved_ref, task_branch};

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// Where.
    pub folder: &'o Path,
    /// For which task.
    pub task: &'o TaskId,
    /// The branch that its work lands on; the one that is checked out in the repo's folder where none is named.
    pub onto: Option<&'o str>,
    /// The commit to look at; where none is named, the folder is for building.
    pub at: Option<&'o str>,
    /// Which files of the repo's folder that git does not track are copied: paths in it, `*` and `**` allowed.
    pub copy: &'o [String],
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The commit that the work began from.
    pub base: ObjectId,
    /// Where.
    pub folder: PathBuf,
    /// Whether there is earlier work in it.
    pub resumed: bool,
    /// Whether it was made by this call, and nothing was set up in it yet.
    pub fresh: bool,
}

/// Makes a working folder. One that is there for the task already is kept as it is, unless the work went on on another host since: then, and
/// where it is gone, it is made from what was saved; any other from the tip of the branch.
///
/// *Crash semantics*: killed at any point and called again, the result is that of one undisturbed call. Callers of several
/// processes wait for each other.
///
/// # Errors
/// Where the folder holds what is not this task's, or git fails. An upstream that can't be reached is told only.
pub fn make(repo: &Repo<'_>, order: &Order<'_>) -> Result<Made, RepoError> {
    let _turn = repo.take(Turn::Folders)?;
    let folder = absolute(order.folder)?;
    match Place::look(&folder, repo.common())? {
        Place::Free => {}
        Place::Folder(found) => {
            if let Some(made) = go_on(repo, order, found)? {
                return Ok(made);
            }
        }
        Place::Foreign => return Err(occupied(order)),
    }
    let line = Line::of(repo, order.onto)?;
    let start = match order.at {
        Some(commit) => to_look_at(repo, &line, commit)?,
        None => to_build_on(repo, &line, order.task)?,
    };
    begin(repo, order, &line, &folder, start)
}

/// What to do with a working folder that is there: keep it, finish it, or clear it away (`None`).
fn go_on(repo: &Repo<'_>, order: &Order<'_>, found: WorkFolder) -> Result<Option<Made>, RepoError> {
    let purpose = if order.at.is_some() { Purpose::Look } else { Purpose::Work };
    match found.facts.clone() {
        None if found.is_bare()? => discard(repo, &found).map(|()| None),
        Some(facts) if facts.task == *order.task && facts.purpose == purpose => match facts.stage {
            Stage::Making => finish(repo, order, found, facts).map(Some),
            Stage::Removing => discard(repo, &found).map(|()| None),
            Stage::Made => match order.at {
                Some(commit) if repo.commit(commit)?.as_ref() != Some(&facts.head) => {
                    discard(repo, &found).map(|()| None)
                }
                None if give_way(repo, &found, &facts)? => Ok(None),
                _ => {
                    let resumed = purpose == Purpose::Work;
                    Ok(Some(Made { base: facts.base, folder: found.path, resumed, fresh: false }))
                }
            },
        },
        _ => Err(occupied(order)),
    }
}

fn to_look_at(repo: &Repo<'_>, line: &Line, name: &str) -> Result<Start, RepoError> {
    let commit = find_commit(repo, line, name)?.ok_or_else(|| RepoError::UnknownCommit(name.to_owned()))?;
    Ok(Start { head: commit.clone(), files: commit.clone(), base: commit, saved: None })
}

/// The commit, from the upstream where it is not here.
pub(crate) fn find_commit(repo: &Repo<'_>, line: &Line, name: &str) -> Result<Option<ObjectId>, RepoError> {
    if let Some(commit) = repo.commit(name)? {
        return Ok(Some(commit));
    }
    let (Some(upstream), Some(_)) = (&line.upstream, ObjectId::parse(name)) else { return Ok(None) };
    let words = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
    // Whether that worked shows in whether the commit is here.
    upstream.network(repo, &words)?.arg(&upstream.remote).arg(name).run()?;
    repo.commit(name)
}

fn to_build_on(repo: &Repo<'_>, line: &Line, task: &TaskId) -> Result<Start, RepoError> {
    let reference = saved_ref(task);
    let (tip, theirs) = line.freshest(repo, &reference)?;
    let ours = repo.commit(&reference)?.map(|commit| Saved::read(repo, commit)).transpose()?;
    let theirs = theirs.map(|commit| Saved::read(repo, commit)).transpose()?;
    let branch = repo.commit(&format!("refs/heads/{}", task_branch(task)))?;
    choose(repo, &Found { tip, branch, saved: Saved::newer(ours, theirs) })
}

fn begin(repo: &Repo<'_>, order: &Order<'_>, line: &Line, folder: &Path, start: Start) -> Result<Made, RepoError> {
    let added = repo.git().call(&["worktree", "add", "--force", "--no-checkout", "--detach", "--quiet"]);
    added.arg(folder).arg(&start.head).done()?;
    let Place::Folder(mut made) = Place::look(folder, repo.common())? else { return Err(occupied(order)) };
    let facts = Facts {
        task: order.task.clone(),
        purpose: if order.at.is_some() { Purpose::Look } else { Purpose::Work },
        stage: Stage::Making,
        base: start.base,
        head: start.head,
        files: start.files,
        onto: line.branch.clone(),
        saved: start.saved,
    };
    made.keep(facts.clone())?;
    finish(repo, order, made, facts)
}

/// Fills a folder that is being made; nobody but this function has written in it.
fn finish(repo: &Repo<'_>, order: &Order<'_>, mut folder: WorkFolder, facts: Facts) -> Result<Made, RepoError> {
    forget(&folder.private.join("index.lock"))?;
    let git = folder.git(repo);
    if facts.purpose == Purpose::Work {
        let branch = format!("refs/heads/{}", task_branch(&facts.task));
        git.call(&["update-ref", &branch]).arg(&facts.head).done()?;
        git.call(&["symbolic-ref", "HEAD", &branch]).done()?;
    }
    git.call(&["read-tree", "--reset", "-u"]).arg(&facts.files).done()?;
    copy::copy(repo, &folder, order.copy)?;
    if facts.files != facts.head {
        git.call(&["reset", "--quiet"]).run()?;
    }
    let resumed = facts.purpose == Purpose::Work && facts.head != facts.base || facts.files != facts.head;
    let base = facts.base.clone();
    folder.keep(Facts { stage: Stage::Made, ..facts })?;
    Ok(Made { base, folder: folder.path, resumed, fresh: true })
}

fn occupied(order: &Order<'_>) -> RepoError {
    RepoError::Occupied { folder: order.folder.to_path_buf(), wanted: order.task.to_string() }
}

/// The path as git keeps it, whether anything is there or not.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, RepoError> {
    std::path::absolute(path).map_err(RepoError::file("find", path))
}
