//! What can go wrong with Git, in Git's own words where it said some.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use go_runtime::RuntimeError;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// There is no git on the `PATH`.
    #[error("git is not installed: GO needs 2.38 or newer")]
    NoGit,
    /// The git here is older than `merge-tree --write-tree`.
    #[error("git is too old: this is {0}, GO needs 2.38 or newer")]
    TooOld(String),
    /// A command could not be started or waited for.
    #[error("{inner}{}", cause(.inner))]
    Command {
        /// What the operating system said.
        #[from]
        inner: RuntimeError,
    },
    /// git said no.
    #[error("git {doing} failed ({code}): {words}")]
    Git {
        /// Which git command.
        doing: String,
        /// Its exit code; 128 + n where signal n ended it.
        code: i32,
        /// What it said.
        words: String,
    },
    /// git did not end in time.
    #[error("git {0} did not end in time")]
    NoEnd(String),
    /// git said more than anybody can use, or what no git of 2.38 or newer says.
    #[error("git {0} answered what is not understood")]
    Garbled(String),
    /// A file could not be read or written.
    #[error("can't {doing} {}: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder is somebody else's, or holds what nobody can tell the origin of.
    #[error("{} is no working folder of {wanted}, and it is not empty", folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// What it was wanted for.
        wanted: String,
    },
    /// The folder was not made here.
    #[error("{} is no working folder that GO made", .0.display())]
    NotOurs(PathBuf),
    /// No branch is checked out, and none was named.
    #[error("{} has no branch checked out: say which one work lands on", .0.display())]
    NoBranch(PathBuf),
    /// The branch is not there.
    #[error("there is no branch {0}")]
    UnknownBranch(String),
    /// The commit is neither here nor to be had from the upstream.
    #[error("there is no commit {0}")]
    UnknownCommit(String),
    /// Removing the folder would lose work.
    #[error("removing {} would lose work that is neither saved nor landed: {}", folder.display(), names(.files))]
    WouldLose {
        /// The folder.
        folder: PathBuf,
        /// The files that differ, the first of them.
        files: Vec<OsString>,
    },
    /// There is no such file, or it can't be read.
    #[error("there is no file {} that can be read", .0.display())]
    NoFile(PathBuf),
    /// The file has fewer lines.
    #[error("{} has {lines} lines, and no line {line}", file.display())]
    BeyondEnd {
        /// The file.
        file: PathBuf,
        /// The line that was asked for.
        line: u32,
        /// How many there are.
        lines: usize,
    },
    /// The history of a shallow clone begins after the line came.
    #[error("the history here begins with {0}, and the line is that old or older")]
    CutOff(String),
    /// A line of a file that can't be.
    #[error("write FILE:LINE, with lines counted from 1; {0:?} is none")]
    NoLine(String),
}

impl RepoError {
    /// Names what was tried on which path, for `map_err`.
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { doing, path, source }
    }
}

fn cause(error: &RuntimeError) -> String {
    std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default()
}

fn names(files: &[OsString]) -> String {
    files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>().join(", ")
}
