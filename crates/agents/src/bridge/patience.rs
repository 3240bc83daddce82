//! How long a request waits for a Bus that is away: an outage is waited out once, not by each request that falls into it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use go_clock::{Boottime, Clock, SystemClock};
use go_rules::backoff::Backoff;

use super::ended::Ended;

/// How long an outage is waited out: shorter than programs wait for a tool, and longer than a Bus takes to start anew.
const OUTAGE: Duration = Duration::from_secs(20);

/// The bounds of waiting.
#[derive(Debug)]
pub(super) struct Patience {
    ended: Ended,
    outage: Mutex<Option<Outage>>,
}

/// The Bus is away.
#[derive(Debug, Clone, Copy)]
struct Outage {
    since: Boottime,
    tries: u32,
}

impl Patience {
    /// Waits for nothing any more once `ended`.
    pub(super) fn until(ended: Ended) -> Self {
        Self { ended, outage: Mutex::new(None) }
    }

    /// The Bus has answered.
    pub(super) fn found(&self) {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The Bus is away: waits before another try, and answers whether there is to be one.
    pub(super) fn wait(&self) -> bool {
        let now = SystemClock.boottime();
        let Outage { since, tries } = self.another_try(now);
        match pause(now.since(since), tries) {
            Some(pause) => !self.ended.within(pause),
            None => false,
        }
    }

    fn another_try(&self, now: Boottime) -> Outage {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let Outage { since, tries } = outage.unwrap_or(Outage { since: now, tries: 0 });
        *outage.insert(Outage { since, tries: tries.saturating_add(1) })
    }
}

/// The pause before the next try of an outage that has lasted so long; `None` where it has lasted too long.
fn pause(lasted: Duration, tries: u32) -> Option<Duration> {
    let left = OUTAGE.checked_sub(lasted).filter(|left| !left.is_zero())?;
    Some(Backoff::REQUEST.pause(tries, 0.5).min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_with_the_outage_s_time() {
        let first = pause(Duration::ZERO, 1).unwrap();
        assert!(first < pause(Duration::ZERO, 4).unwrap());
        assert_eq!(pause(OUTAGE - Duration::from_millis(1), 9), Some(Duration::from_millis(1)));
        assert_eq!(pause(OUTAGE, 1), None);
        assert_eq!(pause(OUTAGE * 9, 9), None);
    }

    #[test]
    fn nobody_is_waited_for_once_input_has_ended() {
        let ended = Ended::default();
        ended.set();
        let patience = Patience::until(ended);
        assert!(!patience.wait());
        patience.found();
        assert!(!patience.wait());
    }
}
