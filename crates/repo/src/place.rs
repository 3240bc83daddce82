//! What there is at the place of a working folder, and the facts that GO keeps of one.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use go_bus_api::TaskId;
use go_runtime::StateFile;
use serde::{Deserialize, Serialize};

use crate::git::Git;
use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// What a working folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// A task is built in it.
    Work,
    /// A commit is looked at in it.
    Look,
    /// A landing is tried in it.
    Trial,
}

/// How far a working folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// It is being made: nobody but this crate has written in it.
    Making,
    /// It is in use.
    Made,
    /// It is being removed: what it held is safe.
    Removing,
}

/// What GO keeps of a working folder, in git's own folder for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The task.
    pub(crate) task: TaskId,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// How far it is.
    pub(crate) stage: Stage,
    /// The commit that the work began from.
    pub(crate) base: ObjectId,
    /// The commit that it was made at.
    pub(crate) head: ObjectId,
    /// The commit or tree that its files were made from: `head`, or what was saved.
    pub(crate) files: ObjectId,
    /// The branch that the work lands on.
    pub(crate) onto: String,
    /// What was saved last of what it holds: from it, or before it was made.
    #[serde(default)]
    pub(crate) saved: Option<ObjectId>,
}

/// What there is at a path.
#[derive(Debug)]
pub(crate) enum Place {
    /// Nothing.
    Free,
    /// A working folder of the repo.
    Folder(WorkFolder),
    /// Something else.
    Foreign,
}

/// A working folder of the repo.
#[derive(Debug, Clone)]
pub(crate) struct WorkFolder {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// git's own folder for it.
    pub(crate) private: PathBuf,
    /// What GO keeps of it.
    pub(crate) facts: Option<Facts>,
}

impl Place {
    /// Looks at `path`, in a repo whose shared folder is `common`.
    pub(crate) fn look(path: &Path, common: &Path) -> Result<Self, RepoError> {
        let Some(names) = names(path)? else { return Ok(Self::Free) };
        let pointer = path.join(".git");
        let private = match std::fs::read(&pointer) {
            Ok(text) => pointed(&text, path),
            Err(_) => None,
        };
        let is_ours = |private: &PathBuf| {
            let parent = private.parent().and_then(|parent| parent.canonicalize().ok());
            parent.is_some() && parent == common.join("worktrees").canonicalize().ok()
        };
        match private.filter(|private| private.is_dir()).filter(is_ours) {
            Some(private) => {
                let facts = facts_in(&private).read()?;
                Ok(Self::Folder(WorkFolder { path: path.to_path_buf(), private, facts }))
            }
            // A folder with nothing but a pointer that leads nowhere is what a kill leaves.
            None if names.iter().all(|name| name == ".git") && pointer.is_file() => {
                std::fs::remove_file(&pointer).map_err(RepoError::file("remove", &pointer))?;
                Ok(Self::Free)
            }
            None if names.is_empty() => Ok(Self::Free),
            None => Ok(Self::Foreign),
        }
    }
}

impl WorkFolder {
    /// The folder at `path`, which has to be one that GO made for `task`, with its facts.
    pub(crate) fn of_task(path: &Path, task: &TaskId, repo: &Repo<'_>) -> Result<(Self, Facts), RepoError> {
        match Place::look(path, repo.common())? {
            Place::Folder(WorkFolder { path, private, facts: Some(facts) })
                if facts.task == *task && facts.stage == Stage::Made =>
            {
                Ok((Self { path, private, facts: Some(facts.clone()) }, facts))
            }
            _ => Err(RepoError::NotOurs(path.to_path_buf())),
        }
    }

    /// git in it.
    pub(crate) fn git<'c>(&self, repo: &Repo<'c>) -> Git<'c> {
        repo.git().elsewhere(&self.path)
    }

    /// Whether there is nothing in it but what git itself needs.
    pub(crate) fn is_bare(&self) -> Result<bool, RepoError> {
        Ok(names(&self.path)?.is_none_or(|names| names.iter().all(|name| name == ".git")))
    }

    /// Keeps `facts`.
    pub(crate) fn keep(&mut self, facts: Facts) -> Result<(), RepoError> {
        facts_in(&self.private).write(&facts)?;
        self.facts = Some(facts);
        Ok(())
    }
}

fn facts_in(private: &Path) -> StateFile {
    StateFile::at(private.join("xio.json"))
}

/// The names in a folder; `None` where it is not there.
fn names(path: &Path) -> Result<Option<Vec<std::ffi::OsString>>, RepoError> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RepoError::file("read", path)(error)),
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>();
    names.map(Some).map_err(RepoError::file("read", path))
}

/// The folder that a `.git` file leads to.
fn pointed(text: &[u8], from: &Path) -> Option<PathBuf> {
    let target = text.strip_prefix(b"gitdir: ")?;
    let target = target.strip_suffix(b"\n").unwrap_or(target);
    Some(from.join(OsStr::from_bytes(target)))
}
