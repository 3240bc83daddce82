//! Registration: a GO instance or a launcher gets an id and a token of its own, from the operator's.

use go_bus_api::{Agent, NewAgent, Registered, Role};
use go_bus_store::Action;
use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::tokens;
use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::Terms;

/// The answer to `POST /agents`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is there for its schema; both are written from what the store kept")]
pub(super) enum SpawnedOrRegistered {
    /// A registration's.
    Registered(Box<Registered>),
    /// A spawn's.
    Spawned(Box<Agent>),
}

/// Whether this is a registration rather than a spawn.
pub(super) fn is_meant(body: &NewAgent) -> bool {
    matches!(body.role, Role::Go | Role::Launcher) && body.prompt.is_none()
}

/// Registers, and answers with the agent and its token, this once.
pub(super) async fn register(bus: &Bus, terms: Terms, agent: NewAgent) -> Answer {
    let secret = tokens::secret()?;
    let expires_at = tokens::expires_at(bus, terms.at);
    let action = Action::Register { agent, token: secret.hash(), expires_at };
    let receipt = bus.commit(terms.command(action)).await?;
    let document = receipt.document.ok_or_else(wrong_answer)?;
    let mut registered: Map<String, Value> = serde_json::from_str(&document.json).map_err(|_| wrong_answer())?;
    registered.insert("token".to_owned(), secret.reveal().into());
    json(StatusCode::CREATED, &registered)
}
