//! What GO does about full contexts (R26): it asks, spawns the successor, and takes note of the handoff that has served.

use go_bus_api::{Agent, AlertLevel, NewAlert, Text, Timestamp};
use go_bus_client::World;
use go_spawn::{Handbook, LEAST_LIFE, Orchestrator, RotationStep, rotation_notice, rotations};

use crate::action::Action;
use crate::seats::Seats;

/// The actions that are due at `now`.
pub(crate) fn actions(handbook: &Handbook, seats: &Seats<'_>, world: &World, now: Timestamp) -> Vec<Action> {
    let steps = rotations(world, &handbook.rotation, now).into_iter();
    steps.filter_map(|step| action(seats, world, step)).collect()
}

fn action(seats: &Seats<'_>, world: &World, step: RotationStep<'_>) -> Option<Action> {
    match step {
        RotationStep::Ask(agent) => Some(Action::Send(Box::new(rotation_notice(agent)))),
        RotationStep::Succeed(agent) => seats.succeed(agent),
        RotationStep::TooSoon(agent) => {
            let alert = too_soon(agent);
            let was_told = alert.dedupe_key.as_ref().is_some_and(|key| world.alert_with_key(key.as_str()).is_some());
            (!was_told).then(|| Action::Raise(Box::new(alert)))
        }
        RotationStep::Served(message) => Some(Action::Acknowledge(message.id.clone())),
    }
}

/// Once for each successor: its context tells of it, not of the time.
fn too_soon(agent: &Agent) -> NewAlert {
    let who = Orchestrator::of(agent).map_or_else(|| agent.id.to_string(), |who| format!("the {who}"));
    let minutes = LEAST_LIFE.as_secs() / 60;
    NewAlert {
        level: AlertLevel::L3,
        title: Text::clipped(&format!("{who} ({}) has a full context though it was just rotated", agent.id)),
        detail: Text::clipped(&format!(
            "Its next rotation waits until it is {minutes} minutes old. Look at what it reads at its start, its handoff first."
        )),
        project: agent.project.clone(),
        dedupe_key: Some(Text::clipped(&format!("rotation:{}", agent.id))),
    }
}

#[cfg(test)]
mod tests;
