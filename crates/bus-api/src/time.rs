//! Instants of the wall clock, as the contract writes them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant in UTC with millisecond precision: `2026-03-21T08:15:30.250Z` (RFC 3339).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z and 9999-12-01T00:00:00Z in Unix milliseconds: what RFC 3339 can write in every zone.
    const FIRST: i64 = -62_135_596_800_000;
    const LAST: i64 = 253_399_622_400_000;

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z; out of range becomes the nearest that is in.
    pub fn from_unix_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::FIRST, Self::LAST))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// The instant `by` later; stays at the last one rather than wrap.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self::from_unix_millis(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero where it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant:.3}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let instant: jiff::Timestamp =
            text.parse().map_err(|_| format!("{text:?} is not an RFC 3339 time such as 2026-03-21T08:15:30.250Z"))?;
        Ok(Self::from_unix_millis(instant.as_millisecond()))
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_utc_with_three_decimals() {
        let read = |text: &str| text.parse::<Timestamp>().map(|t| t.to_string());
        assert_eq!(read("2026-03-21T09:15:30+01:00"), Ok("2026-03-21T08:15:30.000Z".to_owned()));
        assert_eq!(read("2026-03-21T08:15:30.2509Z"), Ok("2026-03-21T08:15:30.250Z".to_owned()));
        assert!(read("soon").is_err());
    }

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp::from_unix_millis(i64::MAX);
        assert_eq!(end.after(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_unix_millis(5).since(end), Duration::ZERO);
        assert!(!end.to_string().is_empty() && !Timestamp::from_unix_millis(i64::MIN).to_string().is_empty());
    }
}
