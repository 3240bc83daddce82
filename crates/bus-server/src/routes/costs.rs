//! `POST /costs`: what an agent spent (R21).

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use go_bus_api::NewCost;
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::Write;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/costs", post(record))
}

async fn record(State(bus): State<Bus>, Write(terms, body): Write<NewCost>) -> Answer {
    super::write(&bus, terms, Action::RecordCost(body)).await
}
