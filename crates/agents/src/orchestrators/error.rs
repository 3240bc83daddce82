//! What ends an orchestrator before its time.

use go_bus_client::{BusError, FeedError};

use super::IdentityError;

/// Why an orchestrator can't go on. Its successor takes over its tasks with their attempts.
#[derive(Debug, thiserror::Error)]
pub enum OrchestratorError {
    /// The environment does not tell who it is.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The Bus refused what it can't do without.
    #[error("failed to reach the Bus: {0}")]
    Bus(#[from] BusError),
    /// The event feed ended for good.
    #[error("failed to follow the Bus: {0}")]
    Feed(#[from] FeedError),
    /// Its signal handlers could not be set.
    #[error("failed to listen for signals: {0}")]
    Signals(#[source] std::io::Error),
}
