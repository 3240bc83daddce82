//! What can go wrong with the file.

use std::io;
use std::path::{Path, PathBuf};

use crate::edit::{EditError, InsertError};

/// Why the plan's file could not be read, written or watched.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file or its folder refused.
    #[error("can't {doing} the plan {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no UTF-8.
    #[error("the plan {} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The text can't be edited just now; the file is as the person left it.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The ticket can't be added; the file is as the person left it.
    #[error(transparent)]
    Insert(#[from] InsertError),
    /// Somebody saved the file under every try to write it; it is as they left it.
    #[error("the plan {} was saved again and again while it was written; it is as it was left", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Somebody saved the file while it was written, and putting their text back failed: it is in the file named here.
    #[error("the plan {} could not be written: {reason}; its last saved text is in {}", path.display(), kept.display())]
    Kept {
        /// The plan.
        path: PathBuf,
        /// Where the person's last text is.
        kept: PathBuf,
        /// What stopped the writing.
        reason: String,
    },
}

impl FileError {
    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }
}
