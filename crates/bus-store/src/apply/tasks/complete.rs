//! `POST /tasks/{id}/complete`: done, or delivered to a fresh reviewer (R24), or on its way to be landed.

use go_bus_api::{Complete, Deliverable, EventKind, Task, TaskId, TaskKind, TaskState};

use super::super::Done;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::{authority, collisions, evidence, landing, review_task};
use crate::Reject;
use crate::stored::Stored;

/// Completes a task. The same completion again changes nothing.
pub(in crate::apply) fn complete(ctx: &mut Ctx<'_>, id: &TaskId, body: &Complete) -> Result<Done, Reject> {
    let mut task: Task = ctx.need(id.as_str())?;
    authority::must_be_assignee(ctx, &task)?;
    authority::must_be_current(&task, body.attempt)?;
    if is_repeat(&task, body) {
        return Ok(Done::unchanged(task.document()?));
    }
    if task.kind == TaskKind::Review && task.state.is_open() {
        return Err(wrong_state(format!("review {id} is closed by the verdict on what it reviews")));
    }
    evidence::check(ctx, &task, body)?;
    landing::check(ctx, &task, body)?;
    let is_told = body.deliverable.as_ref().is_some_and(Deliverable::needs_review);
    let needs_review = is_told || evidence::needs_review(ctx, &task)?;
    let waits = needs_review || body.landing.is_some();
    task.state = task.state.become_state(if waits { TaskState::InReview } else { TaskState::Done })?;
    task.result = Some(body.summary.clone());
    task.deliverable = body.deliverable.clone();
    (task.landing, task.landed) = (body.landing.clone(), landing::landed(ctx, body));
    task.error = None;
    task.builders = authority::builders_of_attempt(ctx, &task)?.into_iter().map(|agent| agent.id).collect();
    match (needs_review, waits) {
        (true, _) => deliver(ctx, task),
        (false, true) => deliver_unseen(ctx, task),
        (false, false) => {
            let document = finish(ctx, &mut task)?;
            landing::land(ctx, &task)?;
            Ok(Done::updated(document))
        }
    }
}

fn is_repeat(task: &Task, body: &Complete) -> bool {
    matches!(task.state, TaskState::Done | TaskState::InReview)
        && task.result.as_ref() == Some(&body.summary)
        && task.deliverable == body.deliverable
        && task.landing == body.landing
        && task.landed.as_ref().filter(|_| task.lands.is_some()).map(|landed| &landed.commit) == body.landed.as_ref()
}

/// Writes a task that is done.
pub(super) fn finish(ctx: &mut Ctx<'_>, task: &mut Task) -> Result<crate::Document, Reject> {
    task.finished_at = Some(ctx.at);
    let has_landed = task.landed.is_some();
    collisions::end(ctx, task, has_landed)?;
    ctx.update(task, &EventKind::TaskCompleted)
}

/// The delivery and its review task, in one commit.
fn deliver(ctx: &mut Ctx<'_>, mut task: Task) -> Result<Done, Reject> {
    task.delivered_at = Some(ctx.at);
    let document = ctx.update(&mut task, &EventKind::TaskDelivered)?;
    review_task::create(ctx, &task)?;
    ctx.emit_document(&EventKind::TaskReviewRequested, &document)?;
    Ok(Done::updated(document))
}

/// A delivery that nobody has to review, and its landing, in one commit.
fn deliver_unseen(ctx: &mut Ctx<'_>, mut task: Task) -> Result<Done, Reject> {
    task.delivered_at = Some(ctx.at);
    let Some(order) = landing::approve(ctx, &mut task)? else { return Ok(Done::updated(finish(ctx, &mut task)?)) };
    let document = ctx.update(&mut task, &EventKind::TaskDelivered)?;
    landing::begin(ctx, &task, &order)?;
    Ok(Done::updated(document))
}
