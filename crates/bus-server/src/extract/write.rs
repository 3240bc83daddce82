//! Writes: the terms they are made on, and their body.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use go_bus_api::{Epoch, Revision, Timestamp};
use go_bus_store::{Action, Actor, Command, IdempotencyKey};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{body, caller, digest, headers, named_actor, order};
use crate::bus::Bus;
use crate::problems::Refusal;

/// Everything of a [`Command`] but its action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Who asks.
    pub(crate) actor: Actor,
    /// Under which epoch.
    pub(crate) epoch: Option<Epoch>,
    /// When the Bus took the request.
    pub(crate) at: Timestamp,
    key: Option<IdempotencyKey>,
    if_match: Option<Revision>,
}

impl Terms {
    /// The command to do `action` on these terms.
    pub(crate) fn command(self, action: Action) -> Command {
        let Self { actor, epoch, at, key, if_match } = self;
        Command { actor, epoch, at, key, if_match, action }
    }
}

/// A write with a JSON object as its body.
pub(crate) struct Write<T>(pub(crate) Terms, pub(crate) T);

/// A write whose body may be left out, as all of its fields may.
pub(crate) struct WriteOr<T>(pub(crate) Terms, pub(crate) T);

/// A write without a body.
pub(crate) struct Bare(pub(crate) Terms);

impl<T: DeserializeOwned + Send> FromRequest<Bus> for Write<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, bus: &Bus) -> Result<Self, Refusal> {
        let (terms, body) = read(request, bus, body::object).await?;
        Ok(Self(terms, body))
    }
}

impl<T: DeserializeOwned + Default + Send> FromRequest<Bus> for WriteOr<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, bus: &Bus) -> Result<Self, Refusal> {
        let or_default =
            |bytes: &[u8]| if bytes.trim_ascii().is_empty() { Ok(T::default()) } else { body::object(bytes) };
        let (terms, body) = read(request, bus, or_default).await?;
        Ok(Self(terms, body))
    }
}

impl FromRequest<Bus> for Bare {
    type Rejection = Refusal;

    async fn from_request(request: Request, bus: &Bus) -> Result<Self, Refusal> {
        let (terms, ()) = read(request, bus, |_| Ok(())).await?;
        Ok(Self(terms))
    }
}

/// A write whose body is a JSON array.
pub(crate) struct WriteList<T>(pub(crate) Terms, pub(crate) Vec<T>);

impl<T: DeserializeOwned + Send> FromRequest<Bus> for WriteList<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, bus: &Bus) -> Result<Self, Refusal> {
        let (terms, list) = read(request, bus, body::value).await?;
        Ok(Self(terms, list))
    }
}

/// A write whose body is any JSON value.
pub(crate) struct WriteValue(pub(crate) Terms, pub(crate) serde_json::Value);

impl FromRequest<Bus> for WriteValue {
    type Rejection = Refusal;

    async fn from_request(request: Request, bus: &Bus) -> Result<Self, Refusal> {
        let (terms, value) = read(request, bus, body::value).await?;
        Ok(Self(terms, value))
    }
}

async fn read<T>(
    request: Request,
    bus: &Bus,
    parse: impl FnOnce(&[u8]) -> Result<T, Refusal>,
) -> Result<(Terms, T), Refusal> {
    let (mut parts, stream) = request.into_parts();
    let limits = &bus.config.limits;
    let late = bus.clock.sleep(limits.body_time);
    let bytes = body::read_in_time(&parts.headers, stream, limits.body, late).await?;
    let terms = terms(bus, &parts, &bytes)?;
    let value = match parse(&bytes) {
        Ok(value) => value,
        Err(refused) => return Err(order::refusal(bus, &mut parts, terms.epoch, refused).await),
    };
    let actor = named_actor::resolve(bus, terms.actor, terms.epoch.is_some(), &bytes).await?;
    Ok((Terms { actor, ..terms }, value))
}

fn terms(bus: &Bus, parts: &Parts, body: &Bytes) -> Result<Terms, Refusal> {
    let key = headers::idempotency_key(&parts.headers)?
        .map(|key| IdempotencyKey { key: key.to_owned(), digest: digest::of(parts, body) });
    Ok(Terms {
        actor: caller(parts)?,
        epoch: headers::lease_epoch(&parts.headers)?,
        at: bus.wall(),
        key,
        if_match: headers::if_match(&parts.headers)?,
    })
}
