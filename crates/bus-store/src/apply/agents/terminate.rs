//! Termination: an ordered stop. The agent drains until its launcher reports the end; where nobody is there to report it, it
//! has ended at once.

use go_bus_api::{Agent, AgentId, AgentState, EventKind, Host, Role};
use go_rules::builder_end::Outcome as End;
use serde_json::json;

use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::super::{Done, audit, hosts, seed};
use super::ended;
use crate::{Document, Reject};

/// `DELETE /agents/{id}`.
pub(in crate::apply) fn terminate(ctx: &mut Ctx<'_>, id: &AgentId, hold: bool) -> Result<Done, Reject> {
    let agent: Agent = ctx.need(id.as_str())?;
    if seed::is_fixed(id) {
        return Err(wrong_state(format!("{id} is there from the start and is not terminated")));
    }
    let is_news = agent.state != AgentState::Draining || (hold && !agent.hold);
    if agent.state.is_ended() || !is_news {
        return Ok(Done::unchanged(crate::stored::Stored::document(&agent)?));
    }
    audit::note(ctx, "terminate", &format!("agents/{id}"), json!({ "role": agent.role, "hold": hold }))?;
    if agent.role == Role::Launcher {
        return Ok(Done::updated(end_launcher(ctx, agent)?));
    }
    Ok(Done::updated(stop(ctx, agent, hold)?))
}

/// Lets a successor take over: the old one drains, where it is live.
pub(super) fn replace(ctx: &mut Ctx<'_>, id: &AgentId) -> Result<(), Reject> {
    let old: Agent = ctx.refer(id.as_str(), "/replaces")?;
    if old.state.is_live() {
        audit::note(ctx, "terminate", &format!("agents/{id}"), json!({ "role": old.role, "replaced": true }))?;
        stop(ctx, old, false)?;
    }
    Ok(())
}

/// Orders the stop of everyone who builds a task that is over or set aside.
pub(in crate::apply) fn stop_builders(ctx: &mut Ctx<'_>, builders: Vec<Agent>) -> Result<(), Reject> {
    for builder in builders.into_iter().filter(|builder| builder.state.is_live()) {
        let subject = format!("agents/{}", builder.id);
        audit::note(ctx, "terminate", &subject, json!({ "role": builder.role, "task": builder.task }))?;
        stop(ctx, builder, false)?;
    }
    Ok(())
}

fn stop(ctx: &mut Ctx<'_>, mut agent: Agent, hold: bool) -> Result<Document, Reject> {
    agent.hold = agent.hold || hold;
    if somebody_reports(ctx, &agent)? {
        if agent.state.may_become(AgentState::Draining) {
            agent.state = AgentState::Draining;
        }
        return ctx.update(&mut agent, &EventKind::AgentDraining);
    }
    let end = if agent.hold { End::Hold } else { End::Requeue };
    ended::end(ctx, agent, None, end)
}

/// Whether a launcher or a shim may yet tell of the agent's end: its host's lease runs, and the agent was or can be started.
/// A dead launcher's shims live on until that lease ends, so what they run has not ended at once.
fn somebody_reports(ctx: &mut Ctx<'_>, agent: &Agent) -> Result<bool, Reject> {
    let Some(id) = &agent.host else { return Ok(false) };
    let Some(host) = ctx.load::<Host>(id.as_str())? else { return Ok(false) };
    if host.boot_id.is_none() {
        return Ok(false);
    }
    Ok(host.launcher.is_some() || ended::was_started(agent))
}

/// A launcher's end frees its host for the next one and ends no builder.
fn end_launcher(ctx: &mut Ctx<'_>, agent: Agent) -> Result<Document, Reject> {
    hosts::release(ctx, &agent)?;
    ended::end(ctx, agent, None, End::Judge)
}
