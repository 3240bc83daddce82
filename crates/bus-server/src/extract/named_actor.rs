//! Whom the operator acts as: the `actor` named in the body (contract, *Auth*). A spawn's `parent` is the store's to judge.

use go_bus_api::{AgentId, AgentState, ResourceKind, Role};
use go_bus_store::Actor;
use serde::Deserialize;

use crate::bus::Bus;
use crate::problems::Refusal;

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    actor: Option<AgentId>,
}

#[derive(Deserialize)]
struct Member {
    role: Role,
    state: AgentState,
}

/// The actor of a request with this body. Only the operator may name another than itself; `null` names nobody.
pub(super) async fn resolve(bus: &Bus, caller: Actor, fenced: bool, body: &[u8]) -> Result<Actor, Refusal> {
    if caller != Actor::Operator || fenced {
        return Ok(caller);
    }
    // A body that does not read is answered by whoever reads it whole.
    let Ok(Named { actor: Some(id) }) = serde_json::from_slice(body) else { return Ok(caller) };
    let nobody = || Refusal::field("/actor", format!("there is no agent {id}"));
    let found = bus.find(ResourceKind::Agent, id.as_str()).await?.ok_or_else(nobody)?;
    let Member { role, state } = serde_json::from_str(&found.json).map_err(|_| nobody())?;
    if state.is_ended() || state == AgentState::Lost {
        return Err(Refusal::field("/actor", format!("agent {id} is {}", state.as_str())));
    }
    Ok(Actor::Agent { id, role })
}
