//! The event stream as a `Stream` that reconnects, and neither loses nor repeats an event.

mod cursor;
mod error;
mod session;

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt, stream};
use go_bus_api::{Event, Seq};

pub use error::SubscribeError;
pub(crate) use session::Away;
use session::Session;

use crate::BusClient;

/// Every event after a cursor, once and in order. Ends after its first error.
///
/// *Guarantees*: sequence numbers grow by one from item to item; only whole events are yielded. A break, silence or a strange
/// frame leads to a new connection with backoff, from the last event yielded; a gap is filled by `GET /events`.
/// *Crash semantics*: none of its own; subscribe again after the last event that was dealt with.
pub struct Subscription {
    events: Pin<Box<dyn Stream<Item = Result<Event, SubscribeError>> + Send>>,
}

impl Stream for Subscription {
    type Item = Result<Event, SubscribeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_next_unpin(context)
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

/// Subscribes to everything after `after`. The first connection is made when the stream is first polled.
pub(crate) fn subscribe(client: BusClient, after: Seq, away: Away) -> Subscription {
    let session = Session::new(client, after, away);
    let events = stream::unfold(Some(session), |session| async {
        let mut session = session?;
        match session.next().await {
            Ok(event) => Some((Ok(event), Some(session))),
            Err(error) => Some((Err(error), None)),
        }
    });
    Subscription { events: Box::pin(events) }
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests;
