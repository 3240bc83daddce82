//! `/audit`: the log of what was done, which is added to and never changed (R20). No path changes or removes an entry.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use go_bus_api::{AuditEntry, AuditQuery, AuditVerification, NewAuditEntry, Page};
use go_bus_store::{Action, Query, QueryAnswer};
use http::StatusCode;
use http::request::Parts;

use crate::answer::{self, Answer, Nothing, json};
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Write, limit, query_of};
use crate::openapi::Operation;
use crate::permits::Right;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/audit", get(list).post(append)).route("/audit/verify", get(verify))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/audit", "list_audit_entries", "Audit entries, oldest first.")
            .needs(&[Right::AuditRead])
            .query::<AuditQuery>()
            .answers::<Page<AuditEntry>>(StatusCode::OK, "A page."),
        Operation::post("/audit", "append_audit_entry", "Adds an entry to the audit log.")
            .needs(&[Right::AuditWrite])
            .takes::<NewAuditEntry>()
            .answers::<Nothing>(StatusCode::CREATED, "It is recorded."),
        Operation::get("/audit/verify", "verify_audit_log", "Whether the audit log's hash chain holds.")
            .needs(&[Right::AuditRead])
            .answers::<AuditVerification>(StatusCode::OK, "What the walk along it came to."),
    ]
}

async fn list(State(bus): State<Bus>, parts: Parts) -> Answer {
    let mut query: AuditQuery = query_of(&parts.uri)?;
    query.limit = Some(limit(query.limit)?);
    match bus.store.read(Query::Audit(query)).await? {
        QueryAnswer::Audit(entries, next) => Ok(answer::list(entries.iter().map(|entry| &**entry), next.as_deref())),
        _ => Err(wrong_answer().into()),
    }
}

async fn append(State(bus): State<Bus>, Write(terms, body): Write<NewAuditEntry>) -> Answer {
    super::write(&bus, terms, Action::AppendAudit(body)).await
}

async fn verify(State(bus): State<Bus>) -> Answer {
    match bus.store.read(Query::AuditVerification).await? {
        QueryAnswer::AuditVerification(verification) => json(StatusCode::OK, &verification),
        _ => Err(wrong_answer().into()),
    }
}
