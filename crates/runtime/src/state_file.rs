//! A small JSON file of a program's own state, and the lock of those who change it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::durable::{self, Readers};
use crate::{RuntimeError, error};

/// A JSON file for its owner alone (0600). It is replaced as a whole and durably: a reader sees the old text or the new one,
/// and after a return the new one survives a power cut.
#[derive(Debug, Clone)]
pub struct StateFile {
    path: PathBuf,
}

/// The held lock of a state file; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateFile {
    /// The file at `path`, which need not be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds; `None` where it is not there, [`RuntimeError::Damaged`] where it is no such thing.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, RuntimeError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(self.damaged(&error)),
            Err(error) => return Err(error::file("read", &self.path)(error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| self.damaged(&error))
    }

    /// Replaces it; the folder is made where it is not there.
    pub fn write(&self, value: &impl Serialize) -> Result<(), RuntimeError> {
        self.create_folder()?;
        let mut text = serde_json::to_vec(value).map_err(|error| self.damaged(&error))?;
        text.push(b'\n');
        durable::replace(&self.path, &text, Readers::Owner)
    }

    /// Takes the lock of those who change it, a file beside it, and waits at most `patience` for whoever holds it; `None`
    /// where that one is not done by then.
    pub fn lock(&self, patience: Duration) -> Result<Option<StateLock>, RuntimeError> {
        self.create_folder()?;
        let path = self.path.with_extension("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(error::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(StateLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(wait(file, patience)),
            Err(TryLockError::Error(error)) => Err(error::file("lock", &path)(error)),
        }
    }

    fn create_folder(&self) -> Result<(), RuntimeError> {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => durable::create_folder(folder),
            _ => Ok(()),
        }
    }

    fn damaged(&self, reason: &impl ToString) -> RuntimeError {
        RuntimeError::Damaged { path: self.path.clone(), reason: reason.to_string() }
    }
}

fn wait(file: File, patience: Duration) -> Option<StateLock> {
    let (tell, locked) = mpsc::channel();
    std::thread::spawn(move || {
        if file.lock().is_ok() {
            // Where nobody waits any more the file is dropped, and the lock with it.
            let _ = tell.send(file);
        }
    });
    locked.recv_timeout(patience).ok().map(|file| StateLock { _file: file })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_reads_back_what_was_written_and_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::at(folder.path().join("new/state.json"));
        assert_eq!(file.read::<Vec<u8>>().unwrap(), None);
        file.write(&vec![1, 2]).unwrap();
        assert_eq!(file.read::<Vec<u8>>().unwrap(), Some(vec![1, 2]));
        assert_eq!(std::fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_such_thing_is_damage_and_not_a_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::at(folder.path().join("state.json"));
        for text in [&b""[..], b"{", b"\"x\"", b"\xff\xfe"] {
            std::fs::write(file.path(), text).unwrap();
            assert!(matches!(file.read::<Vec<u8>>(), Err(RuntimeError::Damaged { .. })), "{text:?}");
        }
    }

    #[test]
    fn one_at_a_time_and_the_next_when_it_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::at(folder.path().join("state.json"));
        let held = file.lock(Duration::ZERO).unwrap().unwrap();
        assert!(file.lock(Duration::ZERO).unwrap().is_none());
        let other = file.clone();
        let waiting = std::thread::spawn(move || other.lock(Duration::from_secs(20)).unwrap().is_some());
        drop(held);
        assert!(waiting.join().unwrap());
    }
}
