//! `GET /snapshot`: every resource in any state, a JSON line each, and the event after which that was.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use go_bus_store::{Document, Query, QueryAnswer};
use http::StatusCode;
use http::header;

use crate::answer::Answer;
use crate::bus::{Bus, wrong_answer};
use crate::openapi::Operation;
use crate::permits::Right;

/// A chunk ends once it is this long, in bytes.
const CHUNK: usize = 64 * 1024;

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
    let QueryAnswer::Snapshot(seq, documents) = bus.store.read(Query::Snapshot).await? else {
        return Err(wrong_answer().into());
    };
    let headers = [(header::CONTENT_TYPE.as_str(), "application/x-ndjson".to_owned()), ("event-seq", seq.to_string())];
    let chunks = stream::iter(chunks(documents.into_iter()).map(Ok::<_, Infallible>));
    Ok((headers, Body::from_stream(chunks)).into_response())
}

fn chunks(mut documents: impl Iterator<Item = Document>) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let mut chunk = String::new();
        while chunk.len() < CHUNK {
            let Some(document) = documents.next() else { break };
            line(&mut chunk, &document);
        }
        (!chunk.is_empty()).then(|| Bytes::from(chunk))
    })
}

fn line(out: &mut String, document: &Document) {
    for part in [r#"{"type":""#, document.kind.as_str(), r#"","resource":"#, &document.json, "}\n"] {
        out.push_str(part);
    }
}
