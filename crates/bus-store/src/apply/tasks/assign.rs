//! `POST /tasks/{id}/assign`: the start signal (R7).

use go_bus_api::{Agent, Assign, Attempt, EventKind, ProblemKind, Project, Role, Task, TaskId, TaskState};
use go_rules::backoff::paused_until;

use super::super::Done;
use super::super::agents;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::{authority, delegation, dependencies, pinned};
use crate::{Document, Reject};

/// Assigns a task: its attempt grows, and its assignee answers for it from now on.
pub(in crate::apply) fn assign(ctx: &mut Ctx<'_>, id: &TaskId, body: &Assign) -> Result<Done, Reject> {
    let mut task: Task = ctx.need(id.as_str())?;
    let assignee: Agent = ctx.refer(body.agent.as_str(), "/agent")?;
    check_assignee(ctx, &assignee)?;
    check_task(ctx, &task)?;

    Ok(Done::updated(begin(ctx, &mut task, &assignee)?))
}

/// Goes on with a task that waited: its assignee begins the next attempt at once, where it or its successor can. Else the task is pending,
/// with nothing counted against it.
pub(in crate::apply) fn go_on(ctx: &mut Ctx<'_>, mut task: Task) -> Result<(), Reject> {
    if let Some(assignee) = who_goes_on(ctx, &task)? {
        begin(ctx, &mut task, &assignee)?;
        return Ok(());
    }
    task.state = task.state.become_state(TaskState::Pending)?;
    task.assignee = None;
    ctx.update(&mut task, &EventKind::TaskRequeued)?;
    Ok(())
}

/// The assignee, where its project runs and it is there. A PO's or HO's tasks wait for its successor, so it need not be.
fn who_goes_on(ctx: &mut Ctx<'_>, task: &Task) -> Result<Option<Agent>, Reject> {
    let Some(id) = &task.assignee else { return Ok(None) };
    let project = ctx.load::<Project>(task.project.as_str())?;
    if project.is_some_and(|project| agents::check_active(&project).is_err()) {
        return Ok(None);
    }
    let assignee = ctx.load::<Agent>(id.as_str())?;
    Ok(assignee.filter(|agent| agent.state.is_live() || matches!(agent.role, Role::Po | Role::Ho)))
}

/// Begins the next attempt under `assignee`, who is told where it has no other way to hear of it.
fn begin(ctx: &mut Ctx<'_>, task: &mut Task, assignee: &Agent) -> Result<Document, Reject> {
    task.state = task.state.become_state(TaskState::InProgress)?;
    task.assignee = Some(assignee.id.clone());
    if task.attempt > Attempt(0) {
        task.built_on = authority::last_host(ctx, task)?.or(task.built_on.take());
    }
    task.attempt = task.attempt.next();
    task.assigned_at = Some(ctx.at);
    (task.not_before, task.failed_at) = (None, None);
    (task.progress, task.finished_at, task.delivered_at) = (None, None, None);
    (task.landing, task.landing_task) = (None, None);
    let document = ctx.update(task, &EventKind::TaskAssigned)?;
    pinned::waits_no_more(ctx, task)?;
    if assignee.role == Role::M0 {
        delegation::tell(ctx, task, assignee)?;
    }
    Ok(document)
}

/// GO assigns only to a PO, an HO or M0 (R1, R11); the others to any live agent.
fn check_assignee(ctx: &Ctx<'_>, assignee: &Agent) -> Result<(), Reject> {
    if ctx.who.is_leader() && !matches!(assignee.role, Role::Po | Role::Ho | Role::M0) {
        let detail = format!("GO assigns to a PO, an HO or M0, not to a {}", assignee.role.as_str());
        return Err(Reject::rule(ProblemKind::TierViolation, detail));
    }
    if !assignee.state.is_live() {
        return Err(wrong_state(format!("agent {} is {}", assignee.id, assignee.state.as_str())));
    }
    Ok(())
}

/// The task can start: it is waiting for that, its project runs, its time has come, what it depends on is done.
fn check_task(ctx: &mut Ctx<'_>, task: &Task) -> Result<(), Reject> {
    let may_start_once = task.state.is_assignable() || task.state == TaskState::Blocked;
    if !may_start_once {
        return Err(wrong_state(format!("task {} is {}", task.id, task.state.as_str())));
    }
    if let Some(project) = ctx.load::<Project>(task.project.as_str())? {
        agents::check_active(&project)?;
    }
    if let Some((on, state)) = dependencies::first_not_done(ctx, task)? {
        return Err(not_ready(format!("task {} depends on {on}, which is {}", task.id, state.as_str())));
    }
    match paused_until(task, ctx.at) {
        Some(until) => Err(not_ready(format!("task {} pauses until {until}", task.id))),
        _ if task.state == TaskState::Blocked => Err(wrong_state(format!("task {} is blocked", task.id))),
        _ => Ok(()),
    }
}

fn not_ready(detail: String) -> Reject {
    Reject::rule(ProblemKind::NotReady, detail)
}
