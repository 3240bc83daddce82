//! Numbers with a meaning of their own: an attempt is not an epoch.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number after this one; stays at the largest rather than wrap.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter!(
    /// A grant of the lease: +1 on every grant, never from time. The fencing token of GO's writes.
    Epoch(u64)
);
counter!(
    /// An event's place in the log: gap-free, in commit order, from 1. `Seq(0)` is "before the first".
    Seq(u64)
);
counter!(
    /// A resource's version, from 1; its `ETag`.
    Revision(u64)
);
counter!(
    /// How often a task has been assigned; 0 before the first assignment.
    Attempt(u32)
);

/// Places for working agents on a host; 0 means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Slots(u32);

impl Slots {
    /// The most a host can have.
    pub const MAX: u32 = 10_000;

    /// `count` slots, or the reason why not.
    pub fn new(count: u32) -> Result<Self, String> {
        if count > Self::MAX { Err(format!("at most {} slots", Self::MAX)) } else { Ok(Self(count)) }
    }

    /// How many.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Slots {
    type Error = String;
    fn try_from(count: u32) -> Result<Self, String> {
        Self::new(count)
    }
}

/// A project's share of capacity among projects of the same priority; 1 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Weight(u32);

impl Weight {
    /// `weight`, or the reason why not.
    pub fn new(weight: u32) -> Result<Self, String> {
        if (1..=1000).contains(&weight) { Ok(Self(weight)) } else { Err("a weight is 1 to 1000".to_owned()) }
    }

    /// The weight as a number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u32> for Weight {
    type Error = String;
    fn try_from(weight: u32) -> Result<Self, String> {
        Self::new(weight)
    }
}

/// A share of a whole, 0 to 1 (a context's fill, for instance).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Ratio(f64);

impl Ratio {
    /// `value`, or the reason why not.
    pub fn new(value: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err("a ratio is 0 to 1".to_owned()) }
    }

    /// The share as a number from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Ratio {}

impl TryFrom<f64> for Ratio {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        Self::new(value)
    }
}

/// Actual time over estimated time: 1 is as estimated, 2 twice as long.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Pace(f64);

impl Pace {
    /// `value`, or the reason why not.
    pub fn new(value: f64) -> Result<Self, String> {
        if value.is_finite() && value >= 0.0 { Ok(Self(value)) } else { Err("a pace is 0 or more".to_owned()) }
    }

    /// The pace as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Pace {}

impl TryFrom<f64> for Pace {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        Self::new(value)
    }
}

/// A percentage, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(f64);

impl Percent {
    /// `value`, or the reason why not.
    pub fn new(value: f64) -> Result<Self, String> {
        if (0.0..=100.0).contains(&value) { Ok(Self(value)) } else { Err("a percentage is 0 to 100".to_owned()) }
    }

    /// `part` of `whole` with one decimal; 0 where the whole is 0.
    pub fn of(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self(0.0);
        }
        let tenths = (part.min(whole) * 1000).div_euclid(whole);
        Self(f64::from(u32::try_from(tenths).unwrap_or(1000)) / 10.0)
    }

    /// The percentage as a number from 0 to 100.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Percent {}

impl TryFrom<f64> for Percent {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        Self::new(value)
    }
}

/// A duration in whole milliseconds, as every `_ms` field of the contract has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// The same as a [`Duration`].
    pub fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl From<Duration> for Millis {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Millis> for Duration {
    fn from(millis: Millis) -> Self {
        millis.duration()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_of_a_third_has_one_decimal() {
        assert_eq!(Percent::of(1, 3).get(), 33.3);
        assert_eq!(Percent::of(0, 0).get(), 0.0);
        assert_eq!(Percent::of(3, 3).get(), 100.0);
    }

    #[test]
    fn numbers_out_of_range_do_not_parse() {
        assert!(serde_json::from_str::<Ratio>("1.5").is_err());
        assert!(serde_json::from_str::<Weight>("0").is_err());
        assert!(serde_json::from_str::<Slots>("-1").is_err());
    }
}
