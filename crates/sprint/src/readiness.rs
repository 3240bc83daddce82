//! Whether a task can start, and if not, why.

use go_bus_api::{Task, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::placement;

use crate::answerer::{Answerer, answerer};
use crate::capacity::Capacity;
use crate::collisions::held_back_by;
use crate::delegation::m0_for;
use crate::enrolment::awaits_sprint;
use crate::limits::Limits;
use crate::policy::is_urgent;
use crate::prerequisites::missing;
use crate::reason::Reason;

/// Where a task stands before it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can be assigned now.
    Ready,
    /// It is assigned, in review, or waits for an answer.
    UnderWay,
    /// It waits for all of these.
    Waiting(Vec<Reason>),
    /// It is done, failed or cancelled.
    Over,
}

/// Where `task` stands. With nothing else in the way the reason is a slot or a cap, as they are now.
pub fn readiness(world: &World, task: &Task, limits: &Limits, now: Timestamp) -> Readiness {
    match task.state {
        TaskState::Done | TaskState::Failed | TaskState::Cancelled => Readiness::Over,
        TaskState::InProgress | TaskState::InReview | TaskState::Waiting => Readiness::UnderWay,
        TaskState::Pending | TaskState::ChangesRequested | TaskState::Blocked | TaskState::Held => {
            let mut reasons = missing(world, task, now);
            let waits_for_sprint = reasons.is_empty() && awaits_sprint(world, task, now);
            if reasons.is_empty()
                && placement::takes_slot(task)
                && m0_for(world, task).is_none()
                && let Answerer::Agent(agent) = answerer(world, task)
            {
                reasons.extend(Capacity::of(world, limits).why_not(task, placement::place_of(agent)));
            }
            if reasons.is_empty() {
                let urgent = world.project(&task.project).is_some_and(|project| is_urgent(project, task));
                let first = held_back_by(world, &Capacity::of(world, limits), task, urgent, now);
                reasons.extend(first.cloned().map(Reason::CollidesWith));
            }
            if waits_for_sprint {
                reasons.insert(0, Reason::NextSprint);
            }
            if reasons.is_empty() { Readiness::Ready } else { Readiness::Waiting(reasons) }
        }
    }
}

#[cfg(test)]
mod tests;
