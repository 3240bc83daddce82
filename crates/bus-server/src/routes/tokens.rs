//! `/agents/{id}/token`: tokens are made here, and stored as hashes only (R17).

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use go_bus_api::{AgentId, IssuedToken, ProblemKind, Timestamp};
use go_bus_store::Action;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, json};
use crate::bus::Bus;
use crate::extract::{Bare, PathId, Terms, WriteOr};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;
use crate::token::Secret;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/agents/{id}/token", post(issue).delete(revoke))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post(
            "/agents/{id}/token",
            "rotate_token",
            "Gives an agent a new token, or its shim one of its own.",
        )
        .needs(&[Right::TokensRotate])
        .of::<AgentId>()
        .may_take::<Wanted>()
        .refuses(&[ProblemKind::WrongState])
        .answers::<IssuedToken>(StatusCode::OK, "The token, this once."),
        Operation::delete("/agents/{id}/token", "revoke_tokens", "Makes an agent's tokens void at once.")
            .needs(&[Right::TokensRevoke])
            .of::<AgentId>()
            .quietly(),
    ]
}

/// Which token is asked for.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(rename = "TokenRequest")]
struct Wanted {
    /// What the token is to be good for.
    #[serde(default)]
    scope: Scope,
}

/// What a token is good for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TokenScope")]
enum Scope {
    /// All that the agent may do.
    #[default]
    Agent,
    /// The agent's heartbeat, exit and verdict.
    Shim,
}

async fn issue(
    State(bus): State<Bus>,
    PathId(agent): PathId<AgentId>,
    WriteOr(terms, Wanted { scope }): WriteOr<Wanted>,
) -> Answer {
    match scope {
        Scope::Agent => rotate(&bus, terms, agent).await,
        Scope::Shim => issue_shim(&bus, terms, agent).await,
    }
}

async fn rotate(bus: &Bus, terms: Terms, agent: AgentId) -> Answer {
    let secret = secret()?;
    let (expires_at, previous_until) = (expires_at(bus, terms.at), terms.at.after(bus.config.token_overlap));
    let action = Action::RotateToken { agent, token: secret.hash(), expires_at, previous_until };
    bus.commit(terms.command(action)).await?;
    let token = secret.reveal().to_owned();
    json(StatusCode::OK, &IssuedToken { token, expires_at, previous_valid_until: previous_until })
}

/// A shim's token ends with its agent's exit, so its time is as good as endless.
async fn issue_shim(bus: &Bus, terms: Terms, agent: AgentId) -> Answer {
    let (secret, at) = (secret()?, terms.at);
    bus.commit(terms.command(Action::IssueShimToken { agent, token: secret.hash() })).await?;
    let token = secret.reveal().to_owned();
    let expires_at = Timestamp::from_unix_millis(i64::MAX);
    json(StatusCode::OK, &IssuedToken { token, expires_at, previous_valid_until: at })
}

async fn revoke(State(bus): State<Bus>, PathId(agent): PathId<AgentId>, Bare(terms): Bare) -> Answer {
    super::write_quietly(&bus, terms, Action::RevokeTokens(agent)).await
}

/// A fresh token.
pub(super) fn secret() -> Result<Secret, Refusal> {
    Secret::generate().map_err(|error| {
        tracing::error!(%error, "no random numbers");
        Refusal::new(ProblemKind::Internal, "this machine gives no random numbers")
    })
}

/// When a token made at `at` ends: one overlap after it has to be rotated, so that a rotation in time is never too late.
pub(super) fn expires_at(bus: &Bus, at: Timestamp) -> Timestamp {
    at.after(bus.config.token_ttl.saturating_add(bus.config.token_overlap))
}
