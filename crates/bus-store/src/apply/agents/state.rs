//! The steps of an agent's life as others may order them, and the events that tell of them.

use go_bus_api::{Agent, AgentState, EventKind};

use super::super::authority::wrong_state;
use crate::Reject;

/// The event that tells of a new state.
pub(in crate::apply) fn event_of(state: AgentState) -> EventKind {
    match state {
        AgentState::Requested => EventKind::AgentRequested,
        AgentState::Starting => EventKind::AgentStarting,
        AgentState::Ready => EventKind::AgentReady,
        AgentState::Busy => EventKind::AgentBusy,
        AgentState::Draining => EventKind::AgentDraining,
        AgentState::Terminated => EventKind::AgentTerminated,
        AgentState::Lost => EventKind::AgentLost,
    }
}

/// Checks a step that a launcher or the agent itself reports: only among the states of a running process.
pub(in crate::apply) fn check_report(agent: &Agent, to: AgentState) -> Result<(), Reject> {
    if agent.state == to || (to.is_running() && agent.state.may_become(to)) {
        return Ok(());
    }
    Err(wrong_state(format!("agent {} is {} and can't become {}", agent.id, agent.state.as_str(), to.as_str())))
}
