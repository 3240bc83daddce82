//! Registration: GO instances and launchers are there already and make themselves known, with the operator's token.

use go_bus_api::{AgentState, EventKind, Host, NewAgent, Role, Timestamp};
use serde_json::json;

use super::super::authority::forbidden;
use super::super::ctx::Ctx;
use super::super::{Done, audit};
use super::spawn::new_agent;
use crate::{Principal, Reject, Token, TokenHash};

/// `POST /agents {role: go|launcher}`.
pub(in crate::apply) fn register(
    ctx: &mut Ctx<'_>,
    body: &NewAgent,
    token: TokenHash,
    expires_at: Timestamp,
) -> Result<Done, Reject> {
    if !ctx.who.is_operator() {
        return Err(forbidden("only the operator's token registers GO instances and launchers"));
    }
    if !matches!(body.role, Role::Go | Role::Launcher) {
        return Err(Reject::field("/role", "only `go` and `launcher` are registered; others are spawned"));
    }
    if body.role == Role::Launcher && body.host.is_none() {
        return Err(Reject::field("/host", "a launcher belongs to a host"));
    }
    ctx.refer_some::<Host>(body.host.as_ref().map(AsRef::as_ref), "/host")?;
    let mut agent = new_agent(body, ctx.at);
    agent.state = AgentState::Ready;
    agent.token_rotated_at = Some(ctx.at);
    let principal = Principal::Agent(agent.id.clone(), agent.role);
    ctx.tx.add_token(token, &Token { principal, expires_at: Some(expires_at) })?;
    audit::note(ctx, "register", &format!("agents/{}", agent.id), json!({ "role": agent.role }))?;
    Ok(Done::created(ctx.create(&agent, &EventKind::AgentReady)?))
}
