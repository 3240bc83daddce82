//! Whether a ticket that was begun as part of a sprint can still move.

use go_bus_api::{Task, TaskId, TaskState, Timestamp};
use go_bus_client::World;

use crate::prerequisites::missing;
use crate::reason::{Outlook, Reason};

/// Whether `id` will move by itself, or with a task under way that it waits for. What is done, cancelled, failed, blocked or held does not,
/// nor does what somebody has to let go on.
pub(crate) fn moves(world: &World, id: &TaskId, now: Timestamp) -> bool {
    let Some(task) = world.task(id) else { return false };
    let waits_for = |reason: &Reason| match reason {
        Reason::Dependency { task, .. } => world.task(task).is_some_and(|before| moves_alone(world, before, now)),
        reason => reason.outlook() == Outlook::Passes,
    };
    match task.state {
        TaskState::Pending | TaskState::ChangesRequested => missing(world, task, now).iter().all(waits_for),
        _ => moves_alone(world, task, now),
    }
}

/// Whether `task` will move by itself.
pub(crate) fn moves_alone(world: &World, task: &Task, now: Timestamp) -> bool {
    match task.state {
        TaskState::InProgress | TaskState::Waiting => true,
        // It moves with its landing or its review, either of which may still be on its way.
        TaskState::InReview if task.landing_task.is_some() => {
            world.landing_of(task).is_none_or(|landing| moves_alone(world, landing, now))
        }
        TaskState::InReview => {
            !world.has_review(&task.id) || world.reviews_of(&task.id).any(|review| moves_alone(world, review, now))
        }
        TaskState::Pending | TaskState::ChangesRequested => {
            missing(world, task, now).iter().all(|reason| reason.outlook() == Outlook::Passes)
        }
        TaskState::Done | TaskState::Failed | TaskState::Blocked | TaskState::Held | TaskState::Cancelled => false,
    }
}
