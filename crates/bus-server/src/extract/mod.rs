//! Requests as values: who asks, on which terms, about what, with which body.

mod body;
mod digest;
mod headers;
mod named_actor;
mod order;
mod path;
mod query;
mod whole_numbers;
mod write;

pub(crate) use body::read_in_time;
pub(crate) use headers::single as single_header;
pub(crate) use path::PathId;
pub(crate) use query::{Filters, limit, query_of};
pub(crate) use write::{Bare, Terms, Write, WriteList, WriteOr, WriteValue};

use axum::extract::FromRequestParts;
use go_bus_api::ProblemKind;
use go_bus_store::Actor;
use http::request::Parts;

use crate::bus::Bus;
use crate::problems::Refusal;

/// Who asks, as `auth` found out.
pub(crate) struct Caller(pub(crate) Actor);

impl FromRequestParts<Bus> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Bus) -> Result<Self, Refusal> {
        caller(parts).map(Self)
    }
}

fn caller(parts: &Parts) -> Result<Actor, Refusal> {
    // `auth` runs before every route; a route that it did not see must not pass for anybody's.
    let actor = parts.extensions.get::<Actor>().cloned();
    actor.ok_or_else(|| Refusal::new(ProblemKind::Unauthorized, "send `Authorization: Bearer <token>`"))
}
