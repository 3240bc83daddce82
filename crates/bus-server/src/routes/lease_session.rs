//! `GET /agents/000/lease/session`: the holder's session, a stream with a tick every quarter of the grace.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use go_bus_api::{Epoch, HolderId, LeaseTick, Millis, ProblemKind};
use go_bus_store::{Actor, Lease, Reject};
use go_clock::Boottime;
use go_rules::lease::tick_period;
use http::request::Parts;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::watch;

use crate::answer::Answer;
use crate::bus::{Bus, Inner};
use crate::extract::{Caller, query_of};
use crate::lease::Opening;
use crate::openapi::Operation;
use crate::problems::Refusal;
use crate::sse;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/agents/000/lease/session", get(session))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/agents/000/lease/session", "open_session", "The holder's session (server-sent events).")
            .query::<Holder>()
            .refuses(&[ProblemKind::NotHolder, ProblemKind::StaleEpoch, ProblemKind::NotFound, ProblemKind::InProgress])
            .answers_as::<String>(StatusCode::OK, "text/event-stream", "A `tick` every quarter of the grace."),
    ]
}

/// Whose session it is.
#[derive(Debug, Deserialize, JsonSchema)]
struct Holder {
    /// The process instance that holds the lease.
    holder: HolderId,
    /// Its epoch.
    epoch: u64,
    /// The longest grace that it was told under this epoch, in ms; it is given no less.
    #[serde(default)]
    grace_ms: u64,
}

async fn session(State(bus): State<Bus>, Caller(actor): Caller, parts: Parts) -> Answer {
    let Holder { holder, epoch, grace_ms } = query_of(&parts.uri)?;
    let lease = bus.lease().await?;
    check(&lease, &actor, &holder, Epoch(epoch))?;
    if bus.desk.least_grace().is_none() {
        return Err(Refusal::new(ProblemKind::NotFound, "this Bus keeps no sessions: lease.session_grace is off"));
    }
    if parts.method == Method::HEAD {
        // A session that is opened and broken at once would end the lease.
        return Ok(sse::response(Body::empty()));
    }
    // One that would outlast the time to live is of no use.
    let told = Millis(grace_ms).duration().min(lease.ttl.duration());
    let Some(ticks) = Ticks::open(bus, lease.epoch, told) else {
        return Err(Refusal::new(ProblemKind::InProgress, "this lease may be ending just now; ask again"));
    };
    Ok(sse::response(ticks.into_body()))
}

fn check(lease: &Lease, actor: &Actor, holder: &HolderId, epoch: Epoch) -> Result<(), Refusal> {
    if lease.holder.is_some() && !Inner::owns(actor, lease) {
        return Err(Refusal::new(ProblemKind::NotHolder, "the lease belongs to the token that acquired it"));
    }
    if lease.holder.as_ref() != Some(holder) || lease.epoch != epoch {
        return Err(Reject::stale_epoch(epoch, lease.epoch).into());
    }
    Ok(())
}

/// An open session: it breaks when this is dropped, which is when its connection ends.
struct Ticks {
    bus: Bus,
    epoch: Epoch,
    grace: Duration,
    opened: Boottime,
    lease: watch::Receiver<Lease>,
    begun: bool,
}

impl Ticks {
    /// Opens it, unless the lease is being ended.
    fn open(bus: Bus, epoch: Epoch, told: Duration) -> Option<Self> {
        let opened = bus.now();
        let Opening::Open(grace) = bus.desk.open_session(epoch, told, opened) else { return None };
        let lease = bus.liveness.watch_lease();
        Some(Self { bus, epoch, grace, opened, lease, begun: false })
    }

    fn into_body(self) -> Body {
        Body::from_stream(stream::unfold(self, |mut ticks| async move {
            let tick = ticks.next().await?;
            Some((Ok::<_, Infallible>(frame(&tick)), ticks))
        }))
    }

    /// The next tick; `None` once the lease has moved on, or the Bus ends.
    async fn next(&mut self) -> Option<LeaseTick> {
        let pause = if self.begun { tick_period(self.grace) } else { Duration::ZERO };
        self.begun = true;
        let (epoch, lease) = (self.epoch, &mut self.lease);
        tokio::select! {
            biased;
            () = self.bus.closing() => return None,
            _ = lease.wait_for(|lease| lease.holder.is_none() || lease.epoch != epoch) => return None,
            () = self.bus.clock.sleep(pause) => {}
        }
        Some(self.tick())
    }

    /// A tick tells the grace, so that the holder knows how far to trust itself (half of it), and how long the stream has been
    /// open, so that it knows from when on: a tick may be long under way.
    fn tick(&self) -> LeaseTick {
        let elapsed = self.bus.now().since(self.opened);
        LeaseTick { epoch: self.epoch, grace_ms: Millis::from(self.grace), elapsed_ms: Millis::from(elapsed) }
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        self.bus.desk.close_session(self.epoch, self.bus.now());
    }
}

fn frame(tick: &LeaseTick) -> Bytes {
    let LeaseTick { epoch, grace_ms: Millis(grace), elapsed_ms: Millis(elapsed) } = tick;
    Bytes::from(format!("event: tick\ndata: {{\"epoch\":{epoch},\"grace_ms\":{grace},\"elapsed_ms\":{elapsed}}}\n\n"))
}
