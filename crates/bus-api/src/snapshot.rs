//! The snapshot: every resource in any state, one JSON line each.

use serde::{Deserialize, Serialize};

use crate::{Account, Agent, Alert, Host, Project, Question, Session, Sprint, Task};

/// The kinds of resource that have a life of their own, and so events and a place in the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A host.
    Host,
    /// A project.
    Project,
    /// A human's session.
    Session,
    /// A provider's account.
    Account,
    /// An agent.
    Agent,
    /// A task.
    Task,
    /// A sprint.
    Sprint,
    /// An alert.
    Alert,
    /// A question.
    Question,
    /// A message.
    Message,
}

impl ResourceKind {
    /// Every kind, in the order of the snapshot: what is referred to comes before what refers to it.
    pub const ALL: [Self; 10] = [
        Self::Host,
        Self::Project,
        Self::Session,
        Self::Account,
        Self::Agent,
        Self::Sprint,
        Self::Task,
        Self::Alert,
        Self::Question,
        Self::Message,
    ];

    /// The kind as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Project => "project",
            Self::Session => "session",
            Self::Account => "account",
            Self::Agent => "agent",
            Self::Task => "task",
            Self::Sprint => "sprint",
            Self::Alert => "alert",
            Self::Question => "question",
            Self::Message => "message",
        }
    }

    /// The collection in paths and in an event's subject: `tasks` in `tasks/T-1`.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Host => "hosts",
            Self::Project => "projects",
            Self::Session => "sessions",
            Self::Account => "accounts",
            Self::Agent => "agents",
            Self::Task => "tasks",
            Self::Sprint => "sprints",
            Self::Alert => "alerts",
            Self::Question => "questions",
            Self::Message => "messages",
        }
    }

    /// The kind whose collection this is.
    pub fn from_collection(collection: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.collection() == collection)
    }
}

/// One line of `GET /snapshot`: `{"type": "task", "resource": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", content = "resource", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a line is read, applied and dropped; boxing would buy nothing")]
pub enum Resource {
    /// A host.
    Host(Host),
    /// A project.
    Project(Project),
    /// A human's session.
    Session(Session),
    /// A provider's account.
    Account(Account),
    /// An agent.
    Agent(Agent),
    /// A task.
    Task(Task),
    /// A sprint.
    Sprint(Sprint),
    /// An alert.
    Alert(Alert),
    /// A question.
    Question(Question),
    /// A message.
    Message(crate::Message),
}
