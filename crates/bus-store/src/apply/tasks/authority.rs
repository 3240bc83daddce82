//! Who may say what about a task: its assignee, its builder, GO and the operator.

use go_bus_api::{Agent, Attempt, HostId, ProblemKind, Task};
use go_rules::mutation::{Mutation, is_on};

use super::super::ctx::Ctx;
use crate::Reject;
use crate::tx::{Column, Filter};

/// Whether the actor's own token is the assignee's.
pub(super) fn is_assignee(ctx: &Ctx<'_>, task: &Task) -> bool {
    task.assignee.as_ref().is_some_and(|assignee| ctx.who.is(assignee))
}

/// Refuses whoever is neither the assignee nor the operator, in every mode.
pub(super) fn must_be_assignee(ctx: &Ctx<'_>, task: &Task) -> Result<(), Reject> {
    if ctx.who.is_operator() || is_assignee(ctx, task) {
        return Ok(());
    }
    let whose = task.assignee.as_ref().map_or("nobody".to_owned(), |agent| format!("agent {agent}"));
    Err(Reject::rule(ProblemKind::NotAssignee, format!("{whose} answers for task {}", task.id)))
}

/// Refuses whoever neither answers for the task nor builds it nor governs.
pub(in crate::apply) fn must_work_on(ctx: &mut Ctx<'_>, task: &Task) -> Result<(), Reject> {
    if ctx.who.governs() || is_assignee(ctx, task) {
        return Ok(());
    }
    let builders = builders(ctx, task)?;
    if builders.iter().any(|builder| builder.attempt == Some(task.attempt) && ctx.who.is(&builder.id)) {
        return Ok(());
    }
    Err(Reject::rule(ProblemKind::NotAssignee, format!("only its assignee and its builder speak for task {}", task.id)))
}

/// Refuses what is said about an attempt that is over.
pub(super) fn must_be_current(task: &Task, attempt: Attempt) -> Result<(), Reject> {
    if attempt == task.attempt || is_on(Mutation::AttemptUnchecked) {
        return Ok(());
    }
    let detail = format!("attempt {attempt} of task {} is over; it is at {}", task.id, task.attempt);
    Err(Reject::rule(ProblemKind::StaleAttempt, detail))
}

/// The agents that have the task in hand and have not ended.
pub(in crate::apply) fn builders(ctx: &mut Ctx<'_>, task: &Task) -> Result<Vec<Agent>, Reject> {
    ctx.find(&Filter::by(Column::Task, task.id.as_str()).open())
}

/// The host that the task's last hand worked on, in whichever attempt.
pub(super) fn last_host(ctx: &mut Ctx<'_>, task: &Task) -> Result<Option<HostId>, Reject> {
    let all: Vec<Agent> = ctx.find(&Filter::by(Column::Task, task.id.as_str()))?;
    Ok(all.into_iter().max_by_key(|agent| agent.spawned_at).and_then(|agent| agent.host))
}

/// All agents that had this attempt of the task in hand, ended or not.
pub(super) fn builders_of_attempt(ctx: &mut Ctx<'_>, task: &Task) -> Result<Vec<Agent>, Reject> {
    let mut all: Vec<Agent> = ctx.find(&Filter::by(Column::Task, task.id.as_str()))?;
    all.retain(|agent| agent.attempt == Some(task.attempt));
    Ok(all)
}
