//! `/events`, `/snapshot`, `/ready`: how a client follows the Bus.

use std::time::Duration;

use go_bus_api::{Event, NewEvent, Page, Resource, Seq};
use http::{HeaderName, HeaderValue};

use super::BusClient;
use crate::call::Call;
use crate::subscribe::{self, Subscription};
use crate::{BusError, Frames, Response};

const EVENT_SEQ: HeaderName = HeaderName::from_static("event-seq");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A snapshot has every resource in it.
const SNAPSHOT: Duration = Duration::from_secs(60);

impl BusClient {
    /// `GET /events?after=&limit=`: one page, oldest first.
    pub async fn events(&self, after: Seq, limit: u32) -> Result<Page<Event>, BusError> {
        self.json(Call::get(format!("/events?after={after}&limit={limit}"))).await
    }

    /// `POST /events`, for kinds outside the Bus's own.
    pub async fn post_event(&self, event: &NewEvent) -> Result<Event, BusError> {
        self.json(Call::create("/events", &self.key()).json(event)).await
    }

    /// `GET /events/stream`: every event after `after`, once and in order, for as long as anyone listens. It reconnects by
    /// itself; see [`crate::SubscribeError`] for what ends it.
    pub fn subscribe(&self, after: Seq) -> Subscription {
        subscribe::subscribe(self.clone(), after)
    }

    /// One connection of a subscription.
    pub(crate) async fn event_stream(&self, after: Seq) -> Result<Frames, BusError> {
        let call = Call::get("/events/stream").header(LAST_EVENT_ID, HeaderValue::from(after.0));
        self.open(&call).await
    }

    /// `GET /snapshot`: every resource, and the event after which it was taken.
    pub async fn snapshot(&self) -> Result<(Seq, Vec<Resource>), BusError> {
        read_snapshot(&self.exchange(Call::get("/snapshot").within(SNAPSHOT)).await?)
    }

    /// `GET /ready`: whether the Bus's storage answers.
    pub async fn ready(&self) -> Result<(), BusError> {
        self.done(Call::get("/ready")).await
    }
}

fn read_snapshot(response: &Response) -> Result<(Seq, Vec<Resource>), BusError> {
    let garbage = |detail: String| BusError::Garbage { status: response.status.as_u16(), detail };
    let header = response.headers.get(EVENT_SEQ).and_then(|value| value.to_str().ok());
    let seq = header.and_then(|text| text.parse().ok()).map(Seq);
    let seq = seq.ok_or_else(|| garbage("a snapshot without its Event-Seq".to_owned()))?;
    let lines = response.body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let mut resources = Vec::new();
    for line in lines {
        match serde_json::from_slice(line) {
            Ok(resource) => resources.push(resource),
            // A resource of a kind that this client doesn't know is not its concern.
            Err(_) if is_unknown_kind(line) => {}
            Err(error) => return Err(garbage(format!("line {} of the snapshot: {error}", resources.len() + 1))),
        }
    }
    Ok((seq, resources))
}

fn is_unknown_kind(line: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Tagged {
        #[serde(rename = "type")]
        kind: String,
    }
    let known = |kind: &str| go_bus_api::ResourceKind::ALL.iter().any(|known| known.as_str() == kind);
    serde_json::from_slice::<Tagged>(line).is_ok_and(|tagged| !known(&tagged.kind))
}
