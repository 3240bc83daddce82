//! Whom the operator acts as: the `actor` named in the body (contract, *Auth*). A spawn's `parent` is the store's to judge.

use go_bus_api::{AgentId, AgentState, ResourceKind, Role};
use go_bus_store::Actor;
use serde::Deserialize;

use crate::bus::Bus;
use crate::problems::Refusal;

/// Whether a body may have the field, told without reading it as JSON: a backslash may write any letter.
fn may_name_one(body: &[u8]) -> bool {
    const FIELD: &[u8] = br#""actor""#;
    body.contains(&b'\\') || body.windows(FIELD.len()).any(|bytes| bytes == FIELD)
}

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
    if caller != Actor::Operator || fenced || !may_name_one(body) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_can_t_name_an_actor_is_known_by_its_bytes() {
        for named in [r#"{"actor":"m0"}"#, r#"{"title":"x", "actor" : "m0"}"#, r#"{"\u0061ctor":"m0"}"#] {
            assert!(may_name_one(named.as_bytes()), "{named}");
        }
        for other in [r#"{"title":"the actor"}"#, "{}", "", r#"{"actors":1}"#] {
            assert!(!may_name_one(other.as_bytes()), "{other}");
        }
    }
}
