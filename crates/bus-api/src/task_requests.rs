//! The request bodies of `/tasks`.

use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use crate::schema::NOT_BLANK;
use crate::{
    AgentId, Attempt, Category, Deliverable, HostId, Landing, Millis, Model, Percent, Priority, ProjectId, Remedy,
    Role, SprintId, TaskId, TaskKind, TaskState, Text,
};

fn three() -> u32 {
    3
}

/// `POST /tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewTask {
    /// The id to take (a ticket's); made by the Bus where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TaskId>,
    /// The project it belongs to.
    pub project: ProjectId,
    /// One line; white space alone is none.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = NOT_BLANK)))]
    pub title: Text<512>,
    /// What is to be done.
    #[serde(default)]
    pub description: Text<65536>,
    /// What kind of work it is to the Bus.
    #[serde(default)]
    pub kind: TaskKind,
    /// The ticket's own kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Its priority.
    #[serde(default)]
    pub priority: Priority,
    /// Only `pending` (the default), or for GO `done`, `held` or `cancelled`: what plan.yaml has of a ticket, on an empty Bus.
    #[serde(default)]
    pub state: TaskState,
    /// How many judged failures it may have.
    #[serde(default = "three")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub max_attempts: u32,
    /// How long a person thinks it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_minutes: Option<u32>,
    /// Tasks that have to be done first.
    #[serde(default)]
    pub depends_on: Vec<TaskId>,
    /// Words to batch and find it by.
    #[serde(default)]
    pub labels: Vec<Text<64>>,
    /// The model it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The role that should build it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The host it has to run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostId>,
    /// What its host or agent has to be able to do.
    #[serde(default)]
    pub capabilities: Vec<Text<64>>,
    /// The command of the shell driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text<16384>>,
    /// Commands that all exit 0 when it is well done.
    #[serde(default)]
    pub verify: Vec<Text<4096>>,
    /// The command of a shell reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Text<4096>>,
    /// The sprint it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sprint: Option<SprintId>,
    /// How long an attempt may show no progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<Millis>,
    /// How long an attempt may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<Millis>,
}

impl NewTask {
    /// A pending ticket with nothing but what it must have.
    pub fn ticket(project: ProjectId, title: Text<512>) -> Self {
        Self {
            id: None,
            project,
            title,
            description: Text::default(),
            kind: TaskKind::Ticket,
            category: None,
            priority: Priority::default(),
            state: TaskState::Pending,
            max_attempts: three(),
            estimate_minutes: None,
            depends_on: Vec::new(),
            labels: Vec::new(),
            model: None,
            role: None,
            host: None,
            capabilities: Vec::new(),
            run: None,
            verify: Vec::new(),
            review: None,
            sprint: None,
            idle_ms: None,
            deadline_ms: None,
        }
    }
}

/// `PATCH /tasks/{id}`: absent fields stay. `state` takes only the steps that the contract names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskPatch {
    /// One line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = NOT_BLANK)))]
    pub title: Option<Text<512>>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<65536>>,
    /// Its priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The ticket's own kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Words to batch and find it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<Text<64>>>,
    /// The model it asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Tasks that have to be done first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<TaskId>>,
    /// The host it has to run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostId>,
    /// The command of the shell driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Text<16384>>,
    /// Commands that all exit 0 when it is well done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Vec<Text<4096>>>,
    /// The command of a shell reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Text<4096>>,
    /// How many judged failures it may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub max_attempts: Option<u32>,
    /// How long a person thinks it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_minutes: Option<u32>,
    /// How long an attempt may show no progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<Millis>,
    /// How long an attempt may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<Millis>,
    /// The sprint it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sprint: Option<SprintId>,
    /// A step of the operator's, GO's, the assignee's or the builder's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TaskState>,
}

/// `POST /tasks/{id}/assign`: the start signal (R7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assign {
    /// Who answers for it from now on.
    pub agent: AgentId,
}

/// `POST /tasks/{id}/progress`: restarts the idle clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportProgress {
    /// The attempt it is about.
    pub attempt: Attempt,
    /// What is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<2048>>,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
}

/// `POST /tasks/{id}/complete`, by the assignee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Complete {
    /// The attempt it is about.
    pub attempt: Attempt,
    /// What was done, for people and for the plan's `result`.
    pub summary: Text<16384>,
    /// What is handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliverable: Option<Deliverable>,
    /// What has to land before the task is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
    /// The commit that a landing came to; only of a push that lands something, and always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Text<64>>,
}

impl Complete {
    /// A completion that hands nothing over.
    pub fn of(attempt: Attempt, summary: Text<16384>) -> Self {
        Self { attempt, summary, deliverable: None, landing: None, landed: None }
    }
}

/// `POST /tasks/{id}/fail`, by the assignee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fail {
    /// The attempt it is about.
    pub attempt: Attempt,
    /// What went wrong.
    pub error: Text<16384>,
    /// Whether another attempt may help; where there is a remedy, that rules.
    pub retryable: bool,
    /// What to do about it, where a driver or a shim told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
}

/// A reviewer's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The deliverable is good: the task is done.
    Approve,
    /// The builder has to go over it again.
    RequestChanges,
}

/// `POST /tasks/{id}/review`, to the delivered task, by a fresh reviewer (R24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Review {
    /// The judgement.
    pub verdict: Verdict,
    /// Why; goes to the builder's next attempt.
    #[serde(default)]
    pub notes: Text<16384>,
}
