//! Sprints (R27, R28).

use serde::{Deserialize, Serialize};

use crate::{Pace, Revision, SprintId, TaskId, Text, Timestamp};

/// Whether a sprint is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SprintState {
    /// Under way.
    Open,
    /// Over.
    Closed,
}

/// A window of focused work on a bounded batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sprint {
    /// Its id.
    pub id: SprintId,
    /// Whether it is under way.
    pub state: SprintState,
    /// Its batch.
    pub tickets: Vec<TaskId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When its window ends.
    pub ends_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// What came of it.
    pub summary: Option<Text<65536>>,
    /// Actual minutes over estimated ones; null without estimates.
    pub pace: Option<Pace>,
    /// Its version.
    pub revision: Revision,
}

/// `POST /sprints`, GO's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewSprint {
    /// The id to take; made by the Bus where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SprintId>,
    /// Its batch.
    #[serde(default)]
    pub tickets: Vec<TaskId>,
    /// When its window ends.
    pub ends_at: Timestamp,
}

/// `POST /sprints/{id}/close`, GO's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CloseSprint {
    /// What came of it.
    #[serde(default)]
    pub summary: Text<65536>,
    /// Actual minutes over estimated ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
}
