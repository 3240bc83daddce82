//! What ends M0 or C0 before its time.

use go_bus_client::BusError;

/// Why it can't go on.
#[derive(Debug, thiserror::Error)]
pub enum FixedError {
    /// The Bus refused what it can't do without: its token, most likely because the operator's is not taken.
    #[error("failed to take its place on the Bus: {0}")]
    Bus(#[from] BusError),
    /// The token that it was given is none.
    #[error("was given no usable token: {0}")]
    Token(#[from] go_bus_client::TokenError),
    /// Its signal handlers could not be set.
    #[error("failed to listen for signals: {0}")]
    Signals(#[source] std::io::Error),
}
