//! Silence: an agent that has not been heard of for three heartbeats is `lost`. It keeps slot and task until its end is
//! certain.

use go_bus_api::{Agent, AgentId, AgentState, EventKind, Timestamp};

use super::super::Done;
use super::super::authority::must_be_bus;
use super::super::ctx::Ctx;
use super::super::seed;
use crate::Reject;
use crate::stored::Stored;
use crate::tx::TokenScope;

/// Marks an agent as lost, where it has not been heard of since `last_heartbeat`. Its own token is void; its shim's stays
/// good, for the exit is yet to be reported. One that is there from the start may sleep and come back, so its token stays good too.
pub(in crate::apply) fn lose(
    ctx: &mut Ctx<'_>,
    id: &AgentId,
    last_heartbeat: Option<Timestamp>,
) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    let mut agent: Agent = ctx.need(id.as_str())?;
    let is_fixed = seed::is_fixed(id);
    let never_seen = is_fixed && agent.last_heartbeat.is_none();
    let reapable = agent.state.is_running() || agent.state == AgentState::Draining;
    if agent.last_heartbeat != last_heartbeat || never_seen || !reapable {
        return Ok(Done::unchanged(agent.document()?));
    }
    agent.state = AgentState::Lost;
    if !is_fixed {
        ctx.tx.revoke_tokens(id, TokenScope::Own)?;
    }
    Ok(Done::updated(ctx.update(&mut agent, &EventKind::AgentLost)?))
}
