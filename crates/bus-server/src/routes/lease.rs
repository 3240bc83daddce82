//! `/agents/000/lease`: the singleton lease, as whoever bids, holds or waits sees it.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum::routing::get;
use go_bus_api::{Acquire, Epoch, Grant, HolderId, LeaseHeld, LeaseView, Millis, ProblemKind, Release};
use go_bus_store::{Action, Lease, Outcome, Reject};
use go_rules::mutation::{Mutation, is_on};
use http::StatusCode;
use http::request::Parts;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Write, query_of};
use crate::lease::mark;
use crate::openapi::Operation;
use crate::problems::Refusal;

pub(super) fn routes() -> Router<Bus> {
    Router::new()
        .route("/agents/000/lease", get(view).post(acquire).delete(release))
        .route("/agents/000/lease/wait", get(wait))
        .merge(super::lease_session::routes())
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/agents/000/lease", "get_lease", "Who holds the lease, and who waits for it.")
            .answers::<LeaseView>(StatusCode::OK, "As it is now."),
        Operation::post("/agents/000/lease", "acquire_lease", "Acquires the lease or renews it.")
            .takes::<Acquire>()
            .refuses(&[ProblemKind::LeaseHeld, ProblemKind::NotHolder])
            .answers::<Grant>(StatusCode::OK, "It was renewed.")
            .answers::<Grant>(StatusCode::CREATED, "It was granted under a new epoch."),
        Operation::delete("/agents/000/lease", "release_lease", "Releases the lease at once.")
            .takes::<Release>()
            .refuses(&[ProblemKind::NotHolder])
            .quietly(),
        Operation::get(
            "/agents/000/lease/wait",
            "await_lease",
            "Answers once the lease is free or under another epoch.",
        )
        .query::<Awaited>()
        .answers::<LeaseView>(StatusCode::OK, "As it is now, or as it still is after the longest wait."),
    ]
}

async fn view(State(bus): State<Bus>) -> Answer {
    let lease = bus.lease().await?;
    json(StatusCode::OK, &view_of(&bus, lease))
}

async fn acquire(State(bus): State<Bus>, Write(terms, body): Write<Acquire>) -> Answer {
    let (at, holder) = (terms.at, body.holder.clone());
    let receipt = match bus.commit(terms.command(Action::AcquireLease(body))).await {
        Ok(receipt) => receipt,
        Err(Reject::LeaseHeld { holder: other, lease }) => {
            bus.desk.see_standby(&holder, at, bus.now());
            return Err(held(&bus, other, *lease));
        }
        Err(reject) => return Err(reject.into()),
    };
    bus.desk.remove_standby(&holder);
    let lease = receipt.lease.ok_or_else(wrong_answer)?;
    if receipt.outcome == Outcome::Created {
        mark::note(&bus, lease.epoch);
    }
    let remaining_ms = bus.liveness.lease_remaining(&lease, bus.now());
    let acquired_at = lease.acquired_at.unwrap_or(at);
    let grant = Grant {
        holder,
        epoch: lease.epoch,
        ttl_ms: lease.ttl,
        remaining_ms,
        acquired_at,
        handoff: lease.handoff,
        session_grace_ms: bus.desk.least_grace().map(Millis::from),
    };
    json(if receipt.outcome == Outcome::Created { StatusCode::CREATED } else { StatusCode::OK }, &grant)
}

fn held(bus: &Bus, holder: HolderId, lease: Lease) -> Refusal {
    bus.liveness.see_lease(&lease, bus.now());
    let remaining_ms = bus.liveness.lease_remaining(&lease, bus.now());
    Refusal::lease_held(&LeaseHeld { holder, epoch: lease.epoch, remaining_ms, handoff: lease.handoff })
}

async fn release(State(bus): State<Bus>, Write(terms, body): Write<Release>) -> Answer {
    bus.commit(terms.command(Action::ReleaseLease(body))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What a standby waits for.
#[derive(Debug, Deserialize, JsonSchema)]
struct Awaited {
    /// The epoch whose end it waits for.
    epoch: u64,
    /// The standby itself.
    holder: Option<HolderId>,
}

/// Answers like `GET` as soon as the lease is free or under another epoch, or once the time is over.
async fn wait(State(bus): State<Bus>, parts: Parts) -> Answer {
    let awaited: Awaited = query_of(&parts.uri)?;
    let epoch = Epoch(awaited.epoch);
    let _listed = awaited.holder.map(|holder| Listed::new(bus.clone(), holder));
    let is_over = |lease: &Lease| lease.holder.is_none() || lease.epoch != epoch;
    // Subscribed before the row is read, so that no end falls in between.
    let mut moves = bus.liveness.watch_lease();
    if !is_over(&bus.lease().await?) {
        tokio::select! {
            _ = moves.wait_for(is_over), if !is_on(Mutation::WaitUnanswered) => {}
            () = bus.clock.sleep(bus.config.limits.wait) => {}
            () = bus.closing() => {}
        }
    }
    let lease = bus.lease().await?;
    json(StatusCode::OK, &view_of(&bus, lease))
}

fn view_of(bus: &Bus, lease: Lease) -> LeaseView {
    let now = bus.now();
    let (session, silence) = bus.desk.session(lease.epoch, now);
    LeaseView {
        session,
        silent_ms: silence.map(Millis::from),
        remaining_ms: bus.liveness.lease_remaining(&lease, now),
        holder: lease.holder,
        epoch: lease.epoch,
        ttl_ms: lease.ttl,
        acquired_at: lease.acquired_at,
        handoff: lease.handoff,
        url: lease.url,
        standbys: bus.desk.standbys(now),
    }
}

/// A standby whose request is held: listed until it is answered or gone.
struct Listed {
    bus: Bus,
    holder: HolderId,
}

impl Listed {
    fn new(bus: Bus, holder: HolderId) -> Self {
        bus.desk.hold_standby(&holder, bus.wall(), bus.now());
        Self { bus, holder }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.bus.desk.unhold_standby(&self.holder, self.bus.wall(), self.bus.now());
    }
}
