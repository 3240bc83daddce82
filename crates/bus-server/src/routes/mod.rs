//! The paths of the contract: one module a group, each with the routes it serves.

mod accounts;
mod agents;
mod alerts;
mod audit;
mod costs;
mod digest;
mod events;
mod handoff;
mod health;
mod hosts;
mod lease;
mod lease_session;
mod messages;
mod metrics;
mod openapi;
mod projects;
mod prompt;
mod questions;
mod rbac;
mod registration;
mod sessions;
mod snapshot;
mod sprints;
mod tasks;
mod tokens;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use go_bus_api::ResourceKind;
use go_bus_store::{Action, Query, QueryAnswer};
use tower_http::catch_panic::CatchPanicLayer;

use crate::answer::{self, Answer};
use crate::auth;
use crate::bus::{Bus, wrong_answer};
use crate::deadline;
use crate::extract::{Filters, Terms};
use crate::mcp;
use crate::openapi::Operation;
use crate::problems;

/// The whole of the Bus as a service.
pub(crate) fn app(bus: Bus) -> Router {
    let groups = [
        health::routes(),
        lease::routes(),
        handoff::routes(),
        agents::routes(),
        tokens::routes(),
        prompt::routes(),
        tasks::routes(),
        hosts::routes(),
        projects::routes(),
        accounts::routes(),
        sessions::routes(),
        messages::routes(),
        snapshot::routes(),
        events::routes(),
        digest::routes(),
        sprints::routes(),
        alerts::routes(),
        questions::routes(),
        costs::routes(),
        audit::routes(),
        rbac::routes(),
        metrics::routes(),
        openapi::routes(),
    ];
    let rest = groups.into_iter().fold(Router::new(), Router::merge);
    let authenticated = from_fn_with_state(bus.clone(), auth::authenticate);
    let of_tools = rest.clone().fallback(problems::not_found).layer(authenticated.clone()).with_state(bus.clone());
    rest.merge(mcp::routes(of_tools))
        .fallback(problems::not_found)
        .method_not_allowed_fallback(problems::method_not_allowed)
        .layer(authenticated)
        .layer(from_fn_with_state(bus.clone(), deadline::bound))
        .layer(CatchPanicLayer::custom(problems::panicked))
        .layer(from_fn_with_state(bus.clone(), count))
        .with_state(bus)
}

/// Counts every answer by its status.
async fn count(State(bus): State<Bus>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    bus.metrics.answered(response.status());
    response
}

/// What the routes do, as they describe it themselves.
pub(crate) fn operations() -> Vec<Operation> {
    let groups = [
        health::operations(),
        lease::operations(),
        lease_session::operations(),
        handoff::operations(),
        agents::operations(),
        tokens::operations(),
        prompt::operations(),
        tasks::operations(),
        hosts::operations(),
        projects::operations(),
        accounts::operations(),
        sessions::operations(),
        messages::operations(),
        snapshot::operations(),
        events::operations(),
        digest::operations(),
        sprints::operations(),
        alerts::operations(),
        questions::operations(),
        costs::operations(),
        audit::operations(),
        rbac::operations(),
        metrics::operations(),
        openapi::operations(),
    ];
    groups.into_iter().flatten().collect()
}

/// Does `action` on `terms`, and answers with the resource after it.
async fn write(bus: &Bus, terms: Terms, action: Action) -> Answer {
    let receipt = bus.commit(terms.command(action)).await?;
    Ok(answer::written(&receipt))
}

/// Does `action` on `terms`, and answers 204.
async fn write_quietly(bus: &Bus, terms: Terms, action: Action) -> Answer {
    bus.commit(terms.command(action)).await?;
    Ok(answer::no_content())
}

/// One resource.
async fn one(bus: &Bus, kind: ResourceKind, id: &str) -> Answer {
    Ok(answer::resource(http::StatusCode::OK, &bus.one(kind, id).await?))
}

/// A page of resources.
async fn list(bus: &Bus, kind: ResourceKind, Filters(query): Filters) -> Answer {
    page_of(bus, Query::List(kind, query)).await
}

async fn page_of(bus: &Bus, query: Query) -> Answer {
    match bus.store.read(query).await? {
        QueryAnswer::List(listing) => Ok(answer::page(&listing)),
        _ => Err(wrong_answer().into()),
    }
}
