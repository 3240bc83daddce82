//! What can go wrong with tmux.

use std::io;
use std::time::Duration;

/// Why tmux did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TmuxError {
    /// It is not on the PATH.
    #[error("tmux is not installed")]
    Missing,
    /// There is no place for its socket.
    #[error("tmux can't have its socket: {0}")]
    Folder(Box<crate::RuntimeError>),
    /// It can't be run.
    #[error("tmux can't be started: {0}")]
    Start(io::Error),
    /// Its server hangs.
    #[error("tmux did not answer within {0:?}")]
    NoAnswer(Duration),
    /// It said no, in its own words.
    #[error("tmux refused: {0}")]
    Refused(String),
    /// It answered what no tmux of 3.2 or newer does.
    #[error("tmux answered what is not understood: {0}")]
    Garbled(String),
}
