//! `/costs`: what agents spent, and on which projects (R21).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{CostTotals, NewCost, Timestamp};
use go_bus_store::{Action, CostAxis, Query, QueryAnswer};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;

use crate::answer::{Answer, Nothing, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Write, query_of};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/costs", post(record))
        .route("/costs/by-agent", get(by_agent))
        .route("/costs/by-project", get(by_project))
}

pub(super) fn operations() -> Vec<Operation> {
    let totals = |path, id, summary| {
        Operation::get(path, id, summary)
            .needs(&[Right::CostsRead])
            .query::<Since>()
            .answers::<CostTotals>(StatusCode::OK, "The sums.")
    };
    vec![
        Operation::post("/costs", "record_cost", "Records what an agent spent.")
            .needs(&[Right::CostsRecord])
            .takes::<NewCost>()
            .answers::<Nothing>(StatusCode::CREATED, "It is recorded."),
        totals("/costs/by-agent", "get_costs_by_agent", "What each agent has spent."),
        totals("/costs/by-project", "get_costs_by_project", "What was spent on each project."),
    ]
}

/// From when on costs count; all of them where it is left out.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct Since {
    since: Option<Timestamp>,
}

async fn record(State(bus): State<Bus>, Write(terms, body): Write<NewCost>) -> Answer {
    super::write(&bus, terms, Action::RecordCost(body)).await
}

async fn by_agent(State(bus): State<Bus>, parts: Parts) -> Answer {
    totals(&bus, CostAxis::Agent, &parts).await
}

async fn by_project(State(bus): State<Bus>, parts: Parts) -> Answer {
    totals(&bus, CostAxis::Project, &parts).await
}

async fn totals(bus: &Bus, axis: CostAxis, parts: &Parts) -> Answer {
    let Since { since } = query_of(&parts.uri)?;
    match bus.store.read(Query::Costs(axis, since)).await? {
        QueryAnswer::Costs(totals) => json(StatusCode::OK, &totals),
        _ => Err(wrong_answer().into()),
    }
}
