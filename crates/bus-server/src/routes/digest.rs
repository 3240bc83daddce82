//! `GET /io/digest`: the projects at a glance.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::Digest;
use go_bus_store::{Query, QueryAnswer};
use http::StatusCode;

use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/io/digest", get(digest))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/io/digest", "get_digest", "The projects at a glance.")
            .needs(&[Right::TasksRead, Right::CostsRead])
            .answers::<Digest>(StatusCode::OK, "As it is now."),
    ]
}

async fn digest(State(bus): State<Bus>) -> Answer {
    match bus.store.read(Query::Digest(bus.wall())).await? {
        QueryAnswer::Digest(digest) => json(StatusCode::OK, &digest),
        _ => Err(wrong_answer().into()),
    }
}
