//! Saved work as it lies on its private ref: a commit of everything, on top of what the agent had committed itself.

use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// The trailer that names the commit the work began from.
pub(crate) const BASE_TRAILER: &str = "XIO-Base";

/// Saved work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Saved {
    /// The commit of everything.
    pub(crate) commit: ObjectId,
    /// The agent's own commit beneath it.
    pub(crate) head: ObjectId,
    /// Where the work began.
    pub(crate) base: Option<ObjectId>,
    /// When it was saved, in seconds since 1970.
    pub(crate) at: i64,
}

impl Saved {
    /// What `commit` on a private ref holds.
    pub(crate) fn read(repo: &Repo<'_>, commit: ObjectId) -> Result<Self, RepoError> {
        let format = format!("--format=%P%x00%ct%x00%(trailers:key={BASE_TRAILER},valueonly,separator=%x20)");
        let text = repo.git().call(&["log", "-1", &format]).arg(&commit).line()?;
        let mut fields = text.split('\0');
        let head = fields.next().and_then(|parents| ObjectId::parse(parents.split(' ').next()?));
        let at = fields.next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
        let base = fields.next().and_then(|base| ObjectId::parse(base.trim()));
        Ok(Self { head: head.unwrap_or_else(|| commit.clone()), commit, base, at })
    }

    /// The one that was saved later.
    pub(crate) fn newer(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if other.at > one.at { other } else { one }),
            (one, other) => one.or(other),
        }
    }
}
