//! `POST /tasks/{id}/review`: the verdict of a fresh reviewer closes the delivered task and its review task (R24).

use go_bus_api::{Agent, AgentId, EventKind, ProblemKind, Review, Task, TaskId, TaskState, Text, Verdict};
use go_rules::freshness;
use go_rules::mutation::{Mutation, is_on};

use super::super::Done;
use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::{complete, landing, review_rounds, review_task};
use crate::Reject;
use crate::stored::Stored;

/// Judges a delivered task. The same verdict of the same reviewer again changes nothing.
pub(in crate::apply) fn judge(ctx: &mut Ctx<'_>, id: &TaskId, body: &Review) -> Result<Done, Reject> {
    let mut task: Task = ctx.need(id.as_str())?;
    let reviewer = reviewer(ctx)?;
    if task.state != TaskState::InReview || landing::is_under_way(&task) {
        if is_repeat(ctx, &task, body, reviewer.as_ref())? {
            return Ok(Done::unchanged(task.document()?));
        }
        return Err(wrong_state(format!("task {id} is {}; only a delivered one is reviewed", task.state.as_str())));
    }
    if let Some(reviewer) = &reviewer {
        must_be_fresh(ctx, reviewer, &task)?;
    }
    let document = match body.verdict {
        Verdict::Approve => approve(ctx, &mut task)?,
        Verdict::RequestChanges => {
            review_rounds::count(ctx, &mut task, body)?;
            let blocked = task.state == TaskState::Blocked;
            ctx.update(&mut task, if blocked { &EventKind::TaskBlocked } else { &EventKind::TaskChangesRequested })?
        }
    };
    review_task::close(ctx, &task, &words(body), reviewer)?;
    Ok(Done::updated(document))
}

/// The task is done, or lands now.
fn approve(ctx: &mut Ctx<'_>, task: &mut Task) -> Result<crate::Document, Reject> {
    let Some(order) = landing::approve(ctx, task)? else { return complete::finish(ctx, task) };
    let document = ctx.update(task, &EventKind::TaskUpdated)?;
    landing::begin(ctx, task, &order)?;
    Ok(document)
}

/// The agent that judges, by its own token or its shim's; `None` for the operator.
fn reviewer(ctx: &Ctx<'_>) -> Result<Option<AgentId>, Reject> {
    match ctx.who.own_agent().map(|(id, _)| id).or(ctx.who.shim_of()) {
        Some(id) => Ok(Some(id.clone())),
        None if ctx.who.is_operator() => Ok(None),
        None => Err(Reject::rule(ProblemKind::ReviewerNotFresh, "a review is a reviewer's")),
    }
}

fn must_be_fresh(ctx: &mut Ctx<'_>, reviewer: &AgentId, task: &Task) -> Result<(), Reject> {
    if is_on(Mutation::ReviewerUnchecked) {
        return Ok(());
    }
    let agent: Agent = ctx.need(reviewer.as_str())?;
    freshness::check(&agent, task).map_err(|why| Reject::rule(ProblemKind::ReviewerNotFresh, why.reason()))
}

fn is_repeat(ctx: &mut Ctx<'_>, task: &Task, body: &Review, reviewer: Option<&AgentId>) -> Result<bool, Reject> {
    let as_judged = match body.verdict {
        // What it was approved for may have failed to land since.
        Verdict::Approve => task.state == TaskState::Done || task.landing.is_some(),
        Verdict::RequestChanges => matches!(task.state, TaskState::ChangesRequested | TaskState::Blocked),
    };
    let last = review_task::of(ctx, task)?.pop();
    Ok(as_judged
        && last.is_some_and(|review| review.result == Some(words(body)) && review.builders.first() == reviewer))
}

/// What the review task's result says.
fn words(body: &Review) -> Text<16384> {
    let verdict = match body.verdict {
        Verdict::Approve => "approved",
        Verdict::RequestChanges => "changes requested",
    };
    if body.notes.is_blank() {
        return Text::clipped(verdict);
    }
    Text::clipped(&format!("{verdict}: {}", body.notes))
}
