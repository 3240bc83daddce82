//! Never more than the caps: by the Bus's record, and by the hosts' own traces.

use go_bus_api::{Agent, EventKind};

use super::{Check, Findings};
use crate::HostNo;
use crate::judge::{About, Bounds, Fact, FactNo, Invariant, Picture, SimTime, What};

/// The caps.
#[derive(Debug)]
pub(super) struct Capacity {
    slots: usize,
    most: usize,
}

impl Capacity {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self { slots: bounds.slots, most: bounds.agents_max }
    }
}

impl Check for Capacity {
    fn see(&mut self, _: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match &fact.what {
            What::RunBegan { host, task: Some(_), .. } => self.begun(*host, fact.at, before, found),
            What::Event(event) if event.kind == EventKind::AgentRequested => {
                if let About::Agent(agent) = &event.about
                    && agent.task.is_some()
                {
                    self.asked_for(agent, before, found);
                }
            }
            _ => {}
        }
    }
}

impl Capacity {
    fn begun(&self, host: HostNo, at: SimTime, before: &Picture, found: &mut Findings) {
        let working = || before.live_runs(at).map(|(_, run)| run).filter(|run| run.task.is_some());
        let here = working().filter(|run| run.host == host).count();
        self.judge("run", here, working().count(), &host.to_string(), found);
    }

    fn asked_for(&self, agent: &Agent, before: &Picture, found: &mut Findings) {
        let others = || before.at_work().filter(|other| other.id != agent.id);
        let here = others().filter(|other| other.host == agent.host).count();
        let host = agent.host.as_ref().map(ToString::to_string).unwrap_or_default();
        self.judge("are asked for", here, others().count(), &host, found);
    }

    /// `here` and `all` are those before this one.
    fn judge(&self, what: &str, here: usize, all: usize, host: &str, found: &mut Findings) {
        let (here, all) = (here.saturating_add(1), all.saturating_add(1));
        if here > self.slots {
            found.wrong(Invariant::Caps, None, format!("{here} {what} on {host}, which has {} slots", self.slots));
        }
        if all > self.most {
            found.wrong(Invariant::Caps, None, format!("{all} {what}, and the cap is {}", self.most));
        }
    }
}
