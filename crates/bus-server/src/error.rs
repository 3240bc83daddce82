//! Why a Bus can't serve.

use std::net::SocketAddr;
use std::path::PathBuf;

use go_bus_store::{Reject, StoreError};

/// Why a Bus can't start, or why it ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not this machine's.
    #[error("can't listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// The operator's token can't be read or written.
    #[error("can't use the operator's token in {path}: {cause}")]
    OperatorToken {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file of the operator's token holds something else.
    #[error("{0} holds no token; remove it, and a new one is made")]
    NoToken(PathBuf),
    /// The mark of the highest epoch can't be read or written.
    #[error("can't use the highest epoch granted so far in {path}: {cause}")]
    EpochMark {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The storage does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The storage refused what the Bus needs at its start.
    #[error("the storage refused the operator's token: {0}")]
    Refused(#[from] Reject),
    /// The machine gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// The listening socket failed.
    #[error("serving failed: {0}")]
    Serve(std::io::Error),
}
