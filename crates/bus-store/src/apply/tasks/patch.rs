//! `PATCH /tasks/{id}`: what a task says, and the steps that may be ordered.

use go_bus_api::{EventKind, Host, Sprint, Task, TaskId, TaskPatch, TaskState};

use super::super::Done;
use super::super::ctx::Ctx;
use super::super::sprints;
use super::{dependencies, patch_state, pinned};
use crate::Reject;
use crate::stored::Stored;

/// Changes a task. One event tells of it: that of its new state where it has one, else `task.updated`.
pub(in crate::apply) fn patch(ctx: &mut Ctx<'_>, id: &TaskId, patch: &TaskPatch) -> Result<Done, Reject> {
    let before: Task = ctx.need(id.as_str())?;
    if let Some(to) = patch.state.filter(|to| *to != before.state) {
        patch_state::may_order(ctx, &before, to)?;
    }
    ctx.match_revision(&before)?;
    check_body(ctx, patch)?;
    if patch.host.is_some() && patch.host != before.host {
        pinned::may_move(ctx, &before)?;
    }
    let mut task = before.clone();
    rewrite(&mut task, patch);
    if let Some(sprint) = patch.sprint.as_ref().filter(|sprint| before.sprint.as_ref() != Some(*sprint)) {
        sprints::join(ctx, id, sprint)?;
    }
    if let Some(on) = &patch.depends_on {
        task.depends_on = dependencies::check(ctx, id, on)?;
        dependencies::check_acyclic(ctx, id, &task.depends_on)?;
    }
    if let Some(to) = patch.state.filter(|to| *to != before.state) {
        patch_state::step(ctx, &mut task, to)?;
    }
    if task.depends_on != before.depends_on {
        ctx.tx.set_dependencies(id, &task.depends_on)?;
        settle(ctx, &mut task)?;
    }
    if task == before {
        return Ok(Done::unchanged(before.document()?));
    }
    let kind = event_of(&before, &task);
    let document = ctx.update(&mut task, &kind)?;
    if task.state != before.state {
        patch_state::follow_up(ctx, &before, &task)?;
    }
    if task.state != before.state || task.host != before.host {
        pinned::waits_no_more(ctx, &task)?;
    }
    Ok(Done::updated(document))
}

fn check_body(ctx: &mut Ctx<'_>, patch: &TaskPatch) -> Result<(), Reject> {
    if patch.title.as_ref().is_some_and(|title| title.is_blank()) {
        return Err(Reject::field("/title", "a task has a title"));
    }
    if patch.max_attempts == Some(0) {
        return Err(Reject::field("/max_attempts", "a task has at least one attempt"));
    }
    ctx.refer_some::<Host>(patch.host.as_ref().map(AsRef::as_ref), "/host")?;
    ctx.refer_some::<Sprint>(patch.sprint.as_ref().map(AsRef::as_ref), "/sprint")?;
    Ok(())
}

/// Takes over the fields that are there.
fn rewrite(task: &mut Task, patch: &TaskPatch) {
    fn set<T: Clone>(field: &mut T, new: Option<&T>) {
        if let Some(new) = new {
            field.clone_from(new);
        }
    }
    fn set_some<T: Clone>(field: &mut Option<T>, new: Option<&T>) {
        if new.is_some() {
            *field = new.cloned();
        }
    }
    set(&mut task.title, patch.title.as_ref());
    set(&mut task.description, patch.description.as_ref());
    set(&mut task.priority, patch.priority.as_ref());
    set(&mut task.labels, patch.labels.as_ref());
    set(&mut task.verify, patch.verify.as_ref());
    set(&mut task.max_attempts, patch.max_attempts.as_ref());
    set_some(&mut task.category, patch.category.as_ref());
    set_some(&mut task.model, patch.model.as_ref());
    set_some(&mut task.host, patch.host.as_ref());
    set_some(&mut task.run, patch.run.as_ref());
    set_some(&mut task.review, patch.review.as_ref());
    set_some(&mut task.estimate_minutes, patch.estimate_minutes.as_ref());
    set_some(&mut task.idle_ms, patch.idle_ms.as_ref());
    set_some(&mut task.deadline_ms, patch.deadline_ms.as_ref());
    set_some(&mut task.sprint, patch.sprint.as_ref());
}

/// With other dependencies a task may be stuck, or stuck no more.
fn settle(ctx: &mut Ctx<'_>, task: &mut Task) -> Result<(), Reject> {
    let behind = dependencies::stuck_behind(ctx, &task.depends_on)?;
    match behind {
        Some(behind) if task.state.is_assignable() => {
            task.state = task.state.become_state(TaskState::Blocked)?;
            task.error = Some(dependencies::reason(&behind));
        }
        None if dependencies::is_blocked_by_others(ctx.policy, task) => {
            task.state = task.state.become_state(TaskState::Pending)?;
            task.error = None;
        }
        _ => {}
    }
    Ok(())
}

fn event_of(before: &Task, after: &Task) -> EventKind {
    if before.state == after.state {
        return EventKind::TaskUpdated;
    }
    match after.state {
        TaskState::Cancelled => EventKind::TaskCancelled,
        TaskState::Held => EventKind::TaskHeld,
        TaskState::Waiting => EventKind::TaskWaiting,
        TaskState::Blocked => EventKind::TaskBlocked,
        TaskState::Pending => EventKind::TaskRequeued,
        _ => EventKind::TaskUpdated,
    }
}
