//! The instant up to which a client may be used, moved by whoever answers for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use go_clock::{Boottime, Clock};
use go_rules::mutation::{Mutation, is_on};

/// Until when a client sends and waits for answers. Clones share it, so its owner moves it for every client that was handed out.
#[derive(Debug, Clone)]
pub struct Deadline(Arc<AtomicU64>);

impl Deadline {
    /// A deadline at `until`.
    pub fn new(until: Boottime) -> Self {
        Self(Arc::new(AtomicU64::new(nanos(until))))
    }

    /// Moves it: later as trust is renewed, earlier where it is over before its time.
    pub fn set(&self, until: Boottime) {
        self.0.store(nanos(until), Ordering::SeqCst);
    }

    /// The instant as it stands.
    pub fn get(&self) -> Boottime {
        Boottime(Duration::from_nanos(self.0.load(Ordering::SeqCst)))
    }

    /// Whether nothing may be begun at `now`.
    pub(crate) fn is_over(&self, now: Boottime) -> bool {
        now >= self.get() && !is_on(Mutation::DeadlineUnchecked)
    }

    /// Completes once it is over, however often it is moved before.
    pub(crate) async fn over(&self, clock: &dyn Clock) {
        loop {
            let now = clock.boottime();
            if self.is_over(now) {
                return;
            }
            match self.get().since(now) {
                // Only a deadline that nobody checks is met here.
                Duration::ZERO => std::future::pending().await,
                left => clock.sleep(left).await,
            }
        }
    }
}

fn nanos(instant: Boottime) -> u64 {
    // Five hundred years after boot it stands still.
    u64::try_from(instant.0.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use go_bus_api::Timestamp;
    use go_clock::ManualClock;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_it_waits_for_the_one_it_was_moved_to() {
        let clock = ManualClock::new(Timestamp::from_unix_millis(0));
        let second = Duration::from_secs(1);
        let deadline = Deadline::new(clock.boottime() + second);
        let over = tokio::spawn({
            let (deadline, clock) = (deadline.clone(), clock.clone());
            async move { deadline.over(&clock).await }
        });
        deadline.set(clock.boottime() + second * 3);
        clock.advance(second * 2);
        tokio::task::yield_now().await;
        assert!(!over.is_finished() && !deadline.is_over(clock.boottime()));
        clock.advance(second);
        over.await.unwrap();
        assert!(deadline.is_over(clock.boottime()));
    }
}
