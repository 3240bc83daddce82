//! How long each GO may believe in its lease, worked out from what it sent and what it was answered.
//!
//! The rules, from the design: the send time of the last successful renewal + TTL − margin; and once it has sent a request to open a
//! session, half a grace from sending that, until a tick comes; then half a grace from the earliest instant at which the last tick can
//! have been sent, which is the sending of the request that opened its stream + the time that the tick says it had been open.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::Epoch;
use go_clock::Boottime;

use super::{Check, Findings};
use crate::judge::{Answer, Bounds, Call, Decision, Deed, Fact, FactNo, GrantFact, Invariant, Picture, SimTime, What};
use crate::{Exchange, Node};

/// What each GO may believe.
#[derive(Debug)]
pub(super) struct Beliefs {
    blur: Duration,
    held: BTreeMap<Node, Belief>,
    /// Requests about the lease that are under way: by whom, and when they were sent by its clock.
    sent: BTreeMap<Exchange, (Node, Boottime)>,
    granted: Epoch,
}

#[derive(Debug)]
struct Belief {
    epoch: Epoch,
    /// By the renewals.
    renewed_until: Boottime,
    /// By the session, once one was asked for.
    session_until: Option<Boottime>,
    /// Whether a tick has come; before, the first request counts.
    ticked: bool,
    grace: Duration,
    fact: FactNo,
    /// What the node's clock showed at some true time.
    read: (SimTime, Boottime),
}

impl Beliefs {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self { blur: bounds.blur, held: BTreeMap::new(), sent: BTreeMap::new(), granted: Epoch(0) }
    }
}

impl Belief {
    /// The first instant of the node's clock at which nothing may be begun any more.
    fn until(&self) -> Boottime {
        self.session_until.map_or(self.renewed_until, |session| session.min(self.renewed_until))
    }

    /// What the node's clock shows at `now`, near enough.
    fn boottime(&self, now: SimTime) -> Boottime {
        self.read.1 + now.since(self.read.0)
    }
}

impl Check for Beliefs {
    fn see(&mut self, no: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        match (&fact.what, fact.node) {
            (What::Started | What::Crashed, Some(node)) => {
                self.held.remove(&node);
                self.sent.retain(|_, (who, _)| *who != node);
            }
            (What::Asked { id, call, epoch, boottime }, Some(node @ Node::Go(_))) => {
                if let Some(belief) = self.held.get_mut(&node) {
                    belief.read = (fact.at, *boottime);
                }
                self.asked(*id, node, call, *boottime);
                if let (Call::Write(target), Some(epoch)) = (call, epoch) {
                    self.acted(node, *epoch, *boottime, target, found);
                }
            }
            (What::Answered { id, answer: Answer::Granted(grant) }, Some(_)) => self.granted(no, fact.at, *id, *grant),
            (What::Tick { id, open_for, grace }, Some(_)) => self.ticked(*id, *open_for, *grace),
            (What::Committed(commit), _) => {
                if let (Deed::Bid(_), Decision::Done(Some(lease))) = (&commit.deed, &commit.outcome)
                    && lease.epoch > self.granted
                {
                    self.granted = lease.epoch;
                    self.taken_over(fact.at, lease.epoch, found);
                }
            }
            _ => {}
        }
    }
}

impl Beliefs {
    fn asked(&mut self, id: Exchange, node: Node, call: &Call, now: Boottime) {
        match call {
            Call::Bid { .. } => {
                self.sent.insert(id, (node, now));
            }
            Call::Session { epoch } => {
                self.sent.insert(id, (node, now));
                if let Some(belief) = self.held.get_mut(&node).filter(|belief| belief.epoch == *epoch) {
                    let first = now + belief.grace / 2;
                    belief.session_until.get_or_insert(first);
                }
            }
            // Whoever gives the lease back believes in it no more.
            Call::Release { epoch } if self.held.get(&node).is_some_and(|belief| belief.epoch == *epoch) => {
                self.held.remove(&node);
            }
            _ => {}
        }
    }

    fn granted(&mut self, no: FactNo, at: SimTime, id: Exchange, grant: GrantFact) {
        let Some((node, sent)) = self.sent.remove(&id) else { return };
        let ttl = grant.ttl.min(grant.remaining);
        let until = sent + ttl.saturating_sub(Bounds::margin(ttl));
        let fresh = Belief {
            epoch: grant.epoch,
            renewed_until: until,
            session_until: None,
            ticked: false,
            grace: grant.grace.unwrap_or_default(),
            fact: no,
            read: (at, sent),
        };
        let belief = self.held.entry(node).or_insert(fresh);
        if belief.epoch == grant.epoch {
            belief.renewed_until = belief.renewed_until.max(until);
            belief.fact = no;
        } else if belief.epoch < grant.epoch {
            let read = belief.read;
            *belief = Belief {
                epoch: grant.epoch,
                renewed_until: until,
                session_until: None,
                ticked: false,
                grace: grant.grace.unwrap_or_default(),
                fact: no,
                read,
            };
        }
    }

    fn ticked(&mut self, id: Exchange, open_for: Duration, grace: Duration) {
        let Some((node, sent)) = self.sent.get(&id) else { return };
        let Some(belief) = self.held.get_mut(node) else { return };
        let until = *sent + open_for + grace / 2;
        let before = belief.session_until.filter(|_| belief.ticked);
        belief.session_until = Some(before.map_or(until, |before| before.max(until)));
        belief.ticked = true;
    }

    fn acted(&self, node: Node, epoch: Epoch, now: Boottime, target: &str, found: &mut Findings) {
        match self.held.get(&node).filter(|belief| belief.epoch == epoch) {
            None => {
                let words = format!("{node} begins {target} under epoch {epoch}, which it does not hold");
                found.wrong(Invariant::LocalDeadline, self.held.get(&node).map(|belief| belief.fact), words);
            }
            Some(belief) if now >= belief.until() => {
                let late = now.since(belief.until()).as_millis();
                let words = format!("{node} begins {target} {late} ms after its trust in epoch {epoch} has ended");
                found.wrong(Invariant::LocalDeadline, Some(belief.fact), words);
            }
            Some(_) => {}
        }
    }

    /// Another epoch begins at the Bus: whoever had one before may not believe in it any more.
    fn taken_over(&self, at: SimTime, epoch: Epoch, found: &mut Findings) {
        for (node, belief) in &self.held {
            let left = belief.until().since(belief.boottime(at));
            if belief.epoch < epoch && left > self.blur {
                let words = format!(
                    "epoch {epoch} is granted while {node} may believe in epoch {} for {} ms more",
                    belief.epoch,
                    left.as_millis()
                );
                found.wrong(Invariant::OneBelieves, Some(belief.fact), words);
            }
        }
    }
}
