//! `/agents/000/handoff`: what the leader leaves to its successor (R3, R4).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{Handoff, ProblemKind};
use go_bus_store::{Action, Query, QueryAnswer};
use http::StatusCode;
use serde_json::Value;

use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::WriteValue;
use crate::openapi::Operation;
use crate::problems::Refusal;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/agents/000/handoff", get(read).put(put))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/agents/000/handoff", "get_handoff", "What the last leader left.")
            .refuses(&[ProblemKind::NotFound])
            .answers::<Handoff>(StatusCode::OK, "As it is now."),
        Operation::put("/agents/000/handoff", "put_handoff", "Leaves a handoff, under the lease's epoch.")
            .takes::<Value>()
            .answers::<Handoff>(StatusCode::OK, "It is kept."),
    ]
}

async fn read(State(bus): State<Bus>) -> Answer {
    match bus.store.read(Query::Handoff).await? {
        QueryAnswer::Handoff(Some(handoff)) => json(StatusCode::OK, &handoff),
        QueryAnswer::Handoff(None) => Err(Refusal::new(ProblemKind::NotFound, "no handoff was written yet")),
        _ => Err(wrong_answer().into()),
    }
}

async fn put(State(bus): State<Bus>, WriteValue(terms, document): WriteValue) -> Answer {
    bus.commit(terms.command(Action::PutHandoff(document))).await?;
    read(State(bus)).await
}
