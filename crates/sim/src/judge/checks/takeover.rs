//! No lease ends early, none lives on past its deadline, and the next leader is there at once.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{Epoch, EventKind, ExpiryCause, LeaseEvent};

use super::{Check, Findings};
use crate::judge::{
    About, Bounds, Call, Decision, Deed, EventFact, Fact, FactNo, Invariant, LeaseFact, Picture, SimTime, What,
};
use crate::{Exchange, Node};

/// How a change of leader went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeoverFact {
    /// The epoch that ended.
    pub ended: Epoch,
    /// Why; none where its holder gave it back.
    pub cause: Option<ExpiryCause>,
    /// The Bus's deadline: when it ended, or should have.
    pub deadline: SimTime,
    /// When the next was granted.
    pub taken: SimTime,
    /// Whether somebody was there to take it at the deadline.
    pub had_candidate: bool,
}

/// The lease's deadline, and what came after it.
#[derive(Debug)]
pub(super) struct Takeovers {
    bounds: Bounds,
    /// The last grant or renewal, and whether the Bus was well all the time since.
    armed: Option<Armed>,
    /// When a session certainly stood last, as its ticks tell, and how long it may be broken.
    stood: Option<(Epoch, SimTime, Duration)>,
    asked: BTreeMap<Exchange, (Epoch, SimTime)>,
    free: Option<Free>,
}

#[derive(Debug, Clone, Copy)]
struct Armed {
    epoch: Epoch,
    at: SimTime,
    ttl: Duration,
    fact: FactNo,
}

#[derive(Debug, Clone, Copy)]
struct Free {
    ended: Epoch,
    cause: Option<ExpiryCause>,
    deadline: SimTime,
    fact: FactNo,
    told: bool,
}

impl Takeovers {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self { bounds: bounds.clone(), armed: None, stood: None, asked: BTreeMap::new(), free: None }
    }
}

impl Check for Takeovers {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match &fact.what {
            // After its restart the Bus arms the whole TTL again.
            What::Started if fact.node == Some(Node::Bus) => {
                self.armed = self.armed.map(|armed| Armed { at: fact.at, fact: no, ..armed });
            }
            What::Asked { id, call: Call::Session { epoch }, .. } => {
                self.asked.insert(*id, (*epoch, fact.at));
            }
            What::Tick { id, open_for, grace } => self.ticked(*id, *open_for, *grace),
            What::Committed(commit) => {
                if let (Deed::Bid(_), Decision::Done(Some(lease))) = (&commit.deed, &commit.outcome) {
                    self.granted(no, fact.at, lease, before, found);
                }
            }
            What::Event(event) => self.happened(no, fact.at, event, found),
            _ => {}
        }
        self.overdue(no, fact.at, before, found);
    }
}

impl Takeovers {
    fn ticked(&mut self, id: Exchange, open_for: Duration, grace: Duration) {
        let Some((epoch, asked)) = self.asked.get(&id) else { return };
        let at = asked.after(open_for);
        if self.stood.is_none_or(|(known, stood, _)| *epoch > known || (*epoch == known && at > stood)) {
            self.stood = Some((*epoch, at, grace));
        }
    }

    fn granted(&mut self, no: FactNo, at: SimTime, lease: &LeaseFact, before: &Picture, found: &mut Findings) {
        self.armed = Some(Armed { epoch: lease.epoch, at, ttl: lease.ttl, fact: no });
        let Some(free) = self.free.take() else { return };
        let had_candidate = self.candidate(free.deadline, at, before).is_some();
        let Free { ended, cause, deadline, .. } = free;
        found.takeover(TakeoverFact { ended, cause, deadline, taken: at, had_candidate });
    }

    fn happened(&mut self, no: FactNo, at: SimTime, event: &EventFact, found: &mut Findings) {
        let About::Lease(lease) = &event.about else { return };
        if !matches!(event.kind, EventKind::LeaseExpired | EventKind::LeaseReleased) {
            return;
        }
        if lease.cause.is_some() && !self.bounds.leases_end {
            let words =
                format!("epoch {} is ended, and nothing happened that lasted as long as the grace", lease.epoch);
            found.wrong(Invariant::NotEndedEarly, self.armed.map(|armed| armed.fact), words);
        }
        let deadline = match lease.cause {
            Some(ExpiryCause::Ttl) => self.ttl_over(at, lease, found),
            Some(ExpiryCause::Session) => self.session_over(at, lease, found),
            Some(ExpiryCause::Restored) | None => at,
        };
        self.free = Some(Free { ended: lease.epoch, cause: lease.cause, deadline, fact: no, told: false });
        self.armed = None;
    }

    fn ttl_over(&self, at: SimTime, lease: &LeaseEvent, found: &mut Findings) -> SimTime {
        let Some(armed) = self.armed.filter(|armed| armed.epoch == lease.epoch) else { return at };
        let deadline = armed.at.after(armed.ttl);
        if at.after(self.bounds.blur) < deadline {
            let words = format!("epoch {} ends {} ms before its TTL", lease.epoch, deadline.since(at).as_millis());
            found.wrong(Invariant::NotEndedEarly, Some(armed.fact), words);
        }
        deadline.min(at)
    }

    fn session_over(&self, at: SimTime, lease: &LeaseEvent, found: &mut Findings) -> SimTime {
        if let Some((_, stood, grace)) = self.stood.filter(|(epoch, ..)| *epoch == lease.epoch)
            && at.after(self.bounds.blur) < stood.after(grace)
        {
            let words = format!(
                "epoch {} ends though its session stood {} ms ago and may be broken for {} ms",
                lease.epoch,
                at.since(stood).as_millis(),
                grace.as_millis()
            );
            found.wrong(Invariant::NotEndedEarly, self.armed.map(|armed| armed.fact), words);
        }
        at
    }

    /// A GO that was well from long before `deadline` until `now`.
    fn candidate(&self, deadline: SimTime, now: SimTime, picture: &Picture) -> Option<Node> {
        let needed = self.bounds.candidate + now.since(deadline);
        (1..=u8::MAX)
            .map(Node::Go)
            .take(GOS)
            .find(|node| picture.well_for(*node, now).is_some_and(|well| well >= needed))
    }

    /// Whether something should have happened by now.
    fn overdue(&mut self, no: FactNo, now: SimTime, before: &Picture, found: &mut Findings) {
        let allowed = self.bounds.takeover + self.bounds.blur;
        if let Some(free) = self.free.filter(|free| !free.told && now > free.deadline.after(allowed))
            && let Some(node) = self.candidate(free.deadline, now, before)
        {
            let late = now.since(free.deadline).as_millis();
            let words = format!("{late} ms after the end of epoch {} nobody leads, though {node} is there", free.ended);
            found.wrong(Invariant::TakeoverInTime, Some(free.fact), words);
            self.free = Some(Free { told: true, ..free });
        }
        let Some(armed) = self.armed else { return };
        let deadline = armed.at.after(armed.ttl);
        let well = before.well_for(Node::Bus, now).is_some_and(|well| well > armed.ttl + allowed);
        if now > deadline.after(allowed) && well {
            let words = format!("epoch {} lives on {} ms past its TTL", armed.epoch, now.since(deadline).as_millis());
            found.wrong(Invariant::TakeoverInTime, Some(armed.fact), words);
            self.armed = Some(Armed { at: now, fact: no, ..armed });
        }
    }
}

/// The most GOs that a simulation has.
const GOS: usize = 9;
