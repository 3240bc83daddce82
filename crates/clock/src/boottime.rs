//! Instants that go on while the machine is suspended.

use std::ops::{Add, Sub};
use std::time::Duration;

/// Time since the machine booted, suspend included (`CLOCK_BOOTTIME` on Linux). Comparable across processes of one boot, so
/// it can be written into files that other processes of the same boot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Boottime(pub Duration);

impl Boottime {
    /// How long after `earlier` this is; zero where it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Boottime {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }
}

impl Sub<Duration> for Boottime {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by))
    }
}
