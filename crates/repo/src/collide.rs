//! Which commits would collide if both landed.

use serde::Serialize;

use crate::merge::merge;
use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// Two commits that can't both be merged as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Collision {
    /// One, as it was named.
    pub one: String,
    /// The other.
    pub other: String,
    /// The files in which they collide; bytes that are no UTF-8 are replaced.
    pub files: Vec<String>,
}

/// Tries each of `commits` against each other. Nothing is changed, and no work tree is needed.
///
/// # Errors
/// Where one of them is unknown, or git fails.
pub fn collide(repo: &Repo<'_>, commits: &[String]) -> Result<Vec<Collision>, RepoError> {
    let known: Result<Vec<(&String, ObjectId)>, RepoError> = commits
        .iter()
        .map(|name| Ok((name, repo.commit(name)?.ok_or_else(|| RepoError::UnknownCommit(name.clone()))?)))
        .collect();
    let known = known?;
    let mut found = Vec::new();
    for (at, (one, left)) in known.iter().enumerate() {
        for (other, right) in known.iter().skip(at.saturating_add(1)) {
            if let Some(conflict) = merge(repo, left, right)?.conflict {
                let files = conflict.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
                found.push(Collision { one: (*one).clone(), other: (*other).clone(), files });
            }
        }
    }
    Ok(found)
}
