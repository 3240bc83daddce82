//! The steps that a PATCH may order, who may order them, and what follows.

use go_bus_api::{Task, TaskState};

use super::super::agents::terminate;
use super::super::authority::{forbidden, wrong_state};
use super::super::ctx::Ctx;
use super::super::interaction::questions;
use super::{authority, collisions, dependencies, landing, review_task};
use crate::Reject;

/// Whether the actor may order this step: GO and the operator any that is listed, the assignee a cancellation, a hold and a
/// pause, the builder a pause.
pub(super) fn may_order(ctx: &mut Ctx<'_>, task: &Task, to: TaskState) -> Result<(), Reject> {
    landing::may_order(task, to)?;
    match (task.state, to) {
        (TaskState::InProgress, TaskState::Waiting) | (TaskState::Waiting, TaskState::InProgress) => {
            authority::must_work_on(ctx, task)
        }
        (_, TaskState::Cancelled | TaskState::Held) if authority::is_assignee(ctx, task) => Ok(()),
        _ if ctx.who.governs() => Ok(()),
        _ => Err(forbidden(format!("only GO and the operator set a task to {}", to.as_str()))),
    }
}

/// Takes the step.
pub(super) fn step(ctx: &mut Ctx<'_>, task: &mut Task, to: TaskState) -> Result<(), Reject> {
    let from = task.state;
    let listed = match to {
        TaskState::Cancelled | TaskState::Held => from.is_open(),
        TaskState::Pending => matches!(from, TaskState::Failed | TaskState::Blocked | TaskState::Held),
        TaskState::Waiting => from == TaskState::InProgress,
        TaskState::InProgress => from == TaskState::Waiting,
        _ => false,
    };
    if !listed {
        return Err(wrong_state(format!("a task that is {} can't be set to {}", from.as_str(), to.as_str())));
    }
    task.state = from.become_state(to)?;
    if from == TaskState::InReview {
        task.landing_task = None;
    }
    match to {
        TaskState::Pending => retry(ctx, task),
        TaskState::Cancelled => {
            task.finished_at = Some(ctx.at);
            collisions::end(ctx, task, false)
        }
        _ => Ok(()),
    }
}

/// Begins anew: what was counted against it is forgotten. One that is stuck behind others stays blocked.
fn retry(ctx: &mut Ctx<'_>, task: &mut Task) -> Result<(), Reject> {
    (task.failures, task.losses, task.review_rounds, task.excused) = (0, 0, 0, 0);
    task.landing_failures = 0;
    (task.assignee, task.finished_at, task.error) = (None, None, None);
    (task.not_before, task.failed_at) = (None, None);
    if let Some(behind) = dependencies::stuck_behind(ctx, &task.depends_on)? {
        task.state = task.state.become_state(TaskState::Blocked)?;
        task.error = Some(dependencies::reason(&behind));
    }
    Ok(())
}

/// What a new state means for builders, reviews and dependents.
pub(super) fn follow_up(ctx: &mut Ctx<'_>, before: &Task, task: &Task) -> Result<(), Reject> {
    match task.state {
        TaskState::Cancelled | TaskState::Held => {
            let builders = authority::builders(ctx, task)?;
            terminate::stop_builders(ctx, builders)?;
            if before.state == TaskState::InReview {
                review_task::cancel(ctx, task)?;
                landing::call_off(ctx, before)?;
            }
        }
        _ => {}
    }
    match (before.state, task.state) {
        (_, TaskState::Cancelled) => {
            questions::withdraw(ctx, &task.id)?;
            dependencies::block_dependents(ctx, &task.id)
        }
        (TaskState::Failed, _) => dependencies::release_dependents(ctx, &task.id),
        _ => Ok(()),
    }
}
