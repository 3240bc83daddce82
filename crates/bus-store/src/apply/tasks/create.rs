//! `POST /tasks`.

use go_bus_api::{
    Attempt, EventKind, Host, NewTask, ResourceKind, Revision, Sprint, Task, TaskId, TaskKind, TaskState,
};

use super::super::Done;
use super::super::ctx::Ctx;
use super::dependencies;
use crate::Reject;

/// Makes a task. One that is stuck behind a failure from the start is `blocked` at once.
pub(in crate::apply) fn create(ctx: &mut Ctx<'_>, body: &NewTask) -> Result<Done, Reject> {
    check_body(ctx, body)?;
    ctx.must_exist(ResourceKind::Project, body.project.as_str(), "/project")?;
    ctx.refer_some::<Host>(body.host.as_ref().map(AsRef::as_ref), "/host")?;
    ctx.refer_some::<Sprint>(body.sprint.as_ref().map(AsRef::as_ref), "/sprint")?;
    let id = body.id.clone().unwrap_or_else(TaskId::generate);
    let depends_on = dependencies::check(ctx, &id, &body.depends_on)?;
    ctx.must_be_new(ResourceKind::Task, id.as_str())?;

    let mut task = new_task(body, id, ctx.at);
    task.depends_on = depends_on;
    if matches!(task.state, TaskState::Done | TaskState::Cancelled) {
        task.finished_at = Some(ctx.at);
    } else if task.state == TaskState::Pending
        && let Some(behind) = dependencies::stuck_behind(ctx, &task.depends_on)?
    {
        task.state = TaskState::Blocked;
        task.error = Some(dependencies::reason(&behind));
    }
    add(ctx, &task)
}

/// Writes a new task and what it depends on.
pub(super) fn add(ctx: &mut Ctx<'_>, task: &Task) -> Result<Done, Reject> {
    if !task.depends_on.is_empty() {
        ctx.tx.set_dependencies(&task.id, &task.depends_on)?;
    }
    Ok(Done::created(ctx.create(task, &EventKind::TaskCreated)?))
}

fn check_body(ctx: &Ctx<'_>, body: &NewTask) -> Result<(), Reject> {
    if body.title.is_blank() {
        return Err(Reject::field("/title", "a task has a title"));
    }
    if body.max_attempts == 0 {
        return Err(Reject::field("/max_attempts", "a task has at least one attempt"));
    }
    if body.kind == TaskKind::Review {
        return Err(Reject::field("/kind", "review tasks are made by the Bus, when a task is delivered"));
    }
    match body.state {
        TaskState::Pending => Ok(()),
        // In one step: between two of them it could be started.
        TaskState::Done | TaskState::Held | TaskState::Cancelled if ctx.who.governs() => Ok(()),
        _ => Err(Reject::field(
            "/state",
            "a task begins as `pending`, or as `done`, `held` or `cancelled` where GO says so",
        )),
    }
}

/// A task as its request has it.
pub(super) fn new_task(body: &NewTask, id: TaskId, at: go_bus_api::Timestamp) -> Task {
    Task {
        id,
        project: body.project.clone(),
        title: body.title.clone(),
        description: body.description.clone(),
        kind: body.kind,
        category: body.category.clone(),
        priority: body.priority,
        state: body.state,
        assignee: None,
        attempt: Attempt(0),
        max_attempts: body.max_attempts,
        failures: 0,
        excused: 0,
        losses: 0,
        estimate_minutes: body.estimate_minutes,
        depends_on: body.depends_on.clone(),
        labels: body.labels.clone(),
        model: body.model.clone(),
        role: body.role,
        host: body.host.clone(),
        capabilities: body.capabilities.clone(),
        run: body.run.clone(),
        verify: body.verify.clone(),
        review: body.review.clone(),
        deliverable: None,
        review_of: None,
        sprint: body.sprint.clone(),
        created_at: at,
        assigned_at: None,
        delivered_at: None,
        finished_at: None,
        not_before: None,
        failed_at: None,
        idle_ms: body.idle_ms,
        deadline_ms: body.deadline_ms,
        result: None,
        error: None,
        review_notes: None,
        review_rounds: 0,
        progress: None,
        builders: Vec::new(),
        built_on: None,
        landing: None,
        landing_task: None,
        landing_failures: 0,
        landed: None,
        lands: None,
        collides_with: Vec::new(),
        revision: Revision(1),
    }
}
