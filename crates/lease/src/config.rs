//! How the lease is held.

use std::time::Duration;

use go_bus_api::{Acquire, Epoch, HolderId, Millis, Text};
use go_rules::lease;

/// How the lease is held (the settings `lease.*`).
#[derive(Debug, Clone)]
pub struct LeaseConfig {
    /// The process instance that bids; a fresh one for each process.
    pub holder: HolderId,
    /// How often the holder renews (R2: 60 s).
    pub heartbeat: Duration,
    /// How many beats may be missed before the lease expires (R2: 2).
    pub missed: u32,
    /// Where the holder keeps its handoff, for whoever waits.
    pub handoff: Option<Text<4096>>,
    /// Where the holder can be reached.
    pub url: Option<Text<1024>>,
    /// Whether to wait where another holds it (R3); else that is [`crate::LeaseError::Held`].
    pub standby_ok: bool,
}

impl Default for LeaseConfig {
    fn default() -> Self {
        Self {
            holder: HolderId::generate(),
            heartbeat: Duration::from_secs(60),
            missed: 2,
            handoff: None,
            url: None,
            standby_ok: true,
        }
    }
}

impl LeaseConfig {
    /// The TTL to ask for.
    pub fn ttl(&self) -> Duration {
        lease::ttl(self.heartbeat, self.missed)
    }

    /// The body of a bid, or with an epoch of a renewal.
    pub(crate) fn bid(&self, epoch: Option<Epoch>) -> Acquire {
        Acquire {
            holder: self.holder.clone(),
            ttl_ms: Some(Millis::from(self.ttl())),
            handoff: self.handoff.clone(),
            url: self.url.clone(),
            epoch,
        }
    }
}
