//! Exponential backoff with jitter, for retries of tasks, of requests and of orchestrators that end.

use std::time::Duration;

use go_bus_api::{Task, Timestamp};

/// How the pause grows from one try to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure, before jitter.
    pub first: Duration,
    /// The pause is never longer than this.
    pub most: Duration,
}

impl Backoff {
    /// The backoff of failed tasks.
    pub const TASK: Self = Self { first: Duration::from_secs(1), most: Duration::from_secs(300) };
    /// The backoff of requests to the Bus.
    pub const REQUEST: Self = Self { first: Duration::from_millis(50), most: Duration::from_secs(5) };
    /// The backoff of orchestrators that end early.
    pub const SUCCESSION: Self = Self { first: Duration::from_millis(250), most: Duration::from_secs(60) };

    /// The pause after `failures` failures in a row (1 is the first): doubled each time, at most [`Self::most`], then spread
    /// over its upper half by `jitter` in 0..=1, so that many who failed together do not come back together.
    pub fn pause(self, failures: u32, jitter: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let full = self.first.saturating_mul(1_u32 << doublings).min(self.most);
        full.mul_f64(0.5 + 0.5 * share(jitter))
    }
}

/// Until when `task` backs off; `None` where it may be assigned at `now`. Where the failure lies in the future, the clock that stamped it was
/// set back since, or is ahead of this one: such a pause would last as long as the jump, so it counts as over.
pub fn paused_until(task: &Task, now: Timestamp) -> Option<Timestamp> {
    let is_ours = task.failed_at.is_none_or(|failed| failed <= now);
    task.not_before.filter(|until| is_ours && *until > now)
}

/// `jitter` as a share in 0..=1; what is no number counts as 1.
pub(crate) fn share(jitter: f64) -> f64 {
    if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_its_bound() {
        let pauses: Vec<_> = (1..=10).map(|n| Backoff::TASK.pause(n, 1.0).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(Backoff::TASK.pause(u32::MAX, 1.0).as_secs(), 300);
    }

    #[test]
    fn jitter_spreads_over_the_upper_half() {
        assert_eq!(Backoff::TASK.pause(1, 0.0), Duration::from_millis(500));
        assert_eq!(Backoff::TASK.pause(1, 7.0), Duration::from_secs(1));
        assert!(Backoff::TASK.pause(1, f64::NAN) <= Duration::from_secs(1));
    }
}
