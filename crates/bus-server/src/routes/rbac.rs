//! `/rbac`: who may do what, and the question whether somebody may (R19).

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use go_bus_api::{RbacAnswer, RbacQuestion, ResourceKind, RoleBinding};
use go_bus_store::{Action, Query, QueryAnswer};
use go_rules::rbac;
use http::StatusCode;
use serde::Deserialize;

use crate::answer::{Answer, json};
use crate::bus::{Bus, wrong_answer};
use crate::denials::note;
use crate::extract::{Write, WriteList};
use crate::openapi::Operation;
use crate::permits::Right;
use crate::problems::Refusal;

pub(super) fn routes() -> Router<Bus> {
    Router::new().route("/rbac/roles", get(roles).put(put_roles)).route("/rbac/check", post(check))
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/rbac/roles", "list_roles", "The roles and what they may do.")
            .answers::<Vec<RoleBinding>>(StatusCode::OK, "All of them."),
        Operation::put("/rbac/roles", "put_roles", "Replaces all roles.")
            .takes::<Vec<RoleBinding>>()
            .needs(&[Right::RbacWrite])
            .answers::<Vec<RoleBinding>>(StatusCode::OK, "As they are now."),
        Operation::post("/rbac/check", "check_permission", "Whether somebody may do something.")
            .takes::<RbacQuestion>()
            .answers::<RbacAnswer>(StatusCode::OK, "Whether it would go through, and why."),
    ]
}

async fn roles(State(bus): State<Bus>) -> Answer {
    json(StatusCode::OK, &present(&bus).await?)
}

async fn present(bus: &Bus) -> Result<Vec<RoleBinding>, Refusal> {
    match bus.store.read(Query::Roles).await? {
        QueryAnswer::Roles(roles) => Ok(roles),
        _ => Err(wrong_answer().into()),
    }
}

async fn put_roles(State(bus): State<Bus>, WriteList(terms, roles): WriteList<RoleBinding>) -> Answer {
    let receipt = bus.commit(terms.command(Action::PutRoles(roles.clone()))).await?;
    bus.roles.see(receipt.seq, roles);
    json(StatusCode::OK, &present(&bus).await?)
}

async fn check(State(bus): State<Bus>, Write(_, question): Write<RbacQuestion>) -> Answer {
    let action: rbac::Action =
        question.action.as_str().parse().map_err(|detail: String| Refusal::field("/action", detail))?;
    let roles = present(&bus).await?;
    let role = role_of(&bus, &roles, question.subject.as_str()).await?;
    let resource = question.resource.as_str();
    let answer = rbac::decide(&roles, &role, action, resource).answer(bus.config.rbac, &role, action, resource);
    if answer.would_block {
        note(&bus, question, &answer).await;
    }
    json(StatusCode::OK, &answer)
}

#[derive(Deserialize)]
struct Member {
    role: go_bus_api::Role,
}

/// The role that a subject has: itself where it is one, else the agent's.
async fn role_of(bus: &Bus, roles: &[RoleBinding], subject: &str) -> Result<String, Refusal> {
    if roles.iter().any(|role| role.name.as_str() == subject) {
        return Ok(subject.to_owned());
    }
    let nobody = || Refusal::field("/subject", format!("there is no agent and no role {subject}"));
    let agent = bus.find(ResourceKind::Agent, subject).await?.ok_or_else(nobody)?;
    let Member { role } = serde_json::from_str(&agent.json).map_err(|_| nobody())?;
    Ok(role.as_str().to_owned())
}
