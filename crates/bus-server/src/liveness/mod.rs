//! Who is silent for too long: the lease's holder, agents, hosts.
//!
//! The timers learn of life from the receipts of this Bus (heartbeats and renewals leave no event) and from the event log
//! (everything else, and what other Buses on the same database did). An expiry is a compare-and-swap in the store, so a
//! renewal that another Bus took is never overrun: it only arms the timer anew.

mod driver;
mod signs;
mod timers;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_api::{Epoch, EventKind, Millis, ResourceKind, Timestamp};
use go_bus_store::{Actor, Document, EventLine, Lease, Receipt};
use go_clock::Boottime;
use tokio::sync::{Notify, watch};

pub(crate) use driver::{arm_everything, run};
use signs::{AgentSign, HostSign};
use timers::{Sign, Silent, Timers, Watched};

/// Where a sign of life was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Among all that lives, at the start: the Bus was out before.
    Start,
    /// In the answer to a write, which may be late or a repeat: it can show that something lives, not that it ended.
    Receipt,
    /// In the log or in the row itself.
    Truth,
}

/// The timers, and the lease as this Bus last saw it.
pub(crate) struct Liveness {
    timers: Mutex<Timers>,
    lease: watch::Sender<Lease>,
    agent_silence: Duration,
    host_ttl: Duration,
    /// Rings when an earlier deadline may have come.
    changed: Notify,
}

impl Liveness {
    /// Nothing armed yet.
    pub(crate) fn new(agent_silence: Duration, host_ttl: Duration) -> Self {
        Self {
            timers: Mutex::default(),
            lease: watch::Sender::new(Lease::default()),
            agent_silence,
            host_ttl,
            changed: Notify::new(),
        }
    }

    /// The lease as it moves: what a `/wait` waits on.
    pub(crate) fn watch_lease(&self) -> watch::Receiver<Lease> {
        self.lease.subscribe()
    }

    /// Takes note of the lease's row. One that is older than what is known changes nothing.
    pub(crate) fn see_lease(&self, lease: &Lease, now: Boottime) {
        let mut timers = self.lock();
        if rank(lease) <= rank(&self.lease.borrow()) {
            return;
        }
        if lease.holder.is_some() {
            let sign = Sign::Renewal(lease.epoch, lease.renewals);
            timers.see(&Watched::Lease, sign, lease.ttl.duration(), now, true);
        } else {
            timers.disarm(&Watched::Lease);
        }
        self.lease.send_replace(lease.clone());
        self.changed.notify_one();
    }

    /// How long the holder has without a renewal; zero where the lease is free.
    pub(crate) fn lease_remaining(&self, lease: &Lease, now: Boottime) -> Millis {
        if lease.holder.is_none() {
            return Millis::default();
        }
        let remaining = self.lock().remaining(&Watched::Lease, now);
        // A holder whose expiry is being committed has a moment left, not none.
        Millis(Millis::from(remaining).0.clamp(1, lease.ttl.0.max(1)))
    }

    /// Whoever asks for anything lives: a standby, for one, only waits.
    pub(crate) fn hear(&self, actor: &Actor, now: Boottime) {
        if let Actor::Agent { id, .. } | Actor::Shim { agent: id } = actor {
            self.lock().hear(&Watched::Agent(id.clone()), now);
        }
    }

    /// Takes note of what a commit shows: a heartbeat, a renewal.
    pub(crate) fn see_receipt(&self, receipt: &Receipt, now: Boottime) {
        if let Some(lease) = &receipt.lease {
            self.see_lease(lease, now);
        }
        if let Some(document) = &receipt.document {
            self.see_document(document, now, Source::Receipt);
        }
    }

    /// Takes note of an agent or a host.
    pub(crate) fn see_document(&self, document: &Document, now: Boottime, source: Source) {
        match document.kind {
            ResourceKind::Agent => self.see_agent(AgentSign::read(&document.json), now, source),
            ResourceKind::Host => self.see_host(HostSign::read(&document.json), now, source),
            _ => {}
        }
    }

    /// Takes note of an event; true where it is the lease's, whose row has to be read then.
    fn see_event(&self, event: &EventLine, now: Boottime) -> bool {
        match event.kind {
            EventKind::HostUpdated | EventKind::HostJoined | EventKind::HostExpired => {
                self.see_host(HostSign::of_event(&event.json), now, Source::Truth);
            }
            EventKind::LeaseAcquired | EventKind::LeaseReleased | EventKind::LeaseExpired => return true,
            ref kind if kind.as_str().starts_with("agent.") => {
                self.see_agent(AgentSign::of_event(&event.json), now, Source::Truth);
            }
            _ => {}
        }
        false
    }

    fn see_agent(&self, sign: Option<AgentSign>, now: Boottime, source: Source) {
        let Some(sign) = sign else { return };
        let beat = sign.is_watched().then_some(sign.last_heartbeat);
        self.see(&Watched::Agent(sign.id), beat, self.agent_silence, now, source);
    }

    fn see_host(&self, sign: Option<HostSign>, now: Boottime, source: Source) {
        let Some(sign) = sign else { return };
        let beat = sign.is_watched().then_some(sign.last_heartbeat);
        self.see(&Watched::Host(sign.id), beat, self.host_ttl, now, source);
    }

    /// `beat` is its last heartbeat where it is to be watched, `None` where it is not.
    fn see(&self, what: &Watched, beat: Option<Option<Timestamp>>, ttl: Duration, now: Boottime, source: Source) {
        match beat {
            Some(beat) => self.lock().see(what, Sign::Heartbeat(beat), ttl, now, source != Source::Start),
            None if source == Source::Receipt => return,
            None => self.lock().disarm(what),
        }
        self.changed.notify_one();
    }

    fn due(&self, now: Boottime) -> Vec<Silent> {
        self.lock().due(now)
    }

    fn disarm(&self, what: &Watched) {
        self.lock().disarm(what);
    }

    fn next(&self) -> Option<Boottime> {
        self.lock().next()
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        // Nothing in here panics half way through a change.
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The order in which a lease's rows come to be: an epoch is granted, renewed, and ended once.
fn rank(lease: &Lease) -> (Epoch, bool, u64) {
    (lease.epoch, lease.holder.is_none(), lease.renewals)
}

#[cfg(test)]
mod tests;
