//! Where a bidder is.

use std::time::Duration;

use go_bus_api::{Epoch, Grant, LeaseHeld};
use go_bus_client::BusError;
use go_clock::Boottime;
use go_rules::lease;

use crate::Lost;

/// Where a bidder is.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// It has not begun.
    Idle,
    /// Its first bid is under way, after this many that got no answer.
    Bidding {
        /// Bids without an answer.
        failures: u32,
    },
    /// Another instance holds the lease.
    Standby {
        /// Under this epoch.
        epoch: Epoch,
        /// With this time to live: the record's, not one's own setting.
        ttl: Duration,
    },
    /// It holds the lease; whether it may act is a matter of [`Tenure::is_trusted`].
    Leading(Tenure),
    /// It gives the lease back.
    Releasing {
        /// What it gives back.
        tenure: Tenure,
        /// Tries without an answer.
        failures: u32,
        /// What is to be told once that is done.
        end: End,
    },
    /// It is over.
    Ended(End),
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// The lease was given back.
    Released,
    /// It was to be given back, but no answer came.
    Unconfirmed,
    /// The lease was lost.
    Lost(Lost),
    /// It was never had: another holds it, and waiting was not wanted.
    Held(Box<LeaseHeld>),
    /// It was never had: the Bus did not answer, or refused the bid itself.
    Failed(Box<BusError>),
}

/// One epoch, and until when its holder may believe in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    /// The fencing token.
    pub epoch: Epoch,
    /// The time to live as the Bus granted it.
    pub ttl: Duration,
    /// The first instant at which nothing may be begun any more: counted from *sending* the last successful renewal.
    pub trusted_until: Boottime,
    /// When the next renewal is due.
    pub renew_at: Boottime,
}

impl Tenure {
    /// The tenure that `grant` gives, whose request was sent at `sent`.
    pub(super) fn granted(grant: &Grant, sent: Boottime, heartbeat: Duration, jitter: f64) -> Self {
        // A grant that has been running already is trusted for no more than what is left of it.
        let ttl = grant.ttl_ms.duration().min(grant.remaining_ms.duration());
        let trusted_until = sent + lease::trust(ttl);
        let renew_at = (sent + lease::next_beat(heartbeat, jitter)).min(trusted_until);
        Self { epoch: grant.epoch, ttl: grant.ttl_ms.duration(), trusted_until, renew_at }
    }

    /// Whether something may be begun at `now`.
    pub fn is_trusted(&self, now: Boottime) -> bool {
        now < self.trusted_until
    }

    /// How long a renewal sent at `now` may take: never beyond the trust that is left, and short enough that one which
    /// hangs leaves time for another.
    pub(super) fn patience(&self, now: Boottime) -> Duration {
        let one_of_several = (self.ttl / 4).min(Duration::from_secs(10));
        match self.trusted_until.since(now) {
            Duration::ZERO => one_of_several,
            left => one_of_several.min(left),
        }
    }
}
