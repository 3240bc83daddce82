//! `/health` and `/ready`: whether the process lives, and whether its storage answers.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_store::Query;
use http::StatusCode;

use crate::answer::{Answer, raw_json};
use crate::bus::Bus;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/health", get(health)).route("/ready", get(ready))
}

async fn health() -> Answer {
    Ok(raw_json(StatusCode::OK, r#"{"status":"alive"}"#.to_owned()))
}

async fn ready(State(bus): State<Bus>) -> Answer {
    bus.store.read(Query::LastSeq).await?;
    Ok(raw_json(StatusCode::OK, r#"{"status":"ready"}"#.to_owned()))
}
