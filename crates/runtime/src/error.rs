//! What can go wrong with files and processes.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// A file or folder could not be read or written.
    #[error("can't {doing} {}", path.display())]
    File {
        /// What was tried: `read`, `write`, `create`, …
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is there but is not what it should be.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A program could not be started.
    #[error("can't start {program}")]
    Start {
        /// Which.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// The operating system refused something about processes.
    #[error("can't {doing}")]
    Process {
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: io::Error,
    },
}

impl RuntimeError {
    /// Whether a program or its folder is not there or may not be run, which no retry mends.
    pub fn is_not_startable(&self) -> bool {
        use io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
        matches!(self, Self::Start { source, .. }
            if matches!(source.kind(), NotFound | PermissionDenied | NotADirectory | InvalidInput)
                || source.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()))
    }
}

/// Names what was tried on which path, for `map_err`.
pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RuntimeError {
    let path = path.to_path_buf();
    move |source| RuntimeError::File { doing, path, source }
}

/// Names what was tried with a process, for `map_err`.
pub(crate) fn process<E: Into<io::Error>>(doing: &'static str) -> impl FnOnce(E) -> RuntimeError {
    move |source| RuntimeError::Process { doing, source: source.into() }
}
