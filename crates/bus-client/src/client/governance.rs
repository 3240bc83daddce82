//! Costs, roles and the audit log (R18–R21).

use std::time::Duration;

use go_bus_api::{
    AuditEntry, AuditQuery, AuditVerification, CostTotals, NewAuditEntry, NewCost, Page, RbacAnswer, RbacQuestion,
    RoleBinding, Timestamp,
};
use serde_json::json;

use super::BusClient;
use crate::BusError;
use crate::call::Call;
use crate::query::with_query;

/// A million entries take some seconds.
const VERIFY: Duration = Duration::from_secs(120);

impl BusClient {
    /// `POST /costs`: what an agent spent.
    pub async fn record_cost(&self, cost: &NewCost) -> Result<(), BusError> {
        self.done(Call::create("/costs", &self.key()).json(cost)).await
    }

    /// `POST /costs` under a key of its own: sent again, in another process too, it counts once.
    pub async fn record_cost_once(&self, key: &str, cost: &NewCost) -> Result<(), BusError> {
        self.done(Call::create("/costs", key).json(cost)).await
    }

    /// `GET /costs/by-agent`: what each agent has spent, from `since` on or ever.
    pub async fn costs_by_agent(&self, since: Option<Timestamp>) -> Result<CostTotals, BusError> {
        self.json(Call::get(with_query("/costs/by-agent", &json!({ "since": since })))).await
    }

    /// `GET /costs/by-project`: what was spent on each project, from `since` on or ever.
    pub async fn costs_by_project(&self, since: Option<Timestamp>) -> Result<CostTotals, BusError> {
        self.json(Call::get(with_query("/costs/by-project", &json!({ "since": since })))).await
    }

    /// `GET /rbac/roles`.
    pub async fn roles(&self) -> Result<Vec<RoleBinding>, BusError> {
        self.json(Call::get("/rbac/roles")).await
    }

    /// `PUT /rbac/roles`: replaces them; answers them as they are then.
    pub async fn put_roles(&self, roles: &[RoleBinding]) -> Result<Vec<RoleBinding>, BusError> {
        self.json(Call::put("/rbac/roles").json(&roles)).await
    }

    /// `POST /rbac/check`: whether somebody may. It may be repeated: the Bus notes the same denial once an hour at most.
    pub async fn check_permission(&self, question: &RbacQuestion) -> Result<RbacAnswer, BusError> {
        self.json(Call::post_idempotent("/rbac/check").json(question)).await
    }

    /// `POST /audit`: adds an entry.
    pub async fn append_audit(&self, entry: &NewAuditEntry) -> Result<(), BusError> {
        self.done(Call::create("/audit", &self.key()).json(entry)).await
    }

    /// `GET /audit`: one page, oldest first.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditEntry>, BusError> {
        self.json(Call::get(with_query("/audit", query))).await
    }

    /// `GET /audit/verify`: whether the hash chain holds. The Bus walks all of it, which takes time with its length.
    pub async fn verify_audit(&self) -> Result<AuditVerification, BusError> {
        self.json(Call::get("/audit/verify").within(VERIFY)).await
    }
}
