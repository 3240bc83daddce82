//! `watchdog`: how often GO is looked at, how much grace it has, and its session (R30, R31).

use std::str::FromStr;

use go_runtime::tmux::SessionName;

use super::reader::Reader;
use super::{Period, at_least};
use crate::failure::Failure;

/// How GO is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WatchdogSettings {
    /// How long from one check to the next.
    pub(crate) interval: Period,
    /// How many checks a silent GO is given to recover.
    pub(crate) defer_checks: u32,
    /// The managed session's name, checked.
    session: String,
}

impl WatchdogSettings {
    /// Reads the section.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let often = |interval: &Period| at_least(interval, Period::millis(100), "a check");
        Self {
            interval: reader.checked("watchdog.interval", Period::minutes(2), often),
            defer_checks: reader.get("watchdog.defer_checks", 3_u32),
            session: reader.checked("watchdog.session", "go".to_owned(), |name| SessionName::from_str(name).map(drop)),
        }
    }

    /// The managed session's name.
    pub(crate) fn session(&self) -> Result<SessionName, Failure> {
        self.session.parse().map_err(|error| Failure::usage(error, "set watchdog.session"))
    }
}
