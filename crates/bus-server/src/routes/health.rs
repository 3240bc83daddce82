//! `/health` and `/ready`: whether the process lives, and whether its storage answers.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_store::Query;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Answer, json};
use crate::bus::Bus;
use crate::openapi::Operation;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/health", get(health)).route("/ready", get(ready))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/health", "get_health", "Whether the process lives.")
            .open()
            .answers::<Status>(StatusCode::OK, "It does."),
        Operation::get("/ready", "get_readiness", "Whether the storage answers.")
            .open()
            .answers::<Status>(StatusCode::OK, "It does."),
    ]
}

/// How the Bus is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "status")]
enum Status {
    /// The process lives.
    Alive,
    /// The storage answers.
    Ready,
}

async fn health() -> Answer {
    json(StatusCode::OK, &Status::Alive)
}

async fn ready(State(bus): State<Bus>) -> Answer {
    bus.store.read(Query::LastSeq).await?;
    json(StatusCode::OK, &Status::Ready)
}
