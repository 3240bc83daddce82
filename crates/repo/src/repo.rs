//! A repo: where its parts lie, its locks, and whom to tell what goes on.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::commands::Commands;
use crate::git::Git;
use crate::{ObjectId, RepoError};

/// The first git with `merge-tree --write-tree`.
const OLDEST: (u32, u32) = (2, 38);

/// Something worth telling that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Somebody else is at it.
    Waiting(&'static str),
    /// The upstream can't be reached, so what is known here counts.
    Away(String),
    /// The branch and its upstream have both moved on.
    Diverged(String),
    /// A file is not copied.
    NotCopied(String),
    /// Something in the folder is not saved.
    NotSaved(String),
    /// Saved here, but not on the upstream.
    NotPushed(String),
    /// The work went on on another host; what was left here is kept on this ref.
    SetAside(String),
    /// What has landed meanwhile is not merged into the folder, in git's words.
    NotCaughtUp(String),
    /// What was saved of work that has landed is still on the upstream, in git's words.
    NotForgotten(String),
    /// The work has landed upstream, and the branch here could not follow.
    NotFollowed(String),
    /// Another try, as the branch moved meanwhile.
    Again(String),
    /// A verification passed.
    Green(String),
    /// A command that is run before a folder is removed failed.
    NotTornDown(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting(what) => write!(f, "waits for {what}"),
            Self::Away(words) => write!(f, "the upstream can't be reached, so what is known here counts: {words}"),
            Self::Diverged(branch) => write!(f, "{branch} and its upstream have both moved on; the upstream counts"),
            Self::NotCopied(what) => write!(f, "not copied: {what}"),
            Self::NotSaved(what) => write!(f, "not saved: {what}"),
            Self::NotPushed(words) => write!(f, "saved here, but not on the upstream: {words}"),
            Self::SetAside(name) => write!(f, "the work went on on another host; what was left here is kept on {name}"),
            Self::NotCaughtUp(words) => write!(f, "what has landed meanwhile is not merged in: {words}"),
            Self::NotForgotten(words) => write!(f, "the upstream still has what was saved of it: {words}"),
            Self::NotFollowed(words) => write!(f, "landed upstream, but the branch here could not follow: {words}"),
            Self::Again(branch) => write!(f, "{branch} moved meanwhile; once more"),
            Self::Green(command) => write!(f, "passed: {command}"),
            Self::NotTornDown(command) => write!(f, "a teardown failed; the folder is removed all the same: {command}"),
        }
    }
}

/// The held lock of something that one at a time may do; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What one at a time may do in a repo.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    /// Make or remove a working folder.
    Folders,
    /// Land.
    Landing,
}

/// A repo, by its own folder or by any of its working folders.
pub struct Repo<'c> {
    git: Git<'c>,
    common: PathBuf,
    tell: &'c dyn Fn(&Note),
}

impl fmt::Debug for Repo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repo").field("common", &self.common).finish_non_exhaustive()
    }
}

impl<'c> Repo<'c> {
    /// The repo that `folder` belongs to; `tell` hears what is worth telling.
    ///
    /// # Errors
    /// Where there is no git, one that is too old, or no repo.
    pub fn open(commands: &'c dyn Commands, folder: &Path, tell: &'c dyn Fn(&Note)) -> Result<Self, RepoError> {
        let git = Git::at(commands, folder);
        let version = git.call(&["version"]).line()?;
        if !is_new_enough(&version) {
            return Err(RepoError::TooOld(version));
        }
        let common = path(git.call(&["rev-parse", "--path-format=absolute", "--git-common-dir"]).output()?);
        Ok(Self { git, common, tell })
    }

    /// git in the repo's folder.
    pub(crate) fn git(&self) -> &Git<'c> {
        &self.git
    }

    /// The folder that all working folders have in common.
    pub(crate) fn common(&self) -> &Path {
        &self.common
    }

    /// The main work tree's folder; the repo itself where that is bare.
    pub(crate) fn main(&self) -> &Path {
        let parent = self.common.parent().filter(|_| self.common.ends_with(".git"));
        parent.unwrap_or(&self.common)
    }

    /// Tells something.
    pub(crate) fn tell(&self, note: &Note) {
        (self.tell)(note);
    }

    /// Waits for a turn, and says so where it has to.
    pub(crate) fn take(&self, turn: Turn) -> Result<Lock, RepoError> {
        let (name, what) = match turn {
            Turn::Folders => ("folders.lock", "another command that makes or removes a working folder"),
            Turn::Landing => ("landing.lock", "another landing"),
        };
        let folder = self.common.join("xio");
        std::fs::create_dir_all(&folder).map_err(RepoError::file("create", &folder))?;
        lock(&folder.join(name), || self.tell(&Note::Waiting(what)))
    }

    /// The object that `name` leads to, as a commit; `None` where there is none.
    pub(crate) fn commit(&self, name: &str) -> Result<Option<ObjectId>, RepoError> {
        let name = format!("{name}^{{commit}}");
        let spoken = self.git.call(&["rev-parse", "--quiet", "--verify", "--end-of-options", &name]).run()?;
        if spoken.code == 0 { Ok(ObjectId::parse(spoken.text().trim())) } else { Ok(None) }
    }

    /// The commit's tree.
    pub(crate) fn tree(&self, commit: &ObjectId) -> Result<ObjectId, RepoError> {
        self.git.call(&["rev-parse", "--verify"]).arg(format!("{commit}^{{tree}}")).object()
    }

    /// Whether `one` is `other` or one of its ancestors.
    pub(crate) fn is_in(&self, one: &ObjectId, other: &ObjectId) -> Result<bool, RepoError> {
        if one == other {
            return Ok(true);
        }
        self.git.call(&["merge-base", "--is-ancestor"]).arg(one).arg(other).yes()
    }
}

/// Takes the lock at `path`; calls `waits` first where somebody else holds it.
pub(crate) fn lock(path: &Path, waits: impl FnOnce()) -> Result<Lock, RepoError> {
    let open = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    let file = open.map_err(RepoError::file("open", path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            waits();
            file.lock().map_err(RepoError::file("lock", path))?;
        }
        Err(TryLockError::Error(error)) => return Err(RepoError::file("lock", path)(error)),
    }
    Ok(Lock { _file: file })
}

/// The path that git printed on a line of its own.
pub(crate) fn path(mut output: Vec<u8>) -> PathBuf {
    if output.last() == Some(&b'\n') {
        output.pop();
    }
    PathBuf::from(OsString::from_vec(output))
}

fn is_new_enough(version: &str) -> bool {
    let numbers = version.split_whitespace().nth(2).unwrap_or_default();
    let mut numbers = numbers.split('.').map_while(|number| number.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart_whatever_stands_behind_them() {
        for new in ["git version 2.38.0", "git version 2.47.3", "git version 3.0", "git version 2.39.5 (Apple Git-154)"]
        {
            assert!(is_new_enough(new), "{new}");
        }
        for old in ["git version 2.37.9", "git version 1.99.0", "git version 2.9.windows.1", "", "something else"] {
            assert!(!is_new_enough(old), "{old}");
        }
    }
}
