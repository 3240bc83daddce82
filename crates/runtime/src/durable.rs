//! Files that are there as a whole or not at all, and that survive a power cut.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::RuntimeError;
use crate::error::file;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Anyone whom the folder lets in.
    Usual,
    /// Its owner alone (0600): tokens.
    Owner,
}

impl Readers {
    fn mode(self) -> u32 {
        match self {
            Self::Usual => 0o644,
            Self::Owner => 0o600,
        }
    }
}

/// Replaces `path` by `bytes`: a file beside it, synced, renamed over it, and the folder synced. A reader sees the old bytes
/// or the new ones; after a return the new ones survive a power cut.
pub(crate) fn replace(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), RuntimeError> {
    exchange(path, bytes, readers, true)
}

/// The same without the syncs, for what means nothing after a power cut.
pub(crate) fn replace_volatile(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), RuntimeError> {
    exchange(path, bytes, readers, false)
}

fn exchange(path: &Path, bytes: &[u8], readers: Readers, durable: bool) -> Result<(), RuntimeError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = Path::new(&beside);
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(true).mode(readers.mode());
    let mut new = open.open(beside).map_err(file("create", beside))?;
    new.write_all(bytes).map_err(file("write", beside))?;
    if durable {
        new.sync_all().map_err(file("sync", beside))?;
    }
    std::fs::rename(beside, path).map_err(file("replace", path))?;
    match path.parent() {
        Some(folder) if durable => sync_folder(folder),
        _ => Ok(()),
    }
}

/// Makes the names in `folder` survive a power cut.
fn sync_folder(folder: &Path) -> Result<(), RuntimeError> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(file("sync", folder))
}

/// Makes `path` and what is missing above it, for the owner alone (0700).
pub(crate) fn create_folder(path: &Path) -> Result<(), RuntimeError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(file("create", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_for_its_owner_alone_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_folder(&inner).unwrap();
        let path = inner.join("token");
        replace(&path, b"one", Readers::Owner).unwrap();
        replace(&path, b"two", Readers::Owner).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_names_the_path() {
        let error = replace(Path::new("/nowhere/at/all"), b"", Readers::Usual).unwrap_err();
        assert!(error.to_string().starts_with("can't create /nowhere/at/all"), "{error}");
    }
}
