//! `GET /metrics`: what a Prometheus server collects.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http::{StatusCode, header};

use crate::answer::Answer;
use crate::bus::Bus;
use crate::metrics;
use crate::openapi::Operation;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/metrics", get(page))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/metrics", "get_metrics", "The Bus's metrics, as Prometheus reads them.").answers_as::<String>(
            StatusCode::OK,
            metrics::CONTENT_TYPE,
            "Metrics as text (OpenMetrics 1.0).",
        ),
    ]
}

async fn page(State(bus): State<Bus>) -> Answer {
    let text = metrics::render(&bus).await?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
