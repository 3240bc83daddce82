//! What the watchdog goes by.

use std::time::Duration;

use go_rules::backoff::Backoff;

/// Whose process the Bus is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusPlace {
    /// GO's own (`go up`): where it is away, so is GO.
    Embedded,
    /// Somebody else's (`go run`): where it is away, nothing is known of GO, and a restart of GO would mend nothing.
    External,
}

/// What the watchdog goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whose process the Bus is part of.
    pub place: BusPlace,
    /// How many checks in a row GO may be silent while its process is there; the next one intervenes.
    pub defer_checks: u32,
    /// How many restarts an hour may see.
    pub budget: usize,
    /// How the pause between two restarts grows.
    pub backoff: Backoff,
}

impl Policy {
    /// The time over which restarts are counted, and for which the breaker stays open.
    pub const WINDOW: Duration = Duration::from_secs(3600);
    /// How many restarts an hour may see, where nothing else is said.
    pub const BUDGET: usize = 5;

    /// The policy of a watchdog that looks every `interval`: the first pause is a quarter of it, the longest eight of it.
    pub fn new(place: BusPlace, interval: Duration, defer_checks: u32) -> Self {
        let backoff = Backoff { first: interval / 4, most: interval.saturating_mul(8) };
        Self { place, defer_checks, budget: Self::BUDGET, backoff }
    }
}
