//! `GET /openapi.json`: what this Bus takes and answers, for programs.

use axum::Router;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::{StatusCode, header};
use serde_json::Value;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::openapi::{self, Operation};

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/openapi.json", get(document))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/openapi.json", "describe_api", "This document.")
            .answers::<Value>(StatusCode::OK, "An OpenAPI 3.1 document."),
    ]
}

async fn document() -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json")], openapi::text()).into_response())
}
