//! What a schedule is made of: everything random in it comes from one seed.

use std::time::Duration;

/// A stream of numbers from a seed (xorshift64*).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) % bound.max(1)
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn share(&mut self) -> f64 {
        self.below(1001) as f64 / 1000.0
    }

    /// How long a message is under way: mostly little, now and then far too long.
    pub(crate) fn delay(&mut self) -> Duration {
        let most = if self.once_in(12) { 1_500_000 } else { 20_000 };
        Duration::from_micros(self.below(most))
    }
}

/// A clock that runs by `ppm` millionths too fast or too slow.
#[derive(Clone, Copy)]
pub(crate) struct Drift(pub(crate) i64);

impl Drift {
    /// What it shows at an instant of true time.
    pub(crate) fn shows(self, now: Duration) -> Duration {
        Duration::from_nanos(scaled(now, 1_000_000 + self.0, 1_000_000))
    }

    /// The first instant of true time at which it shows at least this.
    pub(crate) fn when(self, shown: Duration) -> Duration {
        let mut at = Duration::from_nanos(scaled(shown, 1_000_000, 1_000_000 + self.0)).saturating_sub(STEP * 3);
        while self.shows(at) < shown {
            at += STEP;
        }
        at
    }
}

const STEP: Duration = Duration::from_nanos(1);

fn scaled(time: Duration, by: i64, of: i64) -> u64 {
    let nanos = i128::try_from(time.as_nanos()).unwrap_or_default();
    u64::try_from(nanos * i128::from(by) / i128::from(of)).unwrap_or_default()
}
