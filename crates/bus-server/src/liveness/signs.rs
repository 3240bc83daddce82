//! The few fields of an agent or a host that tell whether it lives.

use go_bus_api::{AgentId, AgentState, BootId, HostId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// An agent, as far as liveness goes.
#[derive(Debug, Deserialize)]
pub(super) struct AgentSign {
    /// Which.
    pub(super) id: AgentId,
    /// When it was last heard of.
    pub(super) last_heartbeat: Option<Timestamp>,
    state: AgentState,
}

/// A host, as far as liveness goes.
#[derive(Debug, Deserialize)]
pub(super) struct HostSign {
    /// Which.
    pub(super) id: HostId,
    /// When its launcher was last heard of.
    pub(super) last_heartbeat: Option<Timestamp>,
    #[serde(default)]
    boot_id: Option<BootId>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

impl AgentSign {
    /// From a resource.
    pub(super) fn read(json: &str) -> Option<Self> {
        parse(json)
    }

    /// From an event's data.
    pub(super) fn of_event(json: &str) -> Option<Self> {
        parse::<Envelope<Self>>(json).map(|event| event.data)
    }

    /// Whether its silence means something: its process runs, and the fixed correspondents have begun to heartbeat.
    pub(super) fn is_watched(&self) -> bool {
        let fixed = [AgentId::go(), AgentId::m0(), AgentId::c0()].contains(&self.id);
        self.state.is_running() && !(fixed && self.last_heartbeat.is_none())
    }
}

impl HostSign {
    /// Whether its lease runs: it names a boot until that lease has ended, though its launcher may be gone before.
    pub(super) fn is_watched(&self) -> bool {
        self.boot_id.is_some()
    }

    /// From a resource.
    pub(super) fn read(json: &str) -> Option<Self> {
        parse(json)
    }

    /// From an event's data.
    pub(super) fn of_event(json: &str) -> Option<Self> {
        parse::<Envelope<Self>>(json).map(|event| event.data)
    }
}

fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).inspect_err(|error| tracing::warn!(%error, "a row has no readable sign of life")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(id: &str, state: &str, heartbeat: Option<&str>) -> bool {
        let json = serde_json::json!({"id": id, "state": state, "last_heartbeat": heartbeat});
        AgentSign::read(&json.to_string()).unwrap().is_watched()
    }

    const BEAT: Option<&str> = Some("2026-03-21T08:15:30.250Z");

    #[test]
    fn only_a_running_agent_can_be_silent() {
        for state in ["starting", "ready", "busy"] {
            assert!(watched("a-1", state, None), "{state}");
        }
        for state in ["requested", "draining", "terminated", "lost"] {
            assert!(!watched("a-1", state, BEAT), "{state}");
        }
    }

    #[test]
    fn the_fixed_three_are_left_alone_before_their_first_heartbeat() {
        for id in ["000", "m0", "c0"] {
            assert!(!watched(id, "ready", None) && watched(id, "ready", BEAT), "{id}");
        }
    }
}
