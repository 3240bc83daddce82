//! The data folder's lock: whoever holds it knows that its predecessor is dead.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::failure::Failure;

/// How long a process that was killed may take to be gone.
const DYING: Duration = Duration::from_millis(250);

/// The held lock; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `data`, which is made where it is not there; fails at once where another process holds it.
    pub(crate) fn take(data: &Path) -> Result<Self, Failure> {
        DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(|error| unusable("create", data, &error))?;
        let path = data.join("lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = open.map_err(|error| unusable("open", &path, &error))?;
        let mut file = match file.try_lock() {
            Ok(()) => file,
            Err(TryLockError::WouldBlock) => wait_briefly(file).ok_or_else(|| held(data, &path))?,
            Err(TryLockError::Error(error)) => return Err(Failure::file("lock", &path)(error)),
        };
        let noted = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        noted.map_err(|error| unusable("write", &path, &error))?;
        Ok(Self { _file: file })
    }
}

/// Waits for a holder that is about to be gone: a killed process lets go of its files some milliseconds after the signal.
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

/// Fails where another process holds the lock of `data`, which is made where it is not there.
pub(crate) fn ensure_free(data: &Path) -> Result<(), Failure> {
    Lock::take(data).map(drop)
}

/// The process that holds the lock of `data`, where one does.
pub(crate) fn holder(data: &Path) -> Option<u32> {
    let path = data.join("lock");
    match File::open(&path).ok()?.try_lock_shared() {
        Err(TryLockError::WouldBlock) => fs::read_to_string(&path).ok()?.trim().parse().ok(),
        _ => None,
    }
}

/// A data folder that can't be written.
fn unusable(doing: &str, path: &Path, error: &std::io::Error) -> Failure {
    let advice = "check its disk, who owns it and its mode; --data DIR takes another folder";
    Failure::failed(format!("can't {doing} {}: {error}", path.display()), advice)
}

fn held(data: &Path, path: &Path) -> Failure {
    let pid = fs::read_to_string(path).unwrap_or_default();
    let who = if pid.trim().is_empty() { "another process".to_owned() } else { format!("process {}", pid.trim()) };
    Failure::failed(
        format!("{who} already runs on the data folder {}", data.display()),
        "`go status` shows what it does, `go down` ends it; --data DIR takes another folder",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_holds_the_folder() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(holder(data.path()), None);
        let first = Lock::take(data.path()).unwrap();
        let refused = Lock::take(data.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        assert_eq!(holder(data.path()), Some(std::process::id()));
        drop(first);
        assert_eq!(holder(data.path()), None);
        assert!(Lock::take(data.path()).is_ok());
    }
}
