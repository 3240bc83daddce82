//! `POST /tasks/{id}/fail`: a judged failure, retried with backoff until there have been too many.

use go_bus_api::{
    Alert, AlertId, AlertLevel, AlertState, EventKind, Fail, Remedy, Revision, Task, TaskId, TaskKind, TaskState, Text,
    Timestamp,
};

use go_rules::accounts::MOST_EXCUSED;

use super::super::Done;
use super::super::accounts;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::super::interaction::alerts;
use super::{authority, delegation, dependencies, landing};
use crate::Reject;
use crate::stored::Stored;

/// Fails an attempt. `jitter` in 0..=1 000 000 spreads the backoff.
pub(in crate::apply) fn fail(ctx: &mut Ctx<'_>, id: &TaskId, body: &Fail, jitter: u32) -> Result<Done, Reject> {
    let mut task: Task = ctx.need(id.as_str())?;
    if is_repeat(&task, body) {
        return Ok(Done::unchanged(task.document()?));
    }
    let may_end = ctx.who.is_leader() && delegation::is_m0_s(ctx, &task)?;
    if !may_end {
        authority::must_be_assignee(ctx, &task)?;
    }
    authority::must_be_current(&task, body.attempt)?;
    if !matches!(task.state, TaskState::InProgress | TaskState::Waiting) {
        return Err(wrong_state(format!("task {id} is {}", task.state.as_str())));
    }
    task.error = Some(body.error.clone());
    task.assignee = None;
    match remedy(body) {
        Remedy::Retry => count(ctx, task, jitter, None),
        Remedy::ParkUntil { until } => {
            let builders = authority::builders_of_attempt(ctx, &task)?;
            let free_at = accounts::park(ctx, &builders, until, body.error.as_str())?;
            excuse(ctx, task, jitter, free_at)
        }
        Remedy::Rotate => excuse(ctx, task, jitter, None),
        Remedy::Escalate => hold(ctx, task),
        Remedy::Fatal => {
            task.failures = task.failures.saturating_add(1);
            give_up(ctx, task)
        }
    }
}

fn remedy(body: &Fail) -> Remedy {
    let usual = if body.retryable { Remedy::Retry } else { Remedy::Fatal };
    body.remedy.clone().unwrap_or(usual)
}

/// Counts it as a failure, after which there is another attempt or not.
fn count(ctx: &mut Ctx<'_>, mut task: Task, jitter: u32, free_at: Option<Timestamp>) -> Result<Done, Reject> {
    task.failures = task.failures.saturating_add(1);
    if task.failures < task.max_attempts { retry(ctx, task, jitter, free_at) } else { give_up(ctx, task) }
}

/// Pending again, at once or from `free_at` on, and nobody's failure; but not for ever.
fn excuse(ctx: &mut Ctx<'_>, mut task: Task, jitter: u32, free_at: Option<Timestamp>) -> Result<Done, Reject> {
    if task.excused >= MOST_EXCUSED {
        return count(ctx, task, jitter, free_at);
    }
    task.excused = task.excused.saturating_add(1);
    task.state = task.state.become_state(TaskState::Pending)?;
    (task.failed_at, task.not_before) = (Some(ctx.at), free_at);
    Ok(Done::updated(ctx.update(&mut task, &EventKind::TaskRequeued)?))
}

/// Only a person can mend it: set aside until one has, and told at once.
fn hold(ctx: &mut Ctx<'_>, mut task: Task) -> Result<Done, Reject> {
    task.state = task.state.become_state(TaskState::Held)?;
    let document = ctx.update(&mut task, &EventKind::TaskHeld)?;
    let title = format!("task {} is held: only a person can mend why it failed", task.id);
    let key = format!("escalated:{}", task.id);
    alert(ctx, &task, AlertLevel::L5, (title, key))?;
    Ok(Done::updated(document))
}

/// The answer to a failure may have been lost; its assignee is gone from the task by then.
fn is_repeat(task: &Task, body: &Fail) -> bool {
    let was_failed = match task.state {
        TaskState::Pending => task.failures > 0 || task.excused > 0,
        TaskState::Failed => task.failures > 0,
        TaskState::Held => remedy(body) == Remedy::Escalate,
        _ => false,
    };
    was_failed && task.attempt == body.attempt && task.error.as_ref() == Some(&body.error)
}

/// Pending again after its backoff, and not before `free_at`.
fn retry(ctx: &mut Ctx<'_>, mut task: Task, jitter: u32, free_at: Option<Timestamp>) -> Result<Done, Reject> {
    let pause = ctx.policy.task_backoff.pause(task.failures, f64::from(jitter) / 1_000_000.0);
    task.state = task.state.become_state(TaskState::Pending)?;
    (task.failed_at, task.not_before) = (Some(ctx.at), Some(ctx.at.after(pause)).max(free_at));
    Ok(Done::updated(ctx.update(&mut task, &EventKind::TaskRequeued)?))
}

fn give_up(ctx: &mut Ctx<'_>, mut task: Task) -> Result<Done, Reject> {
    task.state = task.state.become_state(TaskState::Failed)?;
    task.finished_at = Some(ctx.at);
    let document = ctx.update(&mut task, &EventKind::TaskFailed)?;
    dependencies::block_dependents(ctx, &task.id)?;
    landing::fail(ctx, &task)?;
    if let Some((level, what)) = grave(&task) {
        alert(ctx, &task, level, what)?;
    }
    Ok(Done::updated(document))
}

/// Whom the end of such a task concerns, and its title and key: a delivery that nobody can review waits for a human; a push that can't be
/// made is for C0 to see to.
fn grave(task: &Task) -> Option<(AlertLevel, (String, String))> {
    let id = &task.id;
    match (&task.review_of, task.kind) {
        (Some(reviewed), _) => {
            let title = format!("task {reviewed} can't be reviewed: {id} failed");
            Some((AlertLevel::L4, (title, format!("unreviewed:{reviewed}"))))
        }
        // Its ticket says what became of it.
        (None, TaskKind::Push) if task.lands.is_some() => None,
        (None, TaskKind::Push) => {
            let title = format!("project {} is not pushed: {id} failed", task.project);
            Some((AlertLevel::L3, (title, format!("unpushed:{id}"))))
        }
        _ => None,
    }
}

fn alert(ctx: &mut Ctx<'_>, task: &Task, level: AlertLevel, (title, key): (String, String)) -> Result<(), Reject> {
    let alert = Alert {
        id: AlertId::generate(),
        level,
        title: Text::clipped(&title),
        detail: task.error.clone().unwrap_or_default(),
        project: Some(task.project.clone()),
        state: AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: Some(Text::clipped(&key)),
        revision: Revision(1),
    };
    alerts::raise_once(ctx, &alert)?;
    Ok(())
}
