//! The order of the checks: 401, 403 and 412, 404, 422 (contract, *Auth*).
//!
//! The store keeps that order for what reaches it. A body that breaks a rule does not reach it, so before such a one is
//! answered with 422, what would have come first is looked at.

use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams};
use go_bus_api::{Epoch, ProblemKind, ResourceKind};
use go_bus_store::{Actor, Reject};
use http::request::Parts;

use super::caller;
use crate::bus::{Bus, Inner};
use crate::problems::Refusal;

/// What a request whose body was refused is answered.
pub(super) async fn refusal(bus: &Bus, parts: &mut Parts, epoch: Option<Epoch>, refused: Refusal) -> Refusal {
    if refused.kind() != Some(ProblemKind::Invalid) {
        return refused;
    }
    earlier(bus, parts, epoch).await.err().unwrap_or(refused)
}

async fn earlier(bus: &Bus, parts: &mut Parts, epoch: Option<Epoch>) -> Result<(), Refusal> {
    match epoch {
        Some(sent) => fence(bus, caller(parts)?, sent).await?,
        None if is_the_leader_s(parts) => {
            return Err(Refusal::new(ProblemKind::NotLeader, "only GO may do that, under its lease's epoch"));
        }
        None => {}
    }
    match subject(bus, parts).await {
        Some((kind, id)) => bus.one(kind, &id).await.map(drop),
        None => Ok(()),
    }
}

async fn fence(bus: &Bus, actor: Actor, sent: Epoch) -> Result<(), Refusal> {
    let lease = bus.lease().await?;
    if lease.holder.is_none() || lease.epoch != sent {
        return Err(Reject::stale_epoch(sent, lease.epoch).into());
    }
    if actor == Actor::Operator || Inner::owns(&actor, &lease) {
        return Ok(());
    }
    Err(Refusal::new(ProblemKind::NotLeader, format!("epoch {sent} belongs to another token")))
}

/// Whether only GO writes there, whatever the body says.
fn is_the_leader_s(parts: &Parts) -> bool {
    parts.extensions.get::<MatchedPath>().is_some_and(|path| path.as_str().starts_with("/sprints"))
}

/// The resource that the path names: `{id}` right below its collection.
async fn subject(bus: &Bus, parts: &mut Parts) -> Option<(ResourceKind, String)> {
    let path = parts.extensions.get::<MatchedPath>()?.as_str();
    let collection = path.split_once("/{id}")?.0.rsplit('/').next()?;
    let kind = ResourceKind::from_collection(collection)?;
    let params = RawPathParams::from_request_parts(parts, bus).await.ok()?;
    let id = params.iter().find(|(name, _)| *name == "id")?.1.to_owned();
    Some((kind, id))
}
