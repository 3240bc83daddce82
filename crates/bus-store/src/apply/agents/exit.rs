//! `POST /agents/{id}/exit`: the shim's report of the end. Repeating it changes nothing.

use go_bus_api::{Agent, AgentId, EventKind, Exit, ExitReport};
use go_rules::builder_end;

use super::super::Done;
use super::super::accounts;
use super::super::authority::{forbidden, launches, wrong_state};
use super::super::ctx::Ctx;
use super::super::seed;
use super::ended;
use crate::Reject;
use crate::stored::Stored;

/// Accepts an agent's end.
pub(in crate::apply) fn report(ctx: &mut Ctx<'_>, id: &AgentId, report: &ExitReport) -> Result<Done, Reject> {
    let agent: Agent = ctx.need(id.as_str())?;
    if !(ctx.who.is_operator() || ctx.who.is_or_is_shim_of(id) || launches(ctx, &agent)?) {
        return Err(forbidden("an agent's end is reported by itself, its shim, its launcher or the operator"));
    }
    if seed::is_fixed(id) {
        return Err(wrong_state(format!("{id} is there from the start and does not end")));
    }
    if agent.exit.is_some() {
        return Ok(Done::unchanged(agent.document()?));
    }
    accounts::learn(ctx, &agent, report)?;
    let exit = Exit { report: report.clone(), at: ctx.at };
    if agent.state.is_ended() {
        return late(ctx, agent, exit);
    }
    let end = builder_end::after_exit(&agent, report);
    Ok(Done::updated(ended::end(ctx, agent, Some(exit), end)?))
}

/// The end was certain already (its host's lease had ended): the report is kept for people, and moves nothing.
fn late(ctx: &mut Ctx<'_>, mut agent: Agent, exit: Exit) -> Result<Done, Reject> {
    agent.exit = Some(exit);
    Ok(Done::updated(ctx.update(&mut agent, &EventKind::AgentUpdated)?))
}
