//! Receipts, resources and lists as answers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use go_bus_api::Revision;
use go_bus_store::{Document, EVENTS_BYTES, EventLine, Listing, Outcome, Receipt};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::problems::Refusal;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Refusal>;

/// `{}`: a thing was made that has no resource of its own.
#[derive(Serialize, schemars::JsonSchema)]
pub(crate) struct Nothing {}

/// A resource, with its `ETag`.
pub(crate) fn resource(status: StatusCode, document: &Document) -> Response {
    with_etag(raw_json(status, document.json.to_string()), document.revision)
}

/// What a write came to: the resource after it where there is one, else just the status.
pub(crate) fn written(receipt: &Receipt) -> Response {
    let created = receipt.outcome == Outcome::Created;
    match &receipt.document {
        Some(document) => resource(if created { StatusCode::CREATED } else { StatusCode::OK }, document),
        None if created => raw_json(StatusCode::CREATED, "{}".to_owned()),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A value as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "an answer can't be written as JSON");
        Refusal::new(go_bus_api::ProblemKind::Internal, "the answer can't be written as JSON")
    })?;
    Ok(raw_json(status, body))
}

/// A page of resources.
pub(crate) fn page(listing: &Listing) -> Response {
    list(listing.items.iter().map(|document| &*document.json), listing.next_cursor.as_deref())
}

/// A page of events; it ends with a cursor where it is full, by their number or by their length.
pub(crate) fn event_page(events: &[EventLine], limit: usize) -> Response {
    let bytes: usize = events.iter().map(|event| event.json.len()).sum();
    let is_full = events.len() >= limit || bytes >= EVENTS_BYTES;
    let next = events.last().filter(|_| is_full).map(|last| last.seq.to_string());
    list(events.iter().map(|event| &*event.json), next.as_deref())
}

/// `{"items": […], "next_cursor": …}` from items that are JSON already.
pub(crate) fn list<'a>(items: impl Iterator<Item = &'a str>, next_cursor: Option<&str>) -> Response {
    let mut body = String::from(r#"{"items":["#);
    for (index, item) in items.enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(item);
    }
    body.push_str(r#"],"next_cursor":"#);
    body.push_str(&serde_json::Value::from(next_cursor).to_string());
    body.push('}');
    raw_json(StatusCode::OK, body)
}

/// Text that is JSON already.
pub(crate) fn raw_json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
}

fn with_etag(mut response: Response, revision: Revision) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Nothing to say.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
