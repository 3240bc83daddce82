//! The paths of the contract: one module a group, each with the routes it serves.

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
mod projects;
mod prompt;
mod questions;
mod registration;
mod sessions;
mod snapshot;
mod sprints;
mod tasks;
mod tokens;

use axum::Router;
use axum::middleware::from_fn_with_state;
use go_bus_api::ResourceKind;
use go_bus_store::{Action, Query, QueryAnswer};
use tower_http::catch_panic::CatchPanicLayer;

use crate::answer::{self, Answer};
use crate::auth;
use crate::bus::{Bus, wrong_answer};
use crate::extract::{Filters, Terms};
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
    ];
    groups
        .into_iter()
        .fold(Router::new(), Router::merge)
        .fallback(problems::not_found)
        .method_not_allowed_fallback(problems::method_not_allowed)
        .layer(from_fn_with_state(bus.clone(), auth::authenticate))
        .layer(CatchPanicLayer::custom(problems::panicked))
        .with_state(bus)
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
