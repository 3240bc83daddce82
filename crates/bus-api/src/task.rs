//! Tasks: what there is to do, and the steps a task may take.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, Attempt, Collision, HostId, Landed, Landing, Millis, Percent, Priority, ProjectId, Revision, Role,
    SprintId, TaskId, Text, Timestamp,
};

/// What kind of work a task is to the Bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// A ticket of plan.yaml, or one added by hand.
    #[default]
    Ticket,
    /// The review of a delivered task (R24).
    Review,
    /// The full integration test (R25).
    IntegrationTest,
    /// Work that GO makes when there is none (R29).
    Improvement,
    /// A push of a repo, by its host's HO (R28).
    Push,
    /// Host work that GO never does itself (R1), or work for M0 (R9).
    Delegation,
    /// A key's rotation (R18).
    Rotation,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Ticket,
        Self::Review,
        Self::IntegrationTest,
        Self::Improvement,
        Self::Push,
        Self::Delegation,
        Self::Rotation,
    ];

    /// The kind as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Review => "review",
            Self::IntegrationTest => "integration_test",
            Self::Improvement => "improvement",
            Self::Push => "push",
            Self::Delegation => "delegation",
            Self::Rotation => "rotation",
        }
    }
}

/// The ticket's own kind, as plan.yaml has it: `feature`, `chore`, or a word of the project's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Category {
    /// A new feature: significant.
    Feature,
    /// A change of configuration: significant.
    ConfigChange,
    /// An update of the blueprint: significant.
    BpUpdate,
    /// Housekeeping.
    Chore,
    /// Pulling facts out of text.
    Extraction,
    /// Sorting things into kinds.
    Classification,
    /// Deciding where things go.
    Routing,
    /// Any other word; not significant.
    Other(String),
}

impl Category {
    /// Whether a deliverable of this kind is reviewed by a fresh agent (R24).
    pub fn is_significant(&self) -> bool {
        matches!(self, Self::Feature | Self::ConfigChange | Self::BpUpdate)
    }

    /// The category as plan.yaml has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Feature => "feature",
            Self::ConfigChange => "config_change",
            Self::BpUpdate => "bp_update",
            Self::Chore => "chore",
            Self::Extraction => "extraction",
            Self::Classification => "classification",
            Self::Routing => "routing",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Category {
    fn from(text: String) -> Self {
        match text.as_str() {
            "feature" => Self::Feature,
            "config_change" => Self::ConfigChange,
            "bp_update" => Self::BpUpdate,
            "chore" => Self::Chore,
            "extraction" => Self::Extraction,
            "classification" => Self::Classification,
            "routing" => Self::Routing,
            _ => Self::Other(text.chars().filter(|c| *c != '\0').take(64).collect()),
        }
    }
}

impl From<Category> for String {
    fn from(category: Category) -> Self {
        category.as_str().to_owned()
    }
}

/// The model a ticket or an agent names: one of the aliases `opus`, `sonnet`, `haiku`, or a full id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Model(pub Text<128>);

impl Model {
    /// Whether the ticket asks for Opus (R22): the alias, or a full id of that family.
    pub fn is_opus(&self) -> bool {
        self.0.as_str() == "opus" || self.0.as_str().starts_with("claude-opus")
    }
}

/// Where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Not assigned; may wait for others, a time or a slot.
    #[default]
    Pending,
    /// Assigned, which is the start signal (R7).
    InProgress,
    /// Delivered, waits for a fresh reviewer's verdict.
    InReview,
    /// The reviewer wants changes; is assigned again like `pending`.
    ChangesRequested,
    /// Waits for an answer; its slot is free, its session kept.
    Waiting,
    /// Completed, and approved where that was needed.
    Done,
    /// Out of attempts, or not retryable.
    Failed,
    /// Stuck behind a failed or cancelled task, or three times lost.
    Blocked,
    /// Set aside by the operator.
    Held,
    /// Will not be done.
    Cancelled,
}

/// A step that a task can't take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a task that is {} can't become {}", from.as_str(), to.as_str())]
pub struct TransitionError {
    /// Where it is.
    pub from: TaskState,
    /// Where it was to go.
    pub to: TaskState,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::InProgress,
        Self::InReview,
        Self::ChangesRequested,
        Self::Waiting,
        Self::Done,
        Self::Failed,
        Self::Blocked,
        Self::Held,
        Self::Cancelled,
    ];

    /// Whether the task may yet be worked on without anyone's decision.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// Whether it stays so for good: `done` and `cancelled`.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// Whether it can be assigned, as far as its state goes.
    pub fn is_assignable(self) -> bool {
        matches!(self, Self::Pending | Self::ChangesRequested)
    }

    /// Checks the step `self → to`. `done` and `cancelled` are final; a failed, blocked or held task can be retried.
    pub fn become_state(self, to: Self) -> Result<Self, TransitionError> {
        use TaskState::{
            Blocked, Cancelled, ChangesRequested, Done, Failed, Held, InProgress, InReview, Pending, Waiting,
        };
        let allowed = match self {
            Pending | ChangesRequested => matches!(to, InProgress | Blocked | Held | Cancelled | Pending),
            InProgress => {
                matches!(
                    to,
                    Done | InReview | Waiting | Pending | ChangesRequested | Failed | Blocked | Held | Cancelled
                )
            }
            InReview => matches!(to, Done | ChangesRequested | Failed | Blocked | Held | Cancelled),
            Waiting => matches!(to, InProgress | Pending | Failed | Blocked | Held | Cancelled),
            Failed => to == Pending,
            Blocked => matches!(to, Pending | Held | Cancelled),
            Held => matches!(to, Pending | Cancelled),
            Done | Cancelled => false,
        };
        if allowed { Ok(to) } else { Err(TransitionError { from: self, to }) }
    }

    /// The state as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::InReview => "in_review",
            Self::ChangesRequested => "changes_requested",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Blocked => "blocked",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a completion hands over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deliverable {
    /// What it is: `feature`, `config_change`, `bp_update`, or anything else.
    pub kind: Category,
    /// Files, URLs or commits that show it.
    #[serde(default)]
    pub artifacts: Vec<Text<1024>>,
    /// Whether it needs a review; one of a significant kind does in any case.
    #[serde(default)]
    pub significant: bool,
}

impl Deliverable {
    /// Whether a fresh reviewer has to see it (R24).
    pub fn needs_review(&self) -> bool {
        self.significant || self.kind.is_significant()
    }
}

/// The last report of a task's progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Progress {
    /// What was said.
    pub note: Option<Text<2048>>,
    /// How far it is.
    pub percent: Option<Percent>,
    /// When.
    pub at: Timestamp,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Task {
    /// Its id; a ticket's task has the ticket's.
    pub id: TaskId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// One line.
    pub title: Text<512>,
    /// What is to be done.
    #[serde(default)]
    pub description: Text<65536>,
    /// What kind of work it is to the Bus.
    pub kind: TaskKind,
    /// The ticket's own kind.
    pub category: Option<Category>,
    /// Its priority.
    pub priority: Priority,
    /// Where it is.
    pub state: TaskState,
    /// Who answers for it.
    pub assignee: Option<AgentId>,
    /// How often it was assigned.
    pub attempt: Attempt,
    /// How many judged failures it may have.
    pub max_attempts: u32,
    /// Judged failures so far.
    pub failures: u32,
    /// Ends that were nobody's failure: a used-up account, a full context. The twenty-first counts as a failure.
    #[serde(default)]
    pub excused: u32,
    /// How often its builder was lost with its host; three block it.
    pub losses: u32,
    /// How long a person thinks it takes.
    pub estimate_minutes: Option<u32>,
    /// Tasks that have to be done first.
    #[serde(default)]
    pub depends_on: Vec<TaskId>,
    /// Words to batch and find it by.
    #[serde(default)]
    pub labels: Vec<Text<64>>,
    /// The model it asks for (R22).
    pub model: Option<Model>,
    /// The role that should build it, where that is fixed.
    pub role: Option<Role>,
    /// The host it has to run on.
    pub host: Option<HostId>,
    /// What its host or agent has to be able to do.
    #[serde(default)]
    pub capabilities: Vec<Text<64>>,
    /// The command of the shell driver.
    pub run: Option<Text<16384>>,
    /// Commands that all exit 0 when it is well done.
    #[serde(default)]
    pub verify: Vec<Text<4096>>,
    /// The command of a shell reviewer.
    pub review: Option<Text<4096>>,
    /// What its last completion handed over.
    pub deliverable: Option<Deliverable>,
    /// The task that this one reviews.
    pub review_of: Option<TaskId>,
    /// The sprint it is in.
    pub sprint: Option<SprintId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last assigned.
    pub assigned_at: Option<Timestamp>,
    /// When it was last delivered: a reviewer has to be younger.
    #[serde(default)]
    pub delivered_at: Option<Timestamp>,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
    /// Before when it is not assigned: backoff.
    pub not_before: Option<Timestamp>,
    /// When the attempt failed that it backs off from, by the clock that `not_before` goes by.
    #[serde(default)]
    pub failed_at: Option<Timestamp>,
    /// How long an attempt may show no progress.
    pub idle_ms: Option<Millis>,
    /// How long an attempt may take, by the wall clock.
    pub deadline_ms: Option<Millis>,
    /// The summary of its completion.
    pub result: Option<Text<16384>>,
    /// Its last failure, or why it is blocked.
    pub error: Option<Text<16384>>,
    /// A reviewer's notes, for the builder's next attempt.
    #[serde(default)]
    pub review_notes: Option<Text<16384>>,
    /// How often a reviewer wanted changes.
    #[serde(default)]
    pub review_rounds: u32,
    /// The last report of progress.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// Who built the last attempt: never its reviewer.
    #[serde(default)]
    pub builders: Vec<AgentId>,
    /// The host where an earlier attempt was worked on last, or, of a review, the work that it judges: what is not on an upstream is only there, and so is the
    /// conversation. Placement prefers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_on: Option<HostId>,
    /// What its last delivery has to land.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
    /// The push that lands it: there once the delivery is approved, gone with a landing that failed or was called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_task: Option<TaskId>,
    /// How often a landing of its failed for good.
    #[serde(default)]
    pub landing_failures: u32,
    /// What its delivery became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Landed>,
    /// The task whose delivery this push lands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lands: Option<TaskId>,
    /// The tasks in flight whose work collides with its own, as both were last saved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collides_with: Vec<Collision>,
    /// Its version.
    pub revision: Revision,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_or_cancelled_stays_and_nothing_else_does() {
        for from in TaskState::ALL {
            let stays = TaskState::ALL.into_iter().all(|to| from.become_state(to).is_err());
            assert_eq!(stays, from.is_final(), "{from:?}");
        }
    }

    #[test]
    fn every_open_state_can_be_held_or_cancelled_and_comes_back() {
        for from in TaskState::ALL.into_iter().filter(|s| s.is_open()) {
            assert!(from.become_state(TaskState::Cancelled).is_ok(), "{from:?}");
            assert!(from == TaskState::Held || from.become_state(TaskState::Held).is_ok(), "{from:?}");
        }
        assert!(TaskState::Held.become_state(TaskState::Pending).is_ok());
    }

    #[test]
    fn nothing_is_done_without_having_been_in_progress_or_review() {
        let before_done: Vec<_> =
            TaskState::ALL.into_iter().filter(|s| s.become_state(TaskState::Done).is_ok()).collect();
        assert_eq!(before_done, [TaskState::InProgress, TaskState::InReview]);
    }

    #[test]
    fn states_and_their_words_agree() {
        for state in TaskState::ALL {
            assert_eq!(serde_json::to_value(state).ok(), Some(state.as_str().into()));
        }
    }
}
