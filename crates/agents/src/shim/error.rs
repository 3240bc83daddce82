//! What a shim can't go on after.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use go_bus_client::{TokenError, TransportError};
use go_runtime::RuntimeError;

use crate::bridge::ServerError;

/// What a shim can't go on after.
#[derive(Debug, thiserror::Error)]
pub enum ShimError {
    /// A file or a process.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// There is nothing to keep.
    #[error("the folder was not prepared by a launcher: it has no spec.json")]
    NotPrepared,
    /// The operating system refused what a shim is built on.
    #[error("can't {doing}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// What its agent reads can't be read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// What.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The shim's token can't be used.
    #[error("the shim's token is damaged")]
    Token(#[from] TokenError),
    /// The Bus's tools can't be served to the agent.
    #[error("the Bus's tools can't be served to the agent")]
    Tools(#[from] ServerError),
    /// The Bus's address can't be used.
    #[error("the Bus's address is damaged")]
    Address(#[from] TransportError),
}

impl ShimError {
    /// The error and what caused it, in one line.
    pub fn with_causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
