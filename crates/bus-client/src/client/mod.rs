//! The typed client: a method for each call of the contract, one file per group.

mod accounts;
mod agents;
mod events;
mod exchange;
mod governance;
mod hosts;
mod interaction;
mod lease;
mod lease_session;
mod projects;
mod snapshot;
mod tasks;

use std::sync::Arc;
use std::time::Duration;

pub use lease_session::SessionStream;

use go_bus_api::Epoch;
use go_clock::{Boottime, Clock, SystemClock};

use crate::{Deadline, Entropy, RetryPolicy, SystemEntropy, Token, TokenSource, Transport};

/// A client of one Bus, with one token. Clones are cheap and share the connection.
///
/// Every call has a deadline (10 s, unless its method says otherwise) that spans all its tries. A call is repeated only where
/// a repeat is harmless (GET, PUT, DELETE, creations by their automatic `Idempotency-Key`, and those POSTs that the contract
/// makes idempotent) or where the first try certainly never left. A 401 makes it read its token again, once.
#[derive(Debug, Clone)]
pub struct BusClient {
    transport: Arc<dyn Transport>,
    tokens: TokenSource,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    retry: RetryPolicy,
    epoch: Option<Epoch>,
    until: Option<Deadline>,
    idle: Duration,
}

/// A stream that has been silent for this long is broken: the Bus sends a comment every 15 s.
const IDLE: Duration = Duration::from_secs(45);

impl BusClient {
    /// A client over `transport` that sends the token of `tokens` (a [`Token`] or a [`TokenSource`]), with the system's clock.
    pub fn new(transport: Arc<dyn Transport>, tokens: impl Into<TokenSource>) -> Self {
        Self {
            transport,
            tokens: tokens.into(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            retry: RetryPolicy::default(),
            epoch: None,
            until: None,
            idle: IDLE,
        }
    }

    /// The same that sends `Lease-Epoch: epoch` on every write. Only the holder of that epoch has a use for it.
    #[must_use]
    pub fn fenced(&self, epoch: Epoch) -> Self {
        Self { epoch: Some(epoch), ..self.clone() }
    }

    /// The same without fencing.
    #[must_use]
    pub fn unfenced(&self) -> Self {
        Self { epoch: None, until: None, ..self.clone() }
    }

    /// The same that sends nothing from `instant` on and waits for no answer beyond it: calls then fail with
    /// [`crate::BusError::Expired`] or `Abandoned`.
    #[must_use]
    pub fn until(&self, instant: Boottime) -> Self {
        self.held_to(&Deadline::new(instant))
    }

    /// The same until a deadline that its owner may move at any time.
    #[must_use]
    pub fn held_to(&self, deadline: &Deadline) -> Self {
        Self { until: Some(deadline.clone()), ..self.clone() }
    }

    /// The same with another token.
    #[must_use]
    pub fn with_token(&self, tokens: impl Into<TokenSource>) -> Self {
        Self { tokens: tokens.into(), ..self.clone() }
    }

    /// The same with another persistence.
    #[must_use]
    pub fn with_retry(&self, retry: RetryPolicy) -> Self {
        Self { retry, ..self.clone() }
    }

    /// The same with another clock: deadlines and pauses go by it.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self.clone() }
    }

    /// The same with other randomness: jitter and idempotency keys come from it.
    #[must_use]
    pub fn with_entropy(&self, entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, ..self.clone() }
    }

    /// The same that takes a stream for broken after this much silence (45 s at first).
    #[must_use]
    pub fn with_stream_idle(&self, idle: Duration) -> Self {
        Self { idle, ..self.clone() }
    }

    /// The epoch that this client fences its writes with.
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// The token it would send now.
    pub fn token(&self) -> Token {
        self.tokens.current()
    }
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests;
