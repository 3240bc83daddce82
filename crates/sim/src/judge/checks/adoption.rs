//! What runs well is left to run, whoever its launcher or leader is by now.

use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{AgentId, AgentState};

use super::{Check, Findings};
use crate::judge::{About, Answer, Bounds, Call, Fact, FactNo, Invariant, Picture, RunEnd, SimTime, What};
use crate::{Exchange, HostNo, Node};

/// When each host's lease was last renewed.
#[derive(Debug)]
pub(super) struct Adoption {
    /// No launcher gives its host up sooner after a renewal.
    trusted: Duration,
    under_way: BTreeMap<Exchange, (HostNo, SimTime)>,
    renewed: BTreeMap<HostNo, Held>,
}

/// What is known of a host's lease.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// When the last renewal was sent.
    renewed: SimTime,
    /// Since when no renewal came too late.
    since: SimTime,
}

/// No stop takes longer.
const STOP: Duration = Duration::from_secs(1);

impl Adoption {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self { trusted: bounds.host_ttl / 2, under_way: BTreeMap::new(), renewed: BTreeMap::new() }
    }
}

impl Check for Adoption {
    fn see(&mut self, _: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match (&fact.what, fact.node) {
            (What::Asked { id, call: Call::HostBeat(_), .. }, Some(Node::Launcher(host))) => {
                self.under_way.insert(*id, (host, fact.at));
            }
            (What::Answered { id, answer }, _) => {
                if let Some((host, sent)) = self.under_way.remove(id)
                    && matches!(answer, Answer::Status(200..=299))
                {
                    self.renewed(host, sent, fact.at);
                }
            }
            (What::RunEnded { agent, end: RunEnd::Stopped }, _) => self.stopped(agent, fact.at, before, found),
            (What::Event(event), _) => {
                if let About::Agent(agent) = &event.about
                    && agent.state.is_ended()
                    && let Some((_, run)) = before.live_runs(fact.at).find(|(id, _)| **id == agent.id)
                {
                    let words = format!("the Bus has {} as ended while it runs", agent.id);
                    found.wrong(Invariant::AdoptedUnharmed, Some(run.began), words);
                }
            }
            _ => {}
        }
    }
}

impl Adoption {
    fn renewed(&mut self, host: HostNo, sent: SimTime, now: SimTime) {
        let before = self.renewed.get(&host).filter(|held| now.since(held.renewed) < self.trusted);
        let since = before.map_or(now, |held| held.since);
        self.renewed.insert(host, Held { renewed: sent, since });
    }

    fn stopped(&self, agent: &AgentId, at: SimTime, before: &Picture, found: &mut Findings) {
        let Some(run) = before.runs.get(agent) else { return };
        // The lease may have been over for a moment as the stop began, or as it was ordered of what then stood still.
        let ordered = before.decided_on(run.host, at);
        let is_held = |held: &Held| at.since(held.renewed) < self.trusted && ordered.since(held.since) > STOP;
        let held = self.renewed.get(&run.host).is_some_and(is_held);
        let state = before.agent(agent).map(|agent| agent.state);
        let wanted =
            matches!(state, Some(AgentState::Requested | AgentState::Starting | AgentState::Ready | AgentState::Busy));
        if held && wanted {
            let words = format!("{agent} is stopped though nobody ordered it and {} holds its lease", run.host);
            found.wrong(Invariant::AdoptedUnharmed, Some(run.began), words);
        }
    }
}
