//! `POST /audit`: an entry of somebody's own (R20). No path changes or removes one.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use go_bus_api::NewAuditEntry;
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::Write;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/audit", post(append))
}

async fn append(State(bus): State<Bus>, Write(terms, body): Write<NewAuditEntry>) -> Answer {
    super::write(&bus, terms, Action::AppendAudit(body)).await
}
