//! `GET /snapshot`: every resource in any state, a JSON line each, and the event after which that was.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use go_bus_store::{Document, StoreError};
use http::StatusCode;
use http::header;

use crate::answer::Answer;
use crate::bus::Bus;
use crate::openapi::Operation;
use crate::permits::Right;

/// How long a client may take over all of it: the store keeps that moment for it. A body that ends early is cut, never whole.
const WHOLE: Duration = Duration::from_secs(60);

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/snapshot", get(snapshot))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get(
            "/snapshot",
            "get_snapshot",
            "Every resource in any state, from one moment: that of `Event-Seq`.",
        )
        .needs(&[Right::AgentsRead, Right::TasksRead])
        .answers_as::<String>(StatusCode::OK, "application/x-ndjson", "A line `{type, resource}` for each."),
    ]
}

async fn snapshot(State(bus): State<Bus>) -> Answer {
    let until = bus.now() + WHOLE;
    let snapshot = bus.store.snapshot().await?;
    let seq = snapshot.seq().to_string();
    let headers = [(header::CONTENT_TYPE.as_str(), "application/x-ndjson".to_owned()), ("event-seq", seq)];
    let chunks = stream::unfold(Some(snapshot), move |snapshot| {
        let late = bus.now() >= until;
        async move {
            let mut snapshot = snapshot?;
            match snapshot.next().await? {
                Ok(page) if !late => Some((Ok(chunk(&page)), Some(snapshot))),
                Ok(_) => Some((Err(StoreError::Engine("the snapshot was not taken in time".to_owned())), None)),
                Err(error) => Some((Err(error), None)),
            }
        }
    });
    Ok((headers, Body::from_stream(chunks)).into_response())
}

fn chunk(page: &[Document]) -> Bytes {
    let mut chunk = String::new();
    page.iter().for_each(|document| line(&mut chunk, document));
    Bytes::from(chunk)
}

fn line(out: &mut String, document: &Document) {
    for part in [r#"{"type":""#, document.kind.as_str(), r#"","resource":"#, &document.json, "}\n"] {
        out.push_str(part);
    }
}
