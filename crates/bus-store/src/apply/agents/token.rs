//! Tokens: only their hashes are stored, and an agent's end voids them (R17).

use go_bus_api::{Agent, AgentId, AgentState, EventKind, Timestamp};
use serde_json::{Value, json};

use super::super::authority::{forbidden, launches, must_be_bus, wrong_state};
use super::super::ctx::Ctx;
use super::super::{Done, audit, seed};
use crate::stored::Stored;
use crate::tx::TokenScope;
use crate::{Outcome, Principal, Reject, Token, TokenHash};

/// Gives an agent a new token of its own; the one before stays good until `previous_until`.
pub(in crate::apply) fn rotate(
    ctx: &mut Ctx<'_>,
    id: &AgentId,
    token: TokenHash,
    expires_at: Timestamp,
    previous_until: Timestamp,
) -> Result<Done, Reject> {
    let mut agent: Agent = ctx.need(id.as_str())?;
    if !(ctx.who.is_operator() || ctx.who.is(id) || launches(ctx, &agent)?) {
        return Err(forbidden("a token is rotated by its agent, that one's launcher or the operator"));
    }
    must_take_tokens(&agent)?;
    ctx.tx.expire_tokens(id, previous_until)?;
    let principal = Principal::Agent(id.clone(), agent.role);
    ctx.tx.add_token(token, &Token { principal, expires_at: Some(expires_at) })?;
    agent.token_rotated_at = Some(ctx.at);
    let document = ctx.update(&mut agent, &EventKind::TokenRotated)?;
    audit::note(ctx, "token.rotate", &format!("agents/{id}"), json!({ "expires_at": expires_at }))?;
    Ok(Done::updated(document))
}

/// Adds a token for the agent's shim, good until the agent has ended.
pub(in crate::apply) fn issue_shim(ctx: &mut Ctx<'_>, id: &AgentId, token: TokenHash) -> Result<Done, Reject> {
    let agent: Agent = ctx.need(id.as_str())?;
    if !(ctx.who.is_operator() || launches(ctx, &agent)?) {
        return Err(forbidden("a shim gets its token from its launcher or the operator"));
    }
    must_take_tokens(&agent)?;
    ctx.tx.add_token(token, &Token { principal: Principal::Shim(id.clone()), expires_at: None })?;
    audit::note(ctx, "token.issue_shim", &format!("agents/{id}"), Value::Null)?;
    Ok(Done { outcome: Outcome::Created, document: Some(agent.document()?), lease: None })
}

fn must_take_tokens(agent: &Agent) -> Result<(), Reject> {
    if agent.id == AgentId::go() {
        return Err(wrong_state("000 has no token; a GO instance registers and gets its own"));
    }
    match agent.state {
        // One that is there from the start is lost only until it comes back.
        AgentState::Lost if seed::is_fixed(&agent.id) => Ok(()),
        AgentState::Terminated | AgentState::Lost => {
            Err(wrong_state(format!("agent {} is {} and gets no token", agent.id, agent.state.as_str())))
        }
        _ => Ok(()),
    }
}

/// Voids all of an agent's tokens, its shim's too.
pub(in crate::apply) fn revoke(ctx: &mut Ctx<'_>, id: &AgentId) -> Result<Done, Reject> {
    let mut agent: Agent = ctx.need(id.as_str())?;
    if !(ctx.who.governs() || ctx.who.is(id) || launches(ctx, &agent)?) {
        return Err(forbidden("a token is revoked by its agent, that one's launcher, GO or the operator"));
    }
    if ctx.tx.revoke_tokens(id, TokenScope::All)? == 0 {
        return Ok(Done::unchanged(agent.document()?));
    }
    let document = ctx.update(&mut agent, &EventKind::TokenRevoked)?;
    audit::note(ctx, "token.revoke", &format!("agents/{id}"), Value::Null)?;
    Ok(Done::updated(document))
}

/// Makes the operator's token, in place of the one before.
pub(in crate::apply) fn set_operator(ctx: &mut Ctx<'_>, token: TokenHash) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    ctx.tx.set_operator_token(token)?;
    audit::note(ctx, "token.set_operator", "operator", Value::Null)?;
    Ok(Done::bare(Outcome::Updated))
}
