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
    renewed: BTreeMap<HostNo, SimTime>,
}

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
                    self.renewed.insert(host, sent);
                }
            }
            (What::RunEnded { agent, end: RunEnd::Stopped }, _) => self.stopped(agent, fact.at, before, found),
            (What::Event(event), _) => {
                if let About::Agent(agent) = &event.about
                    && agent.state.is_ended()
                    && let Some(run) = before.runs.get(&agent.id)
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
    fn stopped(&self, agent: &AgentId, at: SimTime, before: &Picture, found: &mut Findings) {
        let Some(run) = before.runs.get(agent) else { return };
        let held = self.renewed.get(&run.host).is_some_and(|renewed| at.since(*renewed) < self.trusted);
        let state = before.agent(agent).map(|agent| agent.state);
        let wanted =
            matches!(state, Some(AgentState::Requested | AgentState::Starting | AgentState::Ready | AgentState::Busy));
        if held && wanted {
            let words = format!("{agent} is stopped though nobody ordered it and {} holds its lease", run.host);
            found.wrong(Invariant::AdoptedUnharmed, Some(run.began), words);
        }
    }
}
