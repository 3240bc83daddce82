//! Server-sent events: from an answer's bytes to its frames, for any transport.

use bytes::Bytes;
use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::{Frame, Frames, TransportError};

/// Whether an answer with this head is an event stream.
pub fn is_event_stream(status: StatusCode, headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    status == StatusCode::OK && kind.to_ascii_lowercase().starts_with("text/event-stream")
}

/// The events in `bytes`. One that is cut short is never dispatched: eventsource-stream waits for its blank line.
pub fn frames(bytes: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static) -> Frames {
    let events = bytes.boxed().eventsource();
    Box::pin(events.map(|event| match event {
        Ok(event) => Ok(Frame { event: event.event, data: event.data }),
        Err(EventStreamError::Transport(error)) => Err(error),
        Err(error) => Err(TransportError::Broken(error.to_string())),
    }))
}
