//! One HO per host, one PO per project, one IO per human, at every instant.

use std::collections::BTreeMap;

use go_bus_api::{Agent, AgentId, AgentState, Role};

use super::{Check, Findings};
use crate::judge::{About, Fact, FactNo, Invariant, Picture, What};

/// Who sits where, since which fact.
#[derive(Debug, Default)]
pub(super) struct Seats {
    taken: BTreeMap<Seat, (AgentId, FactNo)>,
}

/// A place for one.
type Seat = (Role, String);

/// The seat of an agent that is alive to the Bus.
fn seat(agent: &Agent) -> Option<Seat> {
    let of = match agent.role {
        Role::Ho => agent.host.as_ref().map(ToString::to_string),
        Role::Po => agent.project.as_ref().map(ToString::to_string),
        Role::Io => agent.user.as_ref().map(ToString::to_string),
        _ => None,
    };
    of.map(|of| (agent.role, of))
}

fn sits(state: AgentState) -> bool {
    matches!(state, AgentState::Requested | AgentState::Starting | AgentState::Ready | AgentState::Busy)
}

impl Check for Seats {
    fn see(&mut self, no: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        let What::Event(event) = &fact.what else { return };
        let About::Agent(agent) = &event.about else { return };
        let Some(seat) = seat(agent) else { return };
        match self.taken.get(&seat) {
            Some((other, _)) if *other == agent.id && sits(agent.state) => {}
            Some((other, _)) if *other == agent.id => {
                self.taken.remove(&seat);
            }
            Some((other, since)) if sits(agent.state) => {
                let words =
                    format!("{} takes the seat of {} {}, where {other} sits", agent.id, seat.0.as_str(), seat.1);
                found.wrong(Invariant::OneSeat, Some(*since), words);
            }
            None if sits(agent.state) => {
                self.taken.insert(seat, (agent.id.clone(), no));
            }
            _ => {}
        }
    }
}
