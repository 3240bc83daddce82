//! `PATCH /agents/{id}`: state, context, capabilities.

use go_bus_api::{Agent, AgentId, AgentPatch, AgentState, EventKind};

use super::super::Done;
use super::super::authority::{forbidden, launches};
use super::super::ctx::Ctx;
use super::{state, terminate};
use crate::Reject;
use crate::stored::Stored;

/// Changes an agent.
pub(in crate::apply) fn patch(ctx: &mut Ctx<'_>, id: &AgentId, patch: &AgentPatch) -> Result<Done, Reject> {
    let before: Agent = ctx.need(id.as_str())?;
    let is_parent = ctx.who.acting_agent().is_some() && ctx.who.acting_agent() == before.parent;
    if !(ctx.who.governs() || ctx.who.is(id) || is_parent || launches(ctx, &before)?) {
        return Err(forbidden("an agent is changed by itself, its parent, its launcher, GO or the operator"));
    }
    ctx.match_revision(&before)?;
    if patch.state == Some(AgentState::Draining) && before.state != AgentState::Draining {
        return terminate::terminate(ctx, id, false);
    }
    let mut agent = before.clone();
    if let Some(to) = patch.state {
        state::check_report(&agent, to)?;
        agent.state = to;
    }
    agent.context_used = patch.context_used.or(agent.context_used);
    agent.capabilities = patch.capabilities.clone().unwrap_or(agent.capabilities);
    if agent == before {
        return Ok(Done::unchanged(agent.document()?));
    }
    let stepped = agent.state != before.state;
    let kind = if stepped { state::event_of(agent.state) } else { EventKind::AgentUpdated };
    Ok(Done::updated(ctx.update(&mut agent, &kind)?))
}
