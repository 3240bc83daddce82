//! A clock that moves when it is told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_api::Timestamp;
use tokio::sync::watch;

use crate::{Boottime, Clock, Sleep};

/// A clock for tests and simulation: it stands still until [`ManualClock::advance`] moves it, and then wakes the sleepers whose
/// time has come. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<watch::Sender<Boottime>>,
    wall_at_boot: Arc<Mutex<Timestamp>>,
}

impl ManualClock {
    /// A clock that shows `wall` and has been up for an hour.
    pub fn new(wall: Timestamp) -> Self {
        let up = Duration::from_secs(3600);
        let booted = Timestamp::from_unix_millis(wall.unix_millis() - 3_600_000);
        Self { now: Arc::new(watch::Sender::new(Boottime(up))), wall_at_boot: Arc::new(Mutex::new(booted)) }
    }

    /// Moves all clocks on by `by`.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now = *now + by);
    }

    /// Steps the wall clock alone, as an operator or NTP does.
    pub fn step_wall(&self, to: Timestamp) {
        let up = i64::try_from(self.boottime().0.as_millis()).unwrap_or(i64::MAX);
        *self.lock() = Timestamp::from_unix_millis(to.unix_millis().saturating_sub(up));
    }

    fn lock(&self) -> MutexGuard<'_, Timestamp> {
        self.wall_at_boot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn boottime(&self) -> Boottime {
        *self.now.borrow()
    }

    fn wall(&self) -> Timestamp {
        self.lock().after(self.boottime().0)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let until = self.boottime() + duration;
        let mut now = self.now.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock; without it nobody will ever move the time again.
            if now.wait_for(|now| *now >= until).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_come_and_not_before() {
        let clock = ManualClock::new(Timestamp::from_unix_millis(0));
        let mut sleep = tokio::spawn(clock.sleep(Duration::from_secs(10)));
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!sleep.is_finished());
        clock.advance(Duration::from_secs(1));
        assert!((&mut sleep).await.is_ok());
        assert_eq!(clock.wall(), Timestamp::from_unix_millis(10_000));
    }

    #[test]
    fn a_step_of_the_wall_clock_moves_nothing_else() {
        let clock = ManualClock::new(Timestamp::from_unix_millis(0));
        let before = clock.boottime();
        clock.step_wall(Timestamp::from_unix_millis(-5_000));
        assert_eq!((clock.boottime(), clock.wall()), (before, Timestamp::from_unix_millis(-5_000)));
    }
}
