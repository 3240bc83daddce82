//! A file for its owner alone that is there as a whole or not at all.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::RuntimeError;
use crate::durable::{Readers, create_folder, replace};
use crate::error::file;

/// A file of mode 0600. Its calls block for as long as the disk takes.
///
/// *Crash semantics*: whoever reads it sees the content before a replacement or the one after it; what was replaced before the
/// return of [`PrivateFile::replace`] survives a power cut.
#[derive(Debug, Clone)]
pub struct PrivateFile {
    path: PathBuf,
}

impl PrivateFile {
    /// The file at `path`, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The content; `None` where the file is not there.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn read(&self) -> Result<Option<Vec<u8>>, RuntimeError> {
        match std::fs::read(&self.path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(file("read", &self.path)(error)),
        }
    }

    /// Replaces the content; makes the folder (0700) where there is none.
    ///
    /// # Errors
    /// Where the disk does not take it; the content before is then still there.
    pub fn replace(&self, content: &[u8]) -> Result<(), RuntimeError> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            create_folder(folder)?;
        }
        replace(&self.path, content, Readers::Owner)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_not_there_then_whole_and_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = PrivateFile::at(folder.path().join("data/handoff.json"));
        assert_eq!(file.read().unwrap(), None);
        file.replace(b"one").unwrap();
        file.replace(b"another").unwrap();
        assert_eq!(file.read().unwrap().as_deref(), Some(&b"another"[..]));
        assert_eq!(std::fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
