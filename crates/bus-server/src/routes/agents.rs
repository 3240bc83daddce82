//! `/agents`: spawns, lives and ends. Registrations, tokens and prompts have modules of their own.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{Agent, AgentId, AgentPatch, ExitReport, Heartbeat, NewAgent, ProblemKind, ResourceKind};
use go_bus_store::Action;
use http::Uri;
use schemars::JsonSchema;
use serde::Deserialize;

use super::registration;
use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Bare, Filters, PathId, Write, WriteOr, query_of};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/agents", get(list).post(spawn))
        .route("/agents/{id}", get(one).patch(patch).delete(terminate))
        .route("/agents/{id}/heartbeat", post(heartbeat))
        .route("/agents/{id}/exit", post(exit))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/agents", "list_agents", "Agents, in the order they were asked for.")
            .needs(&[Right::AgentsRead])
            .lists::<Agent>(&["role", "state", "host", "project", "task"]),
        Operation::post("/agents", "spawn_agent", "Asks for an agent, or registers a GO instance or a launcher.")
            .needs(&[Right::AgentsSpawn])
            .takes::<NewAgent>()
            .refuses(&[ProblemKind::TierViolation, ProblemKind::NotFound, ProblemKind::PromptIncomplete])
            .refuses(&[ProblemKind::AlreadyExists, ProblemKind::NoSlot, ProblemKind::BudgetExceeded])
            .refuses(&[ProblemKind::AccountParked])
            .refuses(&[ProblemKind::Paused, ProblemKind::NotReady, ProblemKind::StaleAttempt, ProblemKind::WrongState])
            .creates::<registration::SpawnedOrRegistered>(),
        Operation::get("/agents/{id}", "get_agent", "An agent.")
            .needs(&[Right::AgentsRead])
            .of::<AgentId>()
            .shows::<Agent>(),
        Operation::patch("/agents/{id}", "change_agent", "Changes an agent's state, context or capabilities.")
            .needs_unless_own(&[Right::AgentsTerminate])
            .of::<AgentId>()
            .takes::<AgentPatch>()
            .refuses(&[ProblemKind::WrongState])
            .shows::<Agent>(),
        Operation::delete("/agents/{id}", "terminate_agent", "Orders an agent's stop.")
            .needs(&[Right::AgentsTerminate])
            .of::<AgentId>()
            .query::<How>()
            .refuses(&[ProblemKind::WrongState])
            .shows::<Agent>(),
        Operation::post("/agents/{id}/heartbeat", "heartbeat_agent", "Says that an agent lives.")
            .of::<AgentId>()
            .may_take::<Heartbeat>()
            .refuses(&[ProblemKind::WrongState])
            .shows::<Agent>(),
        Operation::post("/agents/{id}/exit", "report_exit", "Reports an agent's end; a repeat changes nothing.")
            .of::<AgentId>()
            .takes::<ExitReport>()
            .refuses(&[ProblemKind::WrongState])
            .shows::<Agent>(),
    ]
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Agent, filters).await
}

async fn one(State(bus): State<Bus>, PathId(agent): PathId<AgentId>) -> Answer {
    super::one(&bus, ResourceKind::Agent, agent.as_str()).await
}

async fn spawn(State(bus): State<Bus>, Write(terms, body): Write<NewAgent>) -> Answer {
    if registration::is_meant(&body) {
        return registration::register(&bus, terms, body).await;
    }
    super::write(&bus, terms, Action::Spawn(body)).await
}

async fn patch(
    State(bus): State<Bus>,
    PathId(agent): PathId<AgentId>,
    Write(terms, body): Write<AgentPatch>,
) -> Answer {
    super::write(&bus, terms, Action::PatchAgent(agent, body)).await
}

/// How an agent is to end.
#[derive(Deserialize, JsonSchema)]
struct How {
    /// Whether its task is set aside too.
    #[serde(default)]
    hold: bool,
}

async fn terminate(State(bus): State<Bus>, PathId(agent): PathId<AgentId>, uri: Uri, Bare(terms): Bare) -> Answer {
    let How { hold } = query_of(&uri)?;
    super::write(&bus, terms, Action::Terminate { agent, hold }).await
}

async fn heartbeat(
    State(bus): State<Bus>,
    PathId(agent): PathId<AgentId>,
    WriteOr(terms, body): WriteOr<Heartbeat>,
) -> Answer {
    super::write(&bus, terms, Action::HeartbeatAgent(agent, body)).await
}

async fn exit(State(bus): State<Bus>, PathId(agent): PathId<AgentId>, Write(terms, body): Write<ExitReport>) -> Answer {
    super::write(&bus, terms, Action::ReportExit(agent, body)).await
}
