//! `GET /agents/{id}/prompt`: for its host's launcher, the agent itself and the operator.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{AgentId, HostId, ProblemKind, ResourceKind, Role};
use go_bus_store::{Actor, Query, QueryAnswer};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Caller, PathId};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/agents/{id}/prompt", get(prompt))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(
            "/agents/{id}/prompt",
            "get_prompt",
            "What an agent is told: for its launcher, itself, the operator.",
        )
        .needs(&[Right::AgentsRead])
        .of::<AgentId>()
        .answers::<Told>(StatusCode::OK, "Its prompt."),
    ]
}

/// The answer.
#[derive(Serialize, JsonSchema)]
struct Told {
    /// What the agent is told.
    prompt: String,
}

async fn prompt(State(bus): State<Bus>, Caller(actor): Caller, PathId(agent): PathId<AgentId>) -> Answer {
    if !may_read(&bus, &actor, &agent).await? {
        let detail = format!("the prompt of {agent} is for its launcher, itself and the operator");
        return Err(Refusal::new(ProblemKind::Forbidden, detail));
    }
    match bus.store.read(Query::Prompt(agent.clone())).await? {
        QueryAnswer::Prompt(Some(prompt)) => json(StatusCode::OK, &Told { prompt }),
        QueryAnswer::Prompt(None) => {
            Err(Refusal::new(ProblemKind::NotFound, format!("there is no prompt of an agent {agent}")))
        }
        _ => Err(wrong_answer().into()),
    }
}

async fn may_read(bus: &Bus, actor: &Actor, agent: &AgentId) -> Result<bool, Refusal> {
    match actor {
        Actor::Operator | Actor::Bus => Ok(true),
        Actor::Shim { .. } => Ok(false),
        Actor::Agent { id, .. } if id == agent => Ok(true),
        Actor::Agent { id, role: Role::Launcher } => {
            let own = host_of(bus, id).await?;
            Ok(own.is_some() && own == host_of(bus, agent).await?)
        }
        Actor::Agent { .. } => Ok(false),
    }
}

async fn host_of(bus: &Bus, agent: &AgentId) -> Result<Option<HostId>, Refusal> {
    #[derive(Deserialize)]
    struct Placed {
        host: Option<HostId>,
    }
    let Some(document) = bus.find(ResourceKind::Agent, agent.as_str()).await? else { return Ok(None) };
    let placed: Placed = serde_json::from_str(&document.json).map_err(|_| wrong_answer())?;
    Ok(placed.host)
}
