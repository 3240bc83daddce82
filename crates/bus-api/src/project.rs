//! Projects and priorities.

use serde::{Deserialize, Serialize};

use crate::{DriverKind, ProjectId, Revision, Text, Timestamp, Usd, Weight};

/// How much something matters: `p0` first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before anything else.
    P0,
    /// Soon.
    P1,
    /// As it comes.
    #[default]
    P2,
    /// When nothing else is ready.
    P3,
}

impl Priority {
    /// The priority as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P0 => "p0",
            Self::P1 => "p1",
            Self::P2 => "p2",
            Self::P3 => "p3",
        }
    }
}

/// Whether a project is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProjectState {
    /// Has a PO; its tickets are worked on.
    #[default]
    Active,
    /// Nothing new starts.
    Paused,
    /// Over.
    Done,
}

impl ProjectState {
    /// The state as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// What people call it.
    pub name: Text<256>,
    /// Whether it is worked on.
    pub state: ProjectState,
    /// Its priority among projects.
    pub priority: Priority,
    /// Its share of capacity among projects of its priority.
    pub weight: Weight,
    /// The folder its work happens in.
    pub repo: Option<Text<4096>>,
    /// What runs its agents.
    pub driver: Option<DriverKind>,
    /// What it may cost.
    pub budget_usd: Option<Usd>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its version.
    pub revision: Revision,
}

/// `POST /projects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewProject {
    /// Its id.
    pub id: ProjectId,
    /// What people call it; its id where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<256>>,
    /// Whether it is worked on.
    #[serde(default)]
    pub state: ProjectState,
    /// Its priority among projects.
    #[serde(default)]
    pub priority: Priority,
    /// Its share of capacity.
    #[serde(default)]
    pub weight: Weight,
    /// The folder its work happens in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<Text<4096>>,
    /// What runs its agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverKind>,
    /// What it may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<Usd>,
}

/// `PATCH /projects/{id}`: absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectPatch {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<256>>,
    /// Whether it is worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ProjectState>,
    /// Its priority among projects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Its share of capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// The folder its work happens in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<Text<4096>>,
    /// What runs its agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverKind>,
    /// What it may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<Usd>,
}
