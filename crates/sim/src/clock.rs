//! Simulated clocks: each machine's runs a little fast or slow, and differs from every other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_api::Timestamp;
use go_clock::{Boottime, Clock, Sleep};
use tokio::sync::watch;

use crate::gate::Gate;
use crate::truth::Truth;

/// What wall clocks show about the start of a run, in milliseconds of Unix time: 2026-03-21.
const WALL: i64 = 1_774_080_000_000;

/// How long the first machines have been up at the start of a run.
const UP: Duration = Duration::from_secs(3600);

/// A machine's clocks. Clones are the same clocks.
#[derive(Debug, Clone)]
pub(crate) struct MachineClock {
    truth: Truth,
    state: Arc<Mutex<State>>,
    /// Moves whenever the machine goes on after a suspend.
    resumed: Arc<watch::Sender<u32>>,
}

#[derive(Debug)]
struct State {
    /// How much it runs fast, in parts of a million.
    drift_ppm: i64,
    /// True time of the boot; what the boottime clock showed then.
    booted: Duration,
    at_boot: Duration,
    /// How much of boottime the machine has been suspended, and since when it is, on the boottime clock.
    suspended: Duration,
    suspended_since: Option<Duration>,
    /// Wall time less boottime, in milliseconds.
    wall_less_boottime: i64,
}

impl MachineClock {
    /// Clocks that run fast by so many parts of a million, and whose wall clock is ahead by so many milliseconds.
    pub(crate) fn new(truth: Truth, drift_ppm: i64, ahead_ms: i64) -> Self {
        let wall_less_boottime = WALL.saturating_add(ahead_ms).saturating_sub(millis(UP));
        let state = State {
            drift_ppm,
            booted: Duration::ZERO,
            at_boot: UP,
            suspended: Duration::ZERO,
            suspended_since: None,
            wall_less_boottime,
        };
        Self { truth, state: Arc::new(Mutex::new(state)), resumed: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn boottime(&self) -> Boottime {
        Boottime(self.lock().boottime(self.truth.now()))
    }

    /// Time since boot without what the machine was suspended.
    fn monotonic(&self) -> Duration {
        let state = self.lock();
        let boottime = state.boottime(self.truth.now());
        let now = state.suspended_since.unwrap_or(boottime);
        now.saturating_sub(state.suspended)
    }

    fn wall(&self) -> Timestamp {
        let state = self.lock();
        let boottime = millis(state.boottime(self.truth.now()));
        Timestamp::from_unix_millis(state.wall_less_boottime.saturating_add(boottime))
    }

    /// How much true time passes while this clock goes on by `shown`.
    fn truly(&self, shown: Duration) -> Duration {
        scaled(shown, self.lock().drift_ppm.saturating_neg())
    }

    /// Steps the wall clock.
    pub(crate) fn step_wall(&self, by_ms: i64) {
        let mut state = self.lock();
        state.wall_less_boottime = state.wall_less_boottime.saturating_add(by_ms);
    }

    /// The machine is suspended from now on.
    pub(crate) fn suspend(&self) {
        let now = self.boottime().0;
        self.lock().suspended_since.get_or_insert(now);
    }

    /// It goes on.
    pub(crate) fn resume(&self) {
        let now = self.boottime().0;
        let mut state = self.lock();
        if let Some(since) = state.suspended_since.take() {
            state.suspended += now.saturating_sub(since);
        }
        drop(state);
        self.resumed.send_modify(|times| *times = times.wrapping_add(1));
    }

    /// It boots: its boottime begins anew, and its wall clock shows what it would have shown.
    pub(crate) fn boot(&self) {
        let (wall, now) = (self.wall().unix_millis(), self.truth.now());
        let mut state = self.lock();
        (state.booted, state.at_boot) = (now, Duration::from_secs(5));
        (state.suspended, state.suspended_since) = (Duration::ZERO, None);
        state.wall_less_boottime = wall.saturating_sub(millis(state.at_boot));
    }
}

impl State {
    fn boottime(&self, truth: Duration) -> Duration {
        self.at_boot + scaled(truth.saturating_sub(self.booted), self.drift_ppm)
    }
}

/// `duration` longer by so many parts of a million.
fn scaled(duration: Duration, ppm: i64) -> Duration {
    let nanos = i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX / 2_000_000);
    let nanos = nanos + nanos * i128::from(ppm) / 1_000_000;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The clocks as a process of the machine has them: while it is stopped no timer of it goes off.
#[derive(Debug, Clone)]
pub(crate) struct NodeClock {
    machine: MachineClock,
    gate: Gate,
}

impl NodeClock {
    pub(crate) fn new(machine: MachineClock, gate: Gate) -> Self {
        Self { machine, gate }
    }

    /// Completes at an instant of boottime, also where the machine was suspended meanwhile: an alarm.
    pub(crate) async fn wake_at(&self, at: Boottime) {
        let mut resumed = self.machine.resumed.subscribe();
        loop {
            self.gate.opened().await;
            let left = at.since(self.boottime());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                biased;
                _ = resumed.changed() => {}
                () = self.sleep(left) => {}
            }
        }
    }
}

impl Clock for NodeClock {
    fn boottime(&self) -> Boottime {
        self.machine.boottime()
    }

    fn wall(&self) -> Timestamp {
        self.machine.wall()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let this = self.clone();
        let until = this.machine.monotonic().saturating_add(duration);
        Box::pin(async move {
            loop {
                this.gate.opened().await;
                let left = until.saturating_sub(this.machine.monotonic());
                if left.is_zero() {
                    return;
                }
                // The least that tokio's timers know, or it would be back too early for ever.
                let least = Duration::from_millis(1);
                tokio::time::sleep(this.machine.truly(left).clamp(least, Duration::from_secs(1 << 30))).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_suspend_stops_monotonic_time_and_not_boottime() {
        let truth = Truth::default();
        let clock = MachineClock::new(truth.clone(), 0, 0);
        truth.set(at(10));
        clock.suspend();
        truth.set(at(40));
        assert_eq!((clock.monotonic(), clock.boottime().0), (UP + at(10), UP + at(40)));
        clock.resume();
        truth.set(at(41));
        assert_eq!((clock.monotonic(), clock.boottime().0), (UP + at(11), UP + at(41)));
    }

    #[test]
    fn a_clock_that_runs_fast_shows_more_and_its_sleeps_are_shorter() {
        let truth = Truth::default();
        let clock = MachineClock::new(truth.clone(), 1000, 0);
        truth.set(at(100));
        assert_eq!(clock.boottime().0, UP + Duration::from_millis(100_100));
        assert_eq!(clock.truly(at(1000)), at(999));
    }

    #[test]
    fn a_boot_begins_boottime_anew_and_leaves_the_wall_clock() {
        let truth = Truth::default();
        let clock = MachineClock::new(truth.clone(), 0, 250);
        truth.set(at(60));
        let wall = clock.wall();
        clock.boot();
        assert_eq!((clock.wall(), clock.boottime().0), (wall, at(5)));
        clock.step_wall(-7000);
        assert_eq!(clock.wall().unix_millis(), wall.unix_millis() - 7000);
    }
}
