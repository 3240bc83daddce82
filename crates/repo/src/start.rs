//! From which commit a task's folder is made, and with which files in it.

use crate::repo::Repo;
use crate::saved::Saved;
use crate::{ObjectId, RepoError};

/// What there is of a task's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The tip of the branch that it lands on.
    pub(crate) tip: ObjectId,
    /// The task's own branch.
    pub(crate) branch: Option<ObjectId>,
    /// What was saved.
    pub(crate) saved: Option<Saved>,
}

/// What a folder is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    /// The commit that is checked out.
    pub(crate) head: ObjectId,
    /// The commit or tree that the files are made from.
    pub(crate) files: ObjectId,
    /// The commit that the work began from.
    pub(crate) base: ObjectId,
    /// What was saved of the work.
    pub(crate) saved: Option<ObjectId>,
}

/// Chooses: what was saved, on top of it what the agent committed since; then what it committed; then the tip.
pub(crate) fn choose(repo: &Repo<'_>, found: &Found) -> Result<Start, RepoError> {
    let tip = &found.tip;
    let saved = found.saved.as_ref().map(|saved| saved.commit.clone());
    match (&found.saved, &found.branch) {
        (Some(work), Some(branch)) if *branch != work.head && repo.is_in(&work.head, branch)? => {
            let files = both(repo, branch, &work.commit)?.unwrap_or_else(|| branch.clone());
            Ok(Start { head: branch.clone(), files, base: began(repo, work, tip)?, saved })
        }
        (Some(work), _) => {
            let base = began(repo, work, tip)?;
            Ok(Start { head: work.head.clone(), files: work.commit.clone(), base, saved })
        }
        (None, Some(branch)) if !repo.is_in(branch, tip)? => {
            let base = repo.git().call(&["merge-base"]).arg(branch).arg(tip).object_if_any()?;
            let base = base.unwrap_or_else(|| tip.clone());
            Ok(Start { head: branch.clone(), files: branch.clone(), base, saved })
        }
        (None, _) => Ok(Start { head: tip.clone(), files: tip.clone(), base: tip.clone(), saved }),
    }
}

/// The commit that saved work began from.
fn began(repo: &Repo<'_>, saved: &Saved, tip: &ObjectId) -> Result<ObjectId, RepoError> {
    match &saved.base {
        Some(base) if repo.commit(base.as_str())?.is_some() => Ok(base.clone()),
        _ => {
            let base = repo.git().call(&["merge-base"]).arg(&saved.head).arg(tip).object_if_any()?;
            Ok(base.unwrap_or_else(|| saved.head.clone()))
        }
    }
}

/// The tree with what was saved and what was committed since; `None` where the two collide.
fn both(repo: &Repo<'_>, newer: &ObjectId, saved: &ObjectId) -> Result<Option<ObjectId>, RepoError> {
    let merged = crate::merge::merge(repo, newer, saved)?;
    Ok(merged.conflict.is_none().then_some(merged.tree))
}
