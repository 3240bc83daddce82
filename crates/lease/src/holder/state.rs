//! Where a bidder is.

use std::time::Duration;

use go_bus_api::{Epoch, Grant, LeaseHeld};
use go_bus_client::BusError;
use go_clock::Boottime;
use go_rules::lease;
use go_rules::mutation::{Mutation, is_on};

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
    /// When the next renewal is due.
    pub renew_at: Boottime,
    /// The end of the trust that the last renewal gave: counted from *sending* it.
    pub(crate) renewed_until: Boottime,
    /// The end of the trust that the session gives; `None` where there is none.
    pub(super) session_until: Option<Boottime>,
    pub(super) lapse: Lapse,
}

/// Whether the trust was over at some look. Then it comes back only once a renewal has been accepted under the same epoch that was
/// sent after that look: whatever was on its way through a pause proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lapse {
    /// It was not.
    None,
    /// It was, first noticed at this instant.
    Suspect(Boottime),
    /// A renewal has been accepted since; the session has yet to tick.
    Renewed,
}

impl Tenure {
    /// The tenure that `grant` gives, whose request was sent at `sent`.
    pub(super) fn granted(grant: &Grant, sent: Boottime, heartbeat: Duration, jitter: f64) -> Self {
        // A grant that has been running already is trusted for no more than what is left of it.
        let ttl = grant.ttl_ms.duration().min(grant.remaining_ms.duration());
        let renewed_until = sent + lease::trust(ttl);
        let renew_at = (sent + lease::next_beat(heartbeat, jitter)).min(renewed_until);
        let (epoch, ttl) = (grant.epoch, grant.ttl_ms.duration());
        Self { epoch, ttl, renew_at, renewed_until, session_until: None, lapse: Lapse::None }
    }

    /// The tenure that goes on with `grant`, whose request was sent at `sent`.
    pub(super) fn renewed(self, grant: &Grant, sent: Boottime, heartbeat: Duration, jitter: f64) -> Self {
        let lapse = match self.lapse {
            Lapse::Suspect(since) if sent >= since => Lapse::Renewed,
            other => other,
        };
        Self { session_until: self.session_until, lapse, ..Self::granted(grant, sent, heartbeat, jitter) }
    }

    /// Looks at the clock; whether it found just now that the trust is over.
    pub(super) fn look(&mut self, now: Boottime) -> bool {
        match self.lapse {
            Lapse::None if now >= self.end() => {
                self.lapse = Lapse::Suspect(now);
                true
            }
            Lapse::Renewed if now < self.end() => {
                self.lapse = Lapse::None;
                false
            }
            _ => false,
        }
    }

    /// The first instant at which nothing may be begun any more; long past where nothing may be begun already.
    pub fn trusted_until(&self) -> Boottime {
        if self.lapse == Lapse::None { self.end() } else { Boottime::default() }
    }

    /// Whether something may be begun at `now`.
    pub fn is_trusted(&self, now: Boottime) -> bool {
        now < self.trusted_until()
    }

    fn end(&self) -> Boottime {
        let session = self.session_until.filter(|_| !is_on(Mutation::SessionUnheeded));
        session.map_or(self.renewed_until, |until| until.min(self.renewed_until))
    }

    /// How long a renewal sent at `now` may take: never beyond the trust that the last one gave, and short enough that one which
    /// hangs leaves time for another.
    pub(super) fn patience(&self, now: Boottime) -> Duration {
        let one_of_several = (self.ttl / 4).min(Duration::from_secs(10));
        match self.renewed_until.since(now) {
            Duration::ZERO => one_of_several,
            left => one_of_several.min(left),
        }
    }
}
