//! Somebody with the operator's token who follows every event, and now and then tries what is forbidden.
//!
//! As a subscriber it tells the judge each event that it is handed. As an offender it shows that the Bus itself refuses what no GO, PO
//! or shim of ours would ask for: that rule would otherwise only be seen to hold where somebody has a mistake.

mod offences;
mod world;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use go_bus_api::{HostId, HostState, NewHost, Slots};
use go_bus_client::{BusClient, Request, Transport};
use go_clock::Clock;
use http::{HeaderMap, HeaderValue, header};

use crate::judge::What;
use offences::Attempt;
use world::Known;

/// How much time lies between two attempts.
const EVERY: Duration = Duration::from_millis(700);

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long to wait before following anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes what the onlooker sees.
pub(crate) type Tell = Arc<dyn Fn(What) + Send + Sync>;

/// The onlooker.
pub(crate) struct Onlooker {
    /// With the operator's token.
    pub(crate) client: BusClient,
    /// The way to the Bus.
    pub(crate) transport: Arc<dyn Transport>,
    /// Its clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Who hears of it.
    pub(crate) tell: Tell,
}

impl Onlooker {
    /// Looks on for as long as it is polled.
    pub(crate) async fn look_on(self) {
        self.set_a_trap().await;
        let mut turn = 0;
        loop {
            self.follow(&mut turn).await;
            self.clock.sleep(PAUSE).await;
        }
    }

    /// A host that is not used and has no slots: whoever is spawned there is one too many.
    async fn set_a_trap(&self) {
        let (Ok(id), Ok(slots)) = (HostId::new("h0"), Slots::new(0)) else { return };
        let host = NewHost { id, state: HostState::Inactive, slots, labels: Default::default() };
        if let Err(error) = self.client.create_host(&host).await {
            tracing::debug!(%error, "the trap is not set, or stands already");
        }
    }

    /// Follows the events from a snapshot on, until the subscription ends.
    async fn follow(&self, turn: &mut usize) {
        let (Ok((seq, world)), Ok(lease)) = (self.client.snapshot().await, self.client.lease().await) else { return };
        let mut known = Known::new(world, lease.epoch, lease.holder.is_some());
        (self.tell)(What::Following { after: seq });
        let mut events = self.client.subscribe(seq);
        let mut timer = self.clock.sleep(EVERY);
        loop {
            tokio::select! {
                biased;
                event = events.next() => match event {
                    Some(Ok(event)) => {
                        (self.tell)(What::Handed { seq: event.seq });
                        known.take(&event);
                    }
                    _ => return,
                },
                () = &mut timer => {
                    self.offend(&known, turn).await;
                    timer = self.clock.sleep(EVERY);
                }
            }
        }
    }

    /// Tries the next thing that is forbidden just now.
    async fn offend(&self, known: &Known, turn: &mut usize) {
        let attempts = offences::possible(known);
        *turn = turn.wrapping_add(1);
        let Some(attempt) = attempts.get(turn.checked_rem(attempts.len()).unwrap_or(0)) else { return };
        let request = self.request(attempt);
        if let Ok(response) = self.transport.send(request).await {
            (self.tell)(What::Tried { offence: attempt.offence, status: response.status.as_u16() });
        }
    }

    fn request(&self, attempt: &Attempt) -> Request {
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::try_from(format!("Bearer {}", self.client.token().reveal()));
        headers.extend(bearer.ok().map(|bearer| (header::AUTHORIZATION, bearer)));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let epoch = attempt.epoch.map(|epoch| HeaderValue::from(epoch.0));
        headers.extend(epoch.map(|epoch| (http::HeaderName::from_static("lease-epoch"), epoch)));
        let body = Bytes::from(attempt.body.to_string());
        Request { method: attempt.method.clone(), target: attempt.target.clone(), headers, body, timeout: PATIENCE }
    }
}
