//! An agent's certain end, and what it means for the task it built or answered for.

use go_bus_api::{
    Agent, AgentState, Alert, AlertId, AlertLevel, EventKind, Exit, HostId, Revision, Role, Task, TaskState, Text,
};
use go_rules::builder_end::{self, Outcome as End};
use go_rules::mutation::{Mutation, is_on};
use go_rules::uniqueness::Seat;

use super::super::ctx::Ctx;
use super::super::interaction::{alerts, questions};
use super::super::tasks::authority;
use super::seats;
use crate::tx::{Column, Filter, TokenScope};
use crate::{Document, Reject};

/// Whether the agent's process may have been started: it got tokens, or was reported to run.
pub(in crate::apply) fn was_started(agent: &Agent) -> bool {
    agent.state != AgentState::Requested || agent.token_rotated_at.is_some()
}

/// Ends the agent for certain: its tokens are void, its slot is free, its tasks take their course.
pub(in crate::apply) fn end(
    ctx: &mut Ctx<'_>,
    mut agent: Agent,
    exit: Option<Exit>,
    end: End,
) -> Result<Document, Reject> {
    agent.state = AgentState::Terminated;
    agent.exit = exit.or(agent.exit);
    ctx.tx.revoke_tokens(&agent.id, TokenScope::All)?;
    let document = ctx.update(&mut agent, &EventKind::AgentTerminated)?;
    give_back_built(ctx, &agent, end)?;
    give_back_answered(ctx, &agent, end)?;
    Ok(document)
}

/// The task that the agent built, in the attempt it built.
fn give_back_built(ctx: &mut Ctx<'_>, agent: &Agent, end: End) -> Result<(), Reject> {
    let Some(id) = &agent.task else { return Ok(()) };
    let Some(task) = ctx.load::<Task>(id.as_str())? else { return Ok(()) };
    if agent.attempt != Some(task.attempt) {
        return Ok(());
    }
    let built_it_itself = task.assignee.as_ref() == Some(&agent.id);
    let end = if built_it_itself && end == End::Judge { End::Requeue } else { end };
    after_end(ctx, task, end)
}

/// Tasks that the agent answered for and nobody succeeds it in: a PO's and an HO's wait for their next one.
fn give_back_answered(ctx: &mut Ctx<'_>, agent: &Agent, end: End) -> Result<(), Reject> {
    if matches!(agent.role, Role::Po | Role::Ho) {
        return Ok(());
    }
    let end = if end == End::Judge { End::Requeue } else { end };
    let answered: Vec<Task> = ctx.find(&Filter::by(Column::Assignee, agent.id.as_str()).open())?;
    for task in answered {
        after_end(ctx, task, end)?;
    }
    Ok(())
}

/// The host work of `host` that its HO answers for and nobody has in hand: with the host's lease over nobody there begins it.
pub(in crate::apply) fn give_back_unbuilt(ctx: &mut Ctx<'_>, host: &HostId) -> Result<(), Reject> {
    for ho in seats::ever(ctx, &Seat::Host(host.clone()))? {
        let answered: Vec<Task> = ctx.find(&Filter::by(Column::Assignee, ho.id.as_str()).open())?;
        for task in answered {
            if authority::builders(ctx, &task)?.is_empty() {
                after_end(ctx, task, End::Requeue)?;
            }
        }
    }
    Ok(())
}

/// What the end means for a task that was being worked on. One that waits goes on waiting when its builder was merely stopped: that is how
/// its slot becomes free. One that waits for an answer does so however its builder ended, unless the operator set it aside.
fn after_end(ctx: &mut Ctx<'_>, mut task: Task, end: End) -> Result<(), Reject> {
    let is_at_work = match task.state {
        TaskState::InProgress => true,
        TaskState::Waiting => end == End::Hold || end != End::Requeue && !questions::are_open(ctx, &task.id)?,
        _ => false,
    };
    if !is_at_work || is_on(Mutation::NoRequeue) {
        return Ok(());
    }
    let Some((state, losses)) = builder_end::apply(end, task.losses) else { return Ok(()) };
    task.state = task.state.become_state(state)?;
    task.losses = losses;
    task.assignee = None;
    let kind = match state {
        TaskState::Held => EventKind::TaskHeld,
        TaskState::Blocked => EventKind::TaskBlocked,
        _ => EventKind::TaskRequeued,
    };
    if state == TaskState::Blocked {
        let why = format!("its builder was lost with its host {losses} times");
        task.error = Some(Text::clipped(&why));
        ctx.update(&mut task, &kind)?;
        return alert_blocked(ctx, &task, &why);
    }
    ctx.update(&mut task, &kind)?;
    Ok(())
}

fn alert_blocked(ctx: &mut Ctx<'_>, task: &Task, why: &str) -> Result<(), Reject> {
    let alert = Alert {
        id: AlertId::generate(),
        level: AlertLevel::L4,
        title: Text::clipped(&format!("task {} is blocked: {why}", task.id)),
        detail: Text::clipped("Look at its hosts, then set it to pending."),
        project: Some(task.project.clone()),
        state: go_bus_api::AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: Some(Text::clipped(&format!("lost:{}", task.id))),
        revision: Revision(1),
    };
    alerts::raise_once(ctx, &alert)?;
    Ok(())
}
