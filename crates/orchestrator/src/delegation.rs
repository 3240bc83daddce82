//! What GO does about M0 (R9): it gives it a ticket, ends an attempt that takes too long, and tells C0 of a silence that something waits for.

use go_bus_api::{AgentId, Fail, Task, Text, Timestamp};
use go_bus_client::World;
use go_sprint::{m0_is_missed, overdue};

use crate::action::Action;

/// The actions that are due at `now`, but for the assignment.
pub(crate) fn actions(world: &World, now: Timestamp) -> Vec<Action> {
    let late = overdue(world, now).into_iter().map(|task| end(world, task));
    let alert = m0_is_missed(world, now).filter(|alert| {
        let was_told = alert.dedupe_key.as_ref().and_then(|key| world.alert_with_key(key.as_str()));
        was_told.is_none()
    });
    late.chain(alert.map(Box::new).map(Action::Raise)).collect()
}

fn end(world: &World, task: &Task) -> Action {
    let silent = world.agent_state(&AgentId::m0()).is_some_and(|state| !state.is_live());
    let how = if silent { "fell silent at work, and was not back in time" } else { "was not done in time" };
    let body =
        Fail { attempt: task.attempt, error: Text::clipped(&format!("M0 {how}")), retryable: true, remedy: None };
    Action::Fail { task: task.id.clone(), body: Box::new(body) }
}

#[cfg(test)]
mod tests;
