//! `/agents/000/lease` and the handoff (R2–R4).

use std::time::Duration;

use go_bus_api::{Acquire, Epoch, Grant, Handoff, HolderId, LeaseView, Release};
use serde_json::{Value, json};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

const LEASE: &str = "/agents/000/lease";
const HANDOFF: &str = "/agents/000/handoff";

/// The Bus answers a wait after 30 s at the latest.
const WAIT: Duration = Duration::from_secs(35);

impl BusClient {
    /// `POST /agents/000/lease`: acquires or renews. A repeat with the same holder renews, so a lost answer costs nothing; it
    /// carries no idempotency key, since a kept answer would tell of a time to live that has been running since.
    pub async fn acquire_lease(&self, bid: &Acquire) -> Result<Grant, BusError> {
        self.json(Call::post_idempotent(LEASE).json(bid)).await
    }

    /// The same, over within `timeout`: no renewal may outlast the trust that is left.
    pub async fn acquire_lease_within(&self, bid: &Acquire, timeout: Duration) -> Result<Grant, BusError> {
        self.json(Call::post_idempotent(LEASE).json(bid).within(timeout)).await
    }

    /// `DELETE /agents/000/lease`: releases at once. A repeat after a lost answer is refused as stale.
    pub async fn release_lease(&self, release: &Release) -> Result<(), BusError> {
        self.done(Call::delete(LEASE).json(release)).await
    }

    /// `GET /agents/000/lease`.
    pub async fn lease(&self) -> Result<LeaseView, BusError> {
        self.json(Call::get(LEASE)).await
    }

    /// `GET /agents/000/lease/wait`: answers as soon as the lease is free or its epoch is not `epoch`, or after 30 s.
    pub async fn wait_lease(&self, epoch: Epoch) -> Result<LeaseView, BusError> {
        self.json(Call::get(format!("{LEASE}/wait?epoch={epoch}")).within(WAIT)).await
    }

    /// The same as a standby, which the Bus lists for as long as it waits (R3).
    pub async fn wait_lease_as(&self, holder: &HolderId, epoch: Epoch) -> Result<LeaseView, BusError> {
        let target = with_query(&format!("{LEASE}/wait"), &json!({ "epoch": epoch, "holder": holder }));
        self.json(Call::get(target).within(WAIT)).await
    }

    /// `PUT /agents/000/handoff`: needs a fenced client.
    pub async fn put_handoff(&self, document: &Value) -> Result<Handoff, BusError> {
        self.json(Call::put(HANDOFF).json(document)).await
    }

    /// `GET /agents/000/handoff`; `None` before the first.
    pub async fn handoff(&self) -> Result<Option<Handoff>, BusError> {
        match self.json(Call::get(HANDOFF)).await {
            Err(error) if error.is(go_bus_api::ProblemKind::NotFound) => Ok(None),
            other => other.map(Some),
        }
    }
}
