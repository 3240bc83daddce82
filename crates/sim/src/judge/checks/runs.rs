//! No task runs on two live agents, no agent runs twice: by the hosts' own traces.

use std::collections::BTreeMap;

use go_bus_api::{Agent, AgentId, EventKind, Role};

use super::{Check, Findings};
use crate::judge::{About, EventFact, Fact, FactNo, Invariant, Picture, Run, What};

/// Which agents ever ran.
#[derive(Debug, Default)]
pub(super) struct Runs {
    began: BTreeMap<AgentId, FactNo>,
}

impl Check for Runs {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match &fact.what {
            What::RunBegan { agent, role, task, .. } => {
                if let Some(first) = self.began.insert(agent.clone(), no) {
                    found.wrong(Invariant::RunsOnce, Some(first), format!("{agent} is started a second time"));
                }
                let Some(task) = task else { return };
                let same = |run: &Run| run.task.as_ref() == Some(task) && reviews(run.role) == reviews(*role);
                if let Some((other, run)) = before.live_runs(fact.at).find(|(id, run)| *id != agent && same(run)) {
                    let words = format!("{agent} begins on {task} while {other} runs on it");
                    found.wrong(Invariant::RunsOnce, Some(run.began), words);
                }
            }
            What::Event(event) if event.kind == EventKind::AgentRequested => asked_for(event, before, found),
            _ => {}
        }
    }
}

/// A second builder of one attempt is one too many before it runs.
fn asked_for(event: &EventFact, before: &Picture, found: &mut Findings) {
    let About::Agent(agent) = &event.about else { return };
    let Some(task) = &agent.task else { return };
    let same = |other: &&Agent| {
        other.task.as_ref() == Some(task) && other.id != agent.id && reviews(other.role) == reviews(agent.role)
    };
    if let Some(other) = before.at_work().find(same) {
        let words = format!("{} is asked for on {task}, which {} has", agent.id, other.id);
        found.wrong(Invariant::RunsOnce, None, words);
    }
}

/// Whether it judges a task rather than builds it: the builder of the next attempt may begin while the reviewer of the last one ends.
fn reviews(role: Role) -> bool {
    role == Role::Reviewer
}
