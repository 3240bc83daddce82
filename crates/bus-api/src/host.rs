//! Hosts: machines that run agents, and the lease by which the Bus knows that one lives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AgentId, BootId, HostId, Revision, Slots, Text, Timestamp};

/// Whether a host takes work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HostState {
    /// Has an HO and takes work.
    #[default]
    Active,
    /// Not used.
    Inactive,
    /// Finishes what it has, takes nothing new.
    Draining,
}

impl HostState {
    /// The state as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Draining => "draining",
        }
    }
}

/// A host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Host {
    /// Its id.
    pub id: HostId,
    /// Whether it takes work.
    pub state: HostState,
    /// Its places for working agents: a hard cap.
    pub slots: Slots,
    /// What is known of it.
    #[serde(default)]
    pub labels: BTreeMap<Text<64>, Text<256>>,
    /// When its launcher was last heard of.
    pub last_heartbeat: Option<Timestamp>,
    /// The launcher that holds its lease; null where none does.
    #[serde(default)]
    pub launcher: Option<AgentId>,
    /// The boot of the machine that the launcher last named.
    #[serde(default)]
    pub boot_id: Option<BootId>,
    /// Its version.
    pub revision: Revision,
}

/// `POST /hosts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewHost {
    /// Its id.
    pub id: HostId,
    /// Whether it takes work.
    #[serde(default)]
    pub state: HostState,
    /// Its places for working agents.
    pub slots: Slots,
    /// What is known of it.
    #[serde(default)]
    pub labels: BTreeMap<Text<64>, Text<256>>,
}

/// `PATCH /hosts/{id}`: absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostPatch {
    /// Whether it takes work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<HostState>,
    /// Its places for working agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Slots>,
    /// What is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<Text<64>, Text<256>>>,
}

/// `POST /hosts/{id}/heartbeat`, by its launcher: holds the host's lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostHeartbeat {
    /// The machine's boot: a new one proves that what ran before has ended.
    pub boot_id: BootId,
    /// The launcher's agent id.
    pub launcher: AgentId,
}
