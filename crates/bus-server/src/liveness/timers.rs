//! The timers as a pure core: what is armed, until when, and what is due.
//!
//! A deadline is an instant of the boottime clock. Nothing here is stored: a Bus that starts arms everything in full.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use go_bus_api::{AgentId, Epoch, HostId, Timestamp};
use go_clock::Boottime;

/// How soon an expiry that could not be committed is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The least lateness that is taken for an outage of the Bus itself.
const LEAST_OUTAGE: Duration = Duration::from_secs(1);

/// What lives, as far as the Bus knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Watched {
    /// The lease.
    Lease,
    /// An agent.
    Agent(AgentId),
    /// A host's lease.
    Host(HostId),
}

/// The sign of life that a timer was armed for: the expiry holds only where none has come since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The lease's grant or renewal.
    Renewal(Epoch, u64),
    /// A heartbeat.
    Heartbeat(Option<Timestamp>),
}

/// What has been silent for its whole time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Silent {
    /// What.
    pub(crate) what: Watched,
    /// The last sign of life.
    pub(crate) since: Sign,
    /// For how long this Bus has had none.
    pub(crate) silent: Duration,
    /// Whether this Bus was there to be reached all the while.
    pub(crate) bus_was_reachable: bool,
}

#[derive(Debug)]
struct Timer {
    sign: Sign,
    /// When this Bus learnt of it, or began to count anew.
    heard: Boottime,
    ttl: Duration,
    deadline: Boottime,
    bus_was_reachable: bool,
}

/// All timers.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    armed: HashMap<Watched, Timer>,
    queue: BTreeSet<(Boottime, Watched)>,
}

impl Timers {
    /// Arms `what` for its full time where `sign` is a new one; an old one changes nothing.
    pub(crate) fn see(&mut self, what: &Watched, sign: Sign, ttl: Duration, now: Boottime, live: bool) {
        if self.armed.get(what).is_none_or(|timer| timer.sign != sign) {
            self.arm(what, Timer { sign, heard: now, ttl, deadline: now + ttl, bus_was_reachable: live });
        }
    }

    /// Arms `what` for its full time again, where it is armed: a sign of life that leaves no trace in the store.
    pub(crate) fn hear(&mut self, what: &Watched, now: Boottime) {
        if let Some(timer) = self.armed.get(what) {
            let again = Timer { heard: now, deadline: now + timer.ttl, bus_was_reachable: true, ..*timer };
            self.arm(what, again);
        }
    }

    /// `what` is watched no more.
    pub(crate) fn disarm(&mut self, what: &Watched) {
        if let Some(timer) = self.armed.remove(what) {
            self.queue.remove(&(timer.deadline, what.clone()));
        }
    }

    /// How much time `what` has left; zero where it is not watched.
    pub(crate) fn remaining(&self, what: &Watched, now: Boottime) -> Duration {
        self.armed.get(what).map_or(Duration::ZERO, |timer| timer.deadline.since(now))
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Boottime> {
        self.queue.first().map(|(deadline, _)| *deadline)
    }

    /// What is due. It stays armed for a moment more, so that an expiry whose commit fails is tried again.
    ///
    /// A timer that is looked at far too late shows that the Bus itself was out (stopped, suspended): then nobody could
    /// reach it, nobody is to blame, and everything is armed in full again.
    pub(crate) fn due(&mut self, now: Boottime) -> Vec<Silent> {
        let due: Vec<_> = self.queue.iter().take_while(|(deadline, _)| *deadline <= now).cloned().collect();
        if due.iter().any(|(deadline, what)| self.is_outage(what, now.since(*deadline))) {
            self.arm_all_in_full(now);
            return Vec::new();
        }
        due.into_iter().filter_map(|(_, what)| self.fire(what, now)).collect()
    }

    fn is_outage(&self, what: &Watched, late: Duration) -> bool {
        self.armed.get(what).is_some_and(|timer| late > LEAST_OUTAGE.max(timer.ttl / 2))
    }

    fn arm_all_in_full(&mut self, now: Boottime) {
        for timer in self.armed.values_mut() {
            (timer.heard, timer.deadline) = (now, now + timer.ttl);
            timer.bus_was_reachable = false;
        }
        self.queue = self.armed.iter().map(|(what, timer)| (timer.deadline, what.clone())).collect();
    }

    fn fire(&mut self, what: Watched, now: Boottime) -> Option<Silent> {
        let timer = self.armed.get(&what)?;
        let (since, silent, bus_was_reachable) = (timer.sign, now.since(timer.heard), timer.bus_was_reachable);
        let again = Timer { deadline: now + RETRY, ..*timer };
        self.arm(&what, again);
        Some(Silent { what, since, silent, bus_was_reachable })
    }

    fn arm(&mut self, what: &Watched, timer: Timer) {
        self.disarm(what);
        self.queue.insert((timer.deadline, what.clone()));
        self.armed.insert(what.clone(), timer);
    }
}

#[cfg(test)]
mod tests;
