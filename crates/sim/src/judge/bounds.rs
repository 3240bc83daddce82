//! The numbers that a judge goes by.

use std::time::Duration;

/// The numbers that a judge goes by. It works them out anew where a rule of the product says the same: a broken rule must not blind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// How many hands work at least whenever there is work (`agents.min`).
    pub agents_min: usize,
    /// How many hands there may be at once on all hosts (`agents.max`).
    pub agents_max: usize,
    /// How many of them on one host.
    pub slots: usize,
    /// How long the fleet has to be well before it is asked to be at work.
    pub settle: Duration,
    /// How much later than the Bus's deadline a takeover may come: ε.
    pub takeover: Duration,
    /// How exact times of different nodes are to each other: a tick, and what clocks drift.
    pub blur: Duration,
    /// How long a host's lease lives.
    pub host_ttl: Duration,
    /// How long a GO has to be well before it counts as a candidate: it registers, finds the lease held and waits.
    pub candidate: Duration,
    /// Whether anything happens by which a lease may end before its holder lets go.
    pub leases_end: bool,
}

impl Bounds {
    /// How much earlier than the TTL a holder stops believing: a tenth, at most a second (R2, architecture).
    pub fn margin(ttl: Duration) -> Duration {
        (ttl / 10).min(Duration::from_secs(1))
    }
}
