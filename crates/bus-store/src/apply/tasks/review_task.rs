//! The review task of a delivered task: made with the delivery, closed with the verdict.

use go_bus_api::{AgentId, EventKind, NewTask, Role, Task, TaskId, TaskKind, TaskState, Text};

use super::super::agents::terminate;
use super::super::ctx::Ctx;
use super::super::interaction::questions;
use super::{authority, complete, create, delegation};
use crate::Reject;
use crate::tx::{Column, Filter};

/// Makes the review task of a delivered task: the same project, priority and place; the review command is what it runs.
pub(super) fn create(ctx: &mut Ctx<'_>, of: &Task) -> Result<(), Reject> {
    let title = Text::clipped(&format!("Review {}: {}", of.id, of.title));
    // No host offers what was delegated for just that; a reviewer judges the result.
    let capabilities = if delegation::is_m0_s(ctx, of)? { Vec::new() } else { of.capabilities.clone() };
    let body = NewTask {
        description: of.description.clone(),
        kind: TaskKind::Review,
        priority: of.priority,
        labels: of.labels.clone(),
        role: Some(Role::Reviewer),
        host: of.host.clone(),
        capabilities,
        run: of.review.as_ref().map(|command| Text::clipped(command.as_str())),
        verify: of.verify.clone(),
        review: of.review.clone(),
        sprint: of.sprint.clone(),
        idle_ms: of.idle_ms,
        deadline_ms: of.deadline_ms,
        ..NewTask::ticket(of.project.clone(), title)
    };
    let mut task = create::new_task(&body, TaskId::generate(), ctx.at);
    task.review_of = Some(of.id.clone());
    task.built_on = authority::last_host(ctx, of)?;
    create::add(ctx, &task)?;
    Ok(())
}

/// The review tasks of a task, oldest first.
pub(super) fn of(ctx: &mut Ctx<'_>, task: &Task) -> Result<Vec<Task>, Reject> {
    ctx.find(&Filter::by(Column::ReviewOf, task.id.as_str()))
}

/// Closes the open review task with the verdict's words. `reviewer` is who gave it; `None` for the operator.
pub(super) fn close(
    ctx: &mut Ctx<'_>,
    of_task: &Task,
    words: &Text<16384>,
    reviewer: Option<AgentId>,
) -> Result<(), Reject> {
    for mut review in of(ctx, of_task)?.into_iter().filter(|review| review.state.is_open()) {
        review.state = TaskState::Done;
        review.result = Some(words.clone());
        review.builders = reviewer.iter().cloned().collect();
        complete::finish(ctx, &mut review)?;
    }
    Ok(())
}

/// Cancels the open review task of a task that will not be reviewed, and stops its reviewer.
pub(super) fn cancel(ctx: &mut Ctx<'_>, of_task: &Task) -> Result<(), Reject> {
    for mut review in of(ctx, of_task)?.into_iter().filter(|review| review.state.is_open()) {
        review.state = review.state.become_state(TaskState::Cancelled)?;
        review.finished_at = Some(ctx.at);
        ctx.update(&mut review, &EventKind::TaskCancelled)?;
        questions::withdraw(ctx, &review.id)?;
        let reviewers = authority::builders(ctx, &review)?;
        terminate::stop_builders(ctx, reviewers)?;
    }
    Ok(())
}
