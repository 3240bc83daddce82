//! What the judge goes by in a run with these settings.

use std::time::Duration;

use super::Scenario;
use crate::Settings;
use crate::judge::Bounds;

/// `agents.min`, as GO has it unless it is told otherwise (R29).
const AGENTS_MIN: usize = 3;

/// A request whose answer was lost is given up after ten seconds, which no setting shortens; then there is some catching up.
const SETTLE: Duration = Duration::from_secs(12);

/// The bounds of a run.
pub(super) fn of(settings: &Settings, scenario: Scenario) -> Bounds {
    Bounds {
        agents_min: AGENTS_MIN,
        agents_max: usize::try_from(settings.agents_max).unwrap_or(usize::MAX),
        slots: usize::try_from(settings.slots).unwrap_or(usize::MAX),
        settle: SETTLE,
        takeover: Duration::from_millis(100),
        blur: settings.tick.saturating_mul(4),
        host_ttl: settings.host_ttl,
        candidate: Duration::from_secs(5),
        leases_end: scenario.may_end_leases(),
    }
}
