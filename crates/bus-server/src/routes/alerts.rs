//! `/io/alerts`: what somebody has to take note of.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{AlertId, NewAlert, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Bare, Filters, PathId, Write};

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/alerts", get(list).post(raise)).route("/io/alerts/{id}/ack", post(acknowledge))
}

async fn list(State(bus): State<Bus>, filters: Filters) -> Answer {
    super::list(&bus, ResourceKind::Alert, filters).await
}

async fn raise(State(bus): State<Bus>, Write(terms, body): Write<NewAlert>) -> Answer {
    super::write(&bus, terms, Action::RaiseAlert(body)).await
}

async fn acknowledge(State(bus): State<Bus>, PathId(alert): PathId<AlertId>, Bare(terms): Bare) -> Answer {
    super::write(&bus, terms, Action::AcknowledgeAlert(alert)).await
}
