//! Sprints (R27, R28).

use serde::{Deserialize, Serialize};

use crate::{NewMessage, NewTask, Pace, Revision, SprintId, TaskId, Text, Timestamp};

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

/// A ticket that a sprint did not bring to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CarriedOver {
    /// The ticket.
    pub ticket: TaskId,
    /// Why it was not done.
    pub why: Text<512>,
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
    /// What its summary says, for programs.
    #[serde(default)]
    pub report: Option<serde_json::Value>,
    /// What it did not bring to its end.
    #[serde(default)]
    pub carried: Vec<CarriedOver>,
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

/// `POST /sprints/{id}/close`, GO's alone: the end of a sprint and what it brings, in one commit (R28). On a closed sprint it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CloseSprint {
    /// What came of it.
    #[serde(default)]
    pub summary: Text<65536>,
    /// Actual minutes over estimated ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// What the summary says, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
    /// What was not brought to its end.
    #[serde(default)]
    pub carried: Vec<CarriedOver>,
    /// The pushes that follow from it, one for each repo.
    #[serde(default)]
    pub pushes: Vec<NewTask>,
    /// Whom it is told.
    #[serde(default)]
    pub notices: Vec<NewMessage>,
}
