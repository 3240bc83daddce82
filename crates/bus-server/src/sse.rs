//! Server-sent events: frames, and the stream of the event log.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use go_bus_api::{ProblemKind, Seq};
use go_bus_store::{EventFilter, EventLine, StoreError};
use go_clock::Sleep;
use http::header;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::bus::Bus;
use crate::problems::Refusal;

/// Events read from the store at once; long ones are fewer ([`EVENTS_BYTES`](go_bus_store::EVENTS_BYTES)), so that this bounds
/// what a slow client keeps in memory.
const BATCH: usize = 128;

/// A chunk ends once it is this long, in bytes.
const CHUNK: usize = 128 * 1024;

/// A comment: it says that the stream lives.
pub(crate) const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// A stream of frames as an answer.
pub(crate) fn response(body: Body) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

/// One reader's way through the event log.
///
/// Nothing is queued for it: it holds a cursor, and reads on when its client has taken what it was sent. So a slow client
/// costs one batch, and never holds the Bus up.
pub(crate) struct Reader {
    bus: Bus,
    cursor: Seq,
    filter: EventFilter,
    wake: watch::Receiver<Seq>,
    read: VecDeque<EventLine>,
    /// The next comment is due. It and the end are waited for across many events: a timer for each would cost more than it.
    comment_due: Sleep,
    closing: Sleep,
    /// Given back when the stream ends, however it ends.
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// A reader of what comes after `cursor` and passes `filter`. Fails where events that old are no longer kept,
    /// and where there are as many streams as there may be.
    pub(crate) async fn open(bus: Bus, cursor: Seq, filter: EventFilter) -> Result<Self, Refusal> {
        let full = |_| Refusal::new(ProblemKind::TooMany, "there are as many event streams as there may be");
        let place = Arc::clone(&bus.streams).try_acquire_owned().map_err(full)?;
        let wake = bus.store.wake();
        let comment_due = bus.clock.sleep(bus.config.limits.keep_alive);
        let closing = bus.closing_signal();
        let read = VecDeque::new();
        let mut reader = Self { bus, cursor, filter, wake, read, comment_due, closing, _place: place };
        reader.fetch().await?;
        Ok(reader)
    }

    /// The frames, for as long as the Bus serves.
    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(stream::unfold(self, |mut reader| async move {
            let chunk = reader.next_chunk().await?;
            Some((Ok::<_, std::convert::Infallible>(chunk), reader))
        }))
    }

    /// The next frames, or a comment where one is due; `None` ends the stream.
    async fn next_chunk(&mut self) -> Option<Bytes> {
        loop {
            if let Some(chunk) = self.take_chunk() {
                return Some(chunk);
            }
            if let Err(error) = self.fetch().await {
                // The client comes again with its cursor, and is told then.
                tracing::warn!(%error, "an event stream ends");
                return None;
            }
            if !self.read.is_empty() {
                continue;
            }
            tokio::select! {
                () = &mut self.closing => return None,
                () = &mut self.comment_due => {
                    self.comment_due = self.bus.clock.sleep(self.bus.config.limits.keep_alive);
                    return Some(KEEP_ALIVE);
                }
                moved = self.wake.changed() => moved.ok()?,
            }
        }
    }

    /// Reads on from the cursor.
    async fn fetch(&mut self) -> Result<(), StoreError> {
        // What the store shows by now is what this read sees at least: where it finds nothing, the cursor may move there.
        let seen = *self.wake.borrow_and_update();
        let events = self.bus.store.events(self.cursor, BATCH, &self.filter).await?;
        match events.last() {
            Some(last) => self.cursor = last.seq,
            None => self.cursor = self.cursor.max(seen),
        }
        self.read.extend(events);
        Ok(())
    }

    fn take_chunk(&mut self) -> Option<Bytes> {
        let mut chunk = String::new();
        while chunk.len() < CHUNK {
            let Some(event) = self.read.pop_front() else { break };
            frame(&mut chunk, &event.seq.to_string(), event.kind.as_str(), &event.json);
        }
        (!chunk.is_empty()).then(|| Bytes::from(chunk))
    }
}

/// Adds a frame. JSON as it is stored has no line breaks, so its data is one line.
fn frame(out: &mut String, id: &str, kind: &str, json: &Arc<str>) {
    // Writing to a String can't fail.
    let _ = write!(out, "id: {id}\nevent: {kind}\ndata: {json}\n\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_its_place_its_kind_and_the_event() {
        let mut out = String::new();
        frame(&mut out, "7", "task.created", &Arc::from(r#"{"seq":7}"#));
        assert_eq!(out, "id: 7\nevent: task.created\ndata: {\"seq\":7}\n\n");
    }
}
