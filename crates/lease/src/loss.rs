//! Why there is no lease, or none any more.

use go_bus_api::LeaseHeld;
use go_bus_client::BusError;

/// Why the holder may not act.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Lost {
    /// The local trust is over without a renewal. It may come back under the same epoch: [`crate::Lease::trusted`] waits for it.
    #[error("the lease was not renewed in time; whether it is still held is unknown")]
    TrustOver,
    /// A later epoch began, or this one ended.
    #[error("the lease is no longer held: its epoch is over")]
    Superseded,
    /// The Bus no longer lets this instance renew.
    #[error("the lease can't be renewed: {0}")]
    Refused(Box<BusError>),
    /// It was given back, or its keeper has ended.
    #[error("the lease was given back")]
    Released,
}

/// Why the lease was not acquired, or not released.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LeaseError {
    /// Another instance holds it, and waiting was not wanted.
    #[error("the lease is held by {} under epoch {}", .0.holder, .0.epoch)]
    Held(Box<LeaseHeld>),
    /// The Bus could not be asked, or refused the bid itself.
    #[error("failed to bid for the lease: {0}")]
    Bus(Box<BusError>),
    /// No release was confirmed; the lease ends by itself when its TTL is over.
    #[error("the release was not confirmed; the lease ends with its time to live")]
    Unconfirmed,
    /// It had been lost before it was released.
    #[error(transparent)]
    Lost(#[from] Lost),
}
