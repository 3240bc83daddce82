//! What reaches a human: sessions, alerts, questions, the digest.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, AlertId, Percent, ProjectId, QuestionId, Revision, SessionId, SprintId, TaskId, Text, Timestamp, Usd,
    UserId,
};

/// A human's session; each user with one has one IO (R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed; null while it is open.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// The user's IO, where one lives.
    pub io: Option<AgentId>,
    /// Its version.
    pub revision: Revision,
}

/// `POST /io/sessions`: logs in. A user with an open session keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewSession {
    /// Who.
    pub user: UserId,
}

/// How grave an alert is: L4 and L5 go to the human, the others to C0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the levels are named by the contract and have no other names")]
pub enum AlertLevel {
    L1,
    L2,
    L3,
    L4,
    L5,
}

/// Whether somebody took note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Nobody did yet.
    Open,
    /// Somebody did.
    Acknowledged,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// How grave it is.
    pub level: AlertLevel,
    /// One line.
    pub title: Text<512>,
    /// More of it.
    #[serde(default)]
    pub detail: Text<16384>,
    /// The project it is about.
    pub project: Option<ProjectId>,
    /// Whether somebody took note.
    pub state: AlertState,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// Who took note.
    pub acknowledged_by: Option<Text<128>>,
    /// An open alert with the same key is this one.
    #[serde(default)]
    pub dedupe_key: Option<Text<256>>,
    /// Its version.
    pub revision: Revision,
}

/// `POST /io/alerts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAlert {
    /// How grave it is.
    pub level: AlertLevel,
    /// One line.
    pub title: Text<512>,
    /// More of it.
    #[serde(default)]
    pub detail: Text<16384>,
    /// The project it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// An open alert with the same key is answered instead of a second one, and escalated where this level is higher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe_key: Option<Text<256>>,
}

/// Where a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Waits for an answer.
    Open,
    /// Was answered.
    Answered,
    /// Its deadline passed; the default holds.
    Expired,
}

/// A question to a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// The task that waits for it.
    pub task: Option<TaskId>,
    /// Who asks.
    pub agent: Option<AgentId>,
    /// The question.
    pub text: Text<16384>,
    /// Answers to choose from; any text where empty.
    #[serde(default)]
    pub options: Vec<Text<512>>,
    /// What holds where nobody answers.
    pub default: Option<Text<512>>,
    /// Until when an answer helps.
    pub deadline: Option<Timestamp>,
    /// Where it is.
    pub state: QuestionState,
    /// The answer.
    pub answer: Option<Text<16384>>,
    /// Its version.
    pub revision: Revision,
}

/// `POST /io/questions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewQuestion {
    /// The task that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The question.
    pub text: Text<16384>,
    /// Answers to choose from.
    #[serde(default)]
    pub options: Vec<Text<512>>,
    /// What holds where nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Text<512>>,
    /// Until when an answer helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// `POST /io/questions/{id}/answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The answer.
    pub answer: Text<16384>,
}

/// How far a project is. Counts are of tickets and improvements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectProgress {
    /// The project.
    pub id: ProjectId,
    /// Tasks done.
    pub done: u64,
    /// Tasks under way: in progress, in review or waiting.
    pub in_progress: u64,
    /// Tasks not begun, or to be gone over again.
    pub pending: u64,
    /// Tasks stuck or held.
    pub blocked: u64,
    /// Tasks failed.
    pub failed: u64,
    /// Done over all that are not cancelled.
    pub percent: Percent,
    /// What it has cost.
    pub cost_usd: Usd,
    /// When it will be done at this pace.
    pub eta: Option<Timestamp>,
}

/// `GET /io/digest`: the projects at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Digest {
    /// When it was made.
    pub generated_at: Timestamp,
    /// The sprint under way.
    pub sprint: Option<SprintId>,
    /// Each project.
    pub projects: Vec<ProjectProgress>,
    /// How many agents are at work on a task.
    pub agents: u64,
    /// How many alerts nobody took note of.
    pub alerts_open: u64,
}
