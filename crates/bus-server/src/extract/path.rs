//! The id in a path.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use go_bus_api::ProblemKind;
use http::request::Parts;

use crate::bus::Bus;
use crate::problems::Refusal;

/// The `{id}` of the path. A text that can't be an id names nothing: 404.
pub(crate) struct PathId<T>(pub(crate) T);

impl<T: FromStr> FromRequestParts<Bus> for PathId<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, bus: &Bus) -> Result<Self, Refusal> {
        let nothing = || Refusal::new(ProblemKind::NotFound, "no id can be written like the one in this path");
        let params = RawPathParams::from_request_parts(parts, bus).await.map_err(|_| nothing())?;
        let id = params.iter().find(|(name, _)| *name == "id").and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(nothing)
    }
}
