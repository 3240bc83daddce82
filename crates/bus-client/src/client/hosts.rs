//! `/hosts`.

use go_bus_api::{CollisionReport, Host, HostHeartbeat, HostId, HostPatch, ListQuery, NewHost, Page};

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

impl BusClient {
    /// `POST /hosts`.
    pub async fn create_host(&self, host: &NewHost) -> Result<Host, BusError> {
        self.json(Call::create("/hosts", &self.key()).json(host)).await
    }

    /// `GET /hosts/{id}`.
    pub async fn host(&self, id: &HostId) -> Result<Host, BusError> {
        self.json(Call::get(format!("/hosts/{id}"))).await
    }

    /// `GET /hosts`: one page.
    pub async fn hosts(&self, query: &ListQuery) -> Result<Page<Host>, BusError> {
        self.json(Call::get(with_query("/hosts", query))).await
    }

    /// `PATCH /hosts/{id}`: not repeated after an unknown outcome.
    pub async fn patch_host(&self, id: &HostId, patch: &HostPatch) -> Result<Host, BusError> {
        self.json(Call::patch(format!("/hosts/{id}")).json(patch)).await
    }

    /// `POST /hosts/{id}/heartbeat`, by its launcher: holds the host's lease.
    pub async fn heartbeat_host(&self, id: &HostId, heartbeat: &HostHeartbeat) -> Result<Host, BusError> {
        self.json(Call::post_idempotent(format!("/hosts/{id}/heartbeat")).json(heartbeat)).await
    }

    /// `POST /hosts/{id}/collisions`, by its launcher: whose work can't be merged with whose. A repeat changes nothing.
    pub async fn report_collisions(&self, id: &HostId, report: &CollisionReport) -> Result<Host, BusError> {
        self.json(Call::post_idempotent(format!("/hosts/{id}/collisions")).json(report)).await
    }
}
