//! Exchanging a file's content on disk: a new file beside it, and one rename that swaps the two (Linux `renameat2`).
//!
//! What the rename swaps out is compared with what was read. If it is something else, a person saved in between: their very file is
//! swapped back, so that an editor which still writes into it writes into the plan.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::merge::Swap;
use super::{FileError, beside};

/// How often a person's file is tried to be put back in place while they save again.
const RETURNS: usize = 64;

/// Swaps two files in one step.
type Exchange<'f> = Box<dyn FnMut(&Path, &Path) -> Result<(), Errno> + 'f>;

/// A file on disk, links resolved.
pub(super) struct OnDisk<'f> {
    target: PathBuf,
    exchange: Exchange<'f>,
}

impl OnDisk<'static> {
    pub(super) fn new(target: PathBuf) -> Self {
        let exchange = |a: &Path, b: &Path| renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE);
        Self { target, exchange: Box::new(exchange) }
    }
}

impl<'f> OnDisk<'f> {
    #[cfg(test)]
    pub(super) fn with_exchange(target: PathBuf, exchange: Exchange<'f>) -> Self {
        Self { target, exchange }
    }

    /// Takes the step with `new`, a file that has `bytes`.
    fn swap_in(&mut self, new: &Path, expected: &[u8], bytes: &[u8]) -> Result<bool, FileError> {
        match (self.exchange)(new, &self.target) {
            Ok(()) => {}
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => return self.rename_over(new, expected),
            Err(error) => return Err(self.failed(new, error.into())),
        }
        if fs::read(new).is_ok_and(|out| out == expected) {
            let flushed = self.flush_folder();
            self.remove(new);
            return flushed.map(|()| true).map_err(|source| FileError::io("flush", &self.target, source));
        }
        self.put_back(new, bytes)
    }

    /// The way of file systems that can't exchange, with a gap of microseconds between comparing and replacing.
    fn rename_over(&mut self, new: &Path, expected: &[u8]) -> Result<bool, FileError> {
        let step = || {
            let unchanged = fs::read(&self.target)? == expected;
            if unchanged {
                fs::rename(new, &self.target)?;
                self.flush_folder()?;
            } else {
                self.remove(new);
            }
            Ok(unchanged)
        };
        step().map_err(|error| self.failed(new, error))
    }

    /// Swaps the person's file, which lies at `theirs`, back for ours. If something else than ours comes out, they saved over it:
    /// that is newer, and goes back for what was just put there.
    fn put_back(&mut self, theirs: &Path, ours: &[u8]) -> Result<bool, FileError> {
        let mut ours = ours.to_vec();
        for _ in 0..RETURNS {
            let put = fs::read(theirs);
            let swapped =
                put.and_then(|put| (self.exchange)(theirs, &self.target).map(|()| put).map_err(io::Error::from));
            let out = swapped.and_then(|put| Ok((put, fs::read(theirs)?)));
            match out {
                Ok((_, out)) if out == ours => {
                    self.remove(theirs);
                    return Ok(false);
                }
                Ok((put, _)) => ours = put,
                Err(error) => return Err(self.kept(theirs, error.to_string())),
            }
        }
        Err(self.kept(theirs, "it changed under every try to put it back".to_owned()))
    }

    /// A rename lasts once its folder is flushed.
    fn flush_folder(&self) -> io::Result<()> {
        File::open(self.target.parent().unwrap_or(Path::new("/")))?.sync_all()
    }

    /// Removes a file of ours. What can't be removed is a stray hidden file, no reason to fail.
    fn remove(&self, path: &Path) {
        let _ = fs::remove_file(path);
    }

    fn failed(&self, new: &Path, error: io::Error) -> FileError {
        self.remove(new);
        FileError::io("write", &self.target, error)
    }

    fn kept(&self, kept: &Path, reason: String) -> FileError {
        FileError::Kept { path: self.target.clone(), kept: kept.to_owned(), reason }
    }
}

impl Swap for OnDisk<'_> {
    fn path(&self) -> &Path {
        &self.target
    }

    fn read(&self) -> Result<Vec<u8>, FileError> {
        fs::read(&self.target).map_err(|source| FileError::io("read", &self.target, source))
    }

    fn replace_if(&mut self, expected: &[u8], bytes: &[u8]) -> Result<bool, FileError> {
        let new = beside::write(&self.target, bytes).map_err(|source| FileError::io("write", &self.target, source))?;
        self.swap_in(&new, expected, bytes)
    }
}
