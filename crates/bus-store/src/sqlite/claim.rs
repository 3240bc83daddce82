//! One store a file: the claim that a store holds on its database for as long as it lives.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use super::inspect::beside;
use crate::StoreError;

/// How long a process that was killed may take to be gone.
const DYING: Duration = Duration::from_millis(250);

/// The lock on `<database>-lock`; the kernel lets go of it when the process ends, however it ends.
///
/// It lies beside the database because closing any handle of the database itself would drop SQLite's own locks on it.
#[derive(Debug)]
pub(super) struct Claim {
    _file: File,
}

impl Claim {
    /// Claims the database at `path`. Errors: [`StoreError::InUse`] where another store has it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let beside = beside(path, "-lock");
        let failed = |error: std::io::Error| StoreError::Unwritable(format!("{}: {error}", beside.display()));
        let file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&beside).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                wait_briefly(file).map(|file| Self { _file: file }).ok_or(StoreError::InUse)
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Waits for a holder that is about to be gone.
fn wait_briefly(file: File) -> Option<File> {
    let (tell, locked) = mpsc::channel();
    std::thread::spawn(move || {
        if file.lock().is_ok() {
            // Where nobody waits any more the file is dropped, and the lock with it.
            let _ = tell.send(file);
        }
    });
    locked.recv_timeout(DYING).ok()
}
