//! `/io/alerts`: what somebody has to take note of.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{Alert, AlertId, NewAlert, ResourceKind};
use go_bus_store::Action;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::extract::{Bare, Filters, PathId, Write};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/alerts", get(list).post(raise)).route("/io/alerts/{id}/ack", post(acknowledge))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/io/alerts", "list_alerts", "Alerts, oldest first.")
            .lists::<Alert>(&["level", "state", "project"]),
        Operation::post(
            "/io/alerts",
            "raise_alert",
            "Raises an alert, or answers the open one with the same key, escalated where it is worse now.",
        )
        .needs(&[Right::AlertsRaise])
        .takes::<NewAlert>()
        .shows::<Alert>()
        .creates::<Alert>(),
        Operation::post("/io/alerts/{id}/ack", "acknowledge_alert", "Takes note of an alert.")
            .needs(&[Right::AlertsAck])
            .of::<AlertId>()
            .shows::<Alert>(),
    ]
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
