//! Projects and priorities.

use std::collections::BTreeMap;

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

/// How finished work reaches the project's repo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deliver {
    /// It is merged into the branch that work lands on.
    #[default]
    Merge,
    /// It becomes a branch of its own, with the text of a pull request; people merge it.
    Branch,
    /// Not at all: it stays in its working folder.
    None,
}

impl Deliver {
    /// The word as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Branch => "branch",
            Self::None => "none",
        }
    }

    /// Whether work lands, so that a ticket is done only once it has.
    pub fn lands(self) -> bool {
        self != Self::None
    }
}

/// The working folders of a project's tickets: a worktree of its repo for each, and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Workplace {
    /// How finished work reaches the repo.
    #[serde(default)]
    pub deliver: Deliver,
    /// The branch that work begins from and lands on; the one that is checked out in the repo where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onto: Option<Text<256>>,
    /// Untracked files of the repo's folder that each working folder gets, such as `.env`; globs are fine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy: Vec<Text<4096>>,
    /// Commands that are run in a new working folder before its agent begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Text<4096>>,
    /// Variables of the agent's environment, and of the commands'.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<Text<128>, Text<4096>>,
    /// Commands that are run in it before it is removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teardown: Vec<Text<4096>>,
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
    /// The working folders of its tickets; absent where agents work in the repo's own folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workplace: Option<Workplace>,
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
    /// The working folders of its tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workplace: Option<Workplace>,
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
    /// The working folders of its tickets, all that is said of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workplace: Option<Workplace>,
}
