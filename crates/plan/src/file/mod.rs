//! The file itself: the thin shell around reading, writing back and watching.
//!
//! `merge` decides what is put where, `swap` does it with two system calls, `watch` waits for changes.

mod beside;
mod error;
mod merge;
mod swap;
#[cfg(test)]
mod tests;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};

use go_bus_api::ProjectId;

use crate::edit::{Skipped, TicketUpdate};
use crate::{Plan, Ticket};

pub use error::FileError;
pub use watch::Watch;

/// A plan.yaml on disk. May be a symbolic link; what it points to is what is read and exchanged.
///
/// Its calls block for as long as the disk takes: milliseconds.
#[derive(Debug, Clone)]
pub struct PlanFile {
    path: PathBuf,
}

/// What [`PlanFile::update`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The file's text now.
    pub text: String,
    /// Whether the file was written; it is not where it said everything already.
    pub written: bool,
    /// How often a person saved the file meanwhile and the updates were written into their text.
    pub merged: usize,
    /// The updates that could not be written.
    pub skipped: Vec<Skipped>,
}

impl PlanFile {
    /// The plan at `path`.
    ///
    /// # Errors
    /// Where it can't be read just now.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        let file = Self { path: path.into() };
        file.read()?;
        Ok(file)
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that the plan lies in, links in its path resolved: where its projects work by default.
    ///
    /// # Errors
    /// Where the file is gone.
    pub fn folder(&self) -> Result<PathBuf, FileError> {
        let name = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::canonicalize(name).map_err(|source| FileError::io("find the folder of", &self.path, source))
    }

    /// The text.
    ///
    /// # Errors
    /// Where the file is gone, can't be read or is no UTF-8.
    pub fn read(&self) -> Result<String, FileError> {
        let bytes = fs::read(&self.path).map_err(|source| FileError::io("read", &self.path, source))?;
        String::from_utf8(bytes).map_err(|_| FileError::NotText { path: self.path.clone() })
    }

    /// Writes `updates` into the file, as [`crate::edit::write_back`] does, in one atomic step: a reader sees the old text or the
    /// new one, a crash leaves either. What a person saved meanwhile is not overwritten: the edit is made again on their text. After it returns, the text survives a power cut.
    ///
    /// # Errors
    /// Where nothing could be written: the file then is as the person left it, or the error names the file that has their text.
    pub fn update(&self, updates: &[TicketUpdate]) -> Result<Updated, FileError> {
        let target = fs::canonicalize(&self.path).map_err(|source| FileError::io("find", &self.path, source))?;
        merge::update(&mut swap::OnDisk::new(target), updates)
    }

    /// Adds the ticket that `make` makes, given the plan as it is, to `project`, as [`crate::edit::insert_ticket`] does and in the
    /// same safe way as [`Self::update`]. `make` is asked again where a person saved the file meanwhile.
    ///
    /// # Errors
    /// As for [`Self::update`], and where the ticket can't be in this plan.
    pub fn insert(&self, project: &ProjectId, make: impl Fn(&Plan) -> Ticket) -> Result<Ticket, FileError> {
        let target = fs::canonicalize(&self.path).map_err(|source| FileError::io("find", &self.path, source))?;
        merge::insert(&mut swap::OnDisk::new(target), project, make)
    }

    /// Begins to watch the file: a change after this call wakes [`Watch::changed`].
    ///
    /// # Errors
    /// Where the system has no watch left, or the folder is gone. Needs tokio's IO driver.
    pub fn watch(&self) -> Result<Watch, FileError> {
        Watch::new(&self.path)
    }
}
