//! `/events`, `/ready`: how a client follows the Bus.

use go_bus_api::{Event, NewEvent, Page, Seq};
use http::{HeaderName, HeaderValue};
use serde_json::json;

use super::BusClient;
use crate::call::Call;
use crate::query::with_query;
use crate::subscribe::{self, Away, Subscription};
use crate::{BusError, Frames};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl BusClient {
    /// `GET /events?after=&limit=`: one page, oldest first.
    pub async fn events(&self, after: Seq, limit: u32) -> Result<Page<Event>, BusError> {
        self.json(Call::get(format!("/events?after={after}&limit={limit}"))).await
    }

    /// The same of what is about one resource only, such as `lease` or `tasks/T-1`.
    pub async fn events_about(&self, subject: &str, after: Seq, limit: u32) -> Result<Page<Event>, BusError> {
        let query = json!({ "after": after, "limit": limit, "subject": subject });
        self.json(Call::get(with_query("/events", &query))).await
    }

    /// `POST /events`, for kinds outside the Bus's own.
    pub async fn post_event(&self, event: &NewEvent) -> Result<Event, BusError> {
        self.json(Call::create("/events", &self.key()).json(event)).await
    }

    /// `GET /events/stream`: every event after `after`, once and in order, for as long as anyone listens. It reconnects by
    /// itself; see [`crate::SubscribeError`] for what ends it.
    pub fn subscribe(&self, after: Seq) -> Subscription {
        self.subscribe_from(after, Away::default())
    }

    /// The same for a reader that may have said already that the Bus is away.
    pub(crate) fn subscribe_from(&self, after: Seq, away: Away) -> Subscription {
        subscribe::subscribe(self.clone(), after, away)
    }

    /// One connection of a subscription.
    pub(crate) async fn event_stream(&self, after: Seq) -> Result<Frames, BusError> {
        let call = Call::get("/events/stream").header(LAST_EVENT_ID, HeaderValue::from(after.0));
        self.open(&call).await
    }

    /// `GET /ready`: whether the Bus's storage answers.
    pub async fn ready(&self) -> Result<(), BusError> {
        self.done(Call::get("/ready")).await
    }
}
