//! Agents: who they are, how one is asked for, how one ends.

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, AccountWindow, AgentId, Attempt, ConversationId, Failure, HostId, Millis, Model, ModelUsage, ProjectId,
    Ratio, Review, Revision, TaskId, Text, Timestamp, UserId, Work,
};

/// What an agent is for (R11, R24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An instance of the Global Orchestrator; acts as `000` while it holds the lease.
    Go,
    /// Host Orchestrator.
    Ho,
    /// Project Orchestrator.
    Po,
    /// Interaction Orchestrator.
    Io,
    /// Builds significant deliverables.
    Specialist,
    /// Does chores, extraction, classification, routing.
    Worker,
    /// Reviews what somebody else built.
    Reviewer,
    /// Starts and stops agents on a host.
    Launcher,
    /// The Mac.
    M0,
    /// The desk GO reports to.
    C0,
}

/// Where a role stands in the hierarchy; who may spawn whom follows from it (R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// GO.
    Global,
    /// HO, PO, IO: spawned by GO alone.
    Orchestrator,
    /// Specialist, Worker, Reviewer: spawned by an HO, PO or IO alone.
    Hand,
    /// Launchers and the fixed correspondents: registered, never spawned.
    Fixture,
}

impl Role {
    /// The role's tier.
    pub fn tier(self) -> Tier {
        match self {
            Self::Go => Tier::Global,
            Self::Ho | Self::Po | Self::Io => Tier::Orchestrator,
            Self::Specialist | Self::Worker | Self::Reviewer => Tier::Hand,
            Self::Launcher | Self::M0 | Self::C0 => Tier::Fixture,
        }
    }

    /// The role as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Ho => "ho",
            Self::Po => "po",
            Self::Io => "io",
            Self::Specialist => "specialist",
            Self::Worker => "worker",
            Self::Reviewer => "reviewer",
            Self::Launcher => "launcher",
            Self::M0 => "m0",
            Self::C0 => "c0",
        }
    }
}

/// Where an agent is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Asked for; its host's launcher has not started it yet.
    Requested,
    /// Its process is being started.
    Starting,
    /// Running, nothing in hand.
    Ready,
    /// Running, at work.
    Busy,
    /// Told to end; not live for uniqueness, still holds its slot.
    Draining,
    /// Ended for certain.
    Terminated,
    /// Silent for three heartbeats: keeps slot and task, loses token and uniqueness.
    Lost,
}

impl AgentState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Requested, Self::Starting, Self::Ready, Self::Busy, Self::Draining, Self::Terminated, Self::Lost];

    /// Whether the agent counts for uniqueness (one HO per host and so on) and may act.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Requested | Self::Starting | Self::Ready | Self::Busy)
    }

    /// Whether the agent has ended for certain; nothing follows.
    pub fn is_ended(self) -> bool {
        self == Self::Terminated
    }

    /// Whether an agent with a task takes a slot of its host in this state.
    pub fn holds_slot(self) -> bool {
        !self.is_ended()
    }

    /// Whether the agent's process is there as far as the Bus knows.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Starting | Self::Ready | Self::Busy)
    }

    /// Whether `self → to` is a step of an agent's life. Staying is always one; `terminated` is final.
    pub fn may_become(self, to: Self) -> bool {
        use AgentState::{Busy, Draining, Lost, Ready, Requested, Starting, Terminated};
        self == to
            || match self {
                Requested => matches!(to, Starting | Ready | Busy | Draining | Terminated),
                Starting => matches!(to, Ready | Busy | Draining | Terminated | Lost),
                Ready | Busy => matches!(to, Ready | Busy | Draining | Terminated | Lost),
                Draining => matches!(to, Terminated | Lost),
                Lost => to == Terminated,
                Terminated => false,
            }
    }

    /// The state as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Draining => "draining",
            Self::Terminated => "terminated",
            Self::Lost => "lost",
        }
    }
}

/// What runs an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// A ticket's `run` as a shell command.
    #[default]
    Shell,
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
    /// A command template.
    Command,
}

impl DriverKind {
    /// Every driver.
    pub const ALL: [Self; 4] = [Self::Shell, Self::Claude, Self::Codex, Self::Command];

    /// The driver as the wire has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Command => "command",
        }
    }
}

/// An agent's prompt: at most 256 KiB.
pub type Prompt = Text<{ 256 * 1024 }>;

/// How one verification command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerifyResult {
    /// The command as the ticket has it.
    pub command: Text<4096>,
    /// Its exit code; 128 + n where signal n ended it.
    pub code: i32,
    /// How long it ran.
    pub duration_ms: Millis,
    /// The end of its output.
    pub tail: Text<4096>,
}

/// How an agent ended, as its shim reports it: `POST /agents/{id}/exit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExitReport {
    /// The exit code, where it exited; null where it bears none (an ordered stop before the start, for instance).
    #[serde(default)]
    pub code: Option<i32>,
    /// The signal that ended it.
    #[serde(default)]
    pub signal: Option<i32>,
    /// Each verification command run after it, in order.
    #[serde(default)]
    pub verify: Vec<VerifyResult>,
    /// The end of its output, for people and for the next attempt.
    #[serde(default)]
    pub tail: Text<4096>,
    /// Whether it ended because it was told to.
    #[serde(default)]
    pub stopped: bool,
    /// Which limit ended it, in words, where one did.
    #[serde(default)]
    pub limit: Option<Text<256>>,
    /// Why it failed and what to do about it, where its driver or its shim knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The conversation that a later attempt can go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// What it spent, a line for each model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<ModelUsage>,
    /// What the provider said of its account's windows, the last of each: they become the account's with the exit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = AccountWindow::MOST)))]
    pub windows: Vec<AccountWindow>,
    /// What it left in its working folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// A reviewer's verdict that its command came to; its shim posts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Review>,
}

/// An accepted [`ExitReport`] and when it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exit {
    /// The report.
    #[serde(flatten)]
    pub report: ExitReport,
    /// When the Bus accepted it.
    pub at: Timestamp,
}

impl ExitReport {
    /// Whether it ended with a result that its assignee can judge: a code or a signal that nobody ordered.
    pub fn bears_result(&self) -> bool {
        !self.stopped && (self.code.is_some() || self.signal.is_some())
    }

    /// Whether the command and every verification after it succeeded, no limit ended any of them, and nobody read it as a failure.
    pub fn succeeded(&self) -> bool {
        !self.stopped
            && self.limit.is_none()
            && self.failure.is_none()
            && self.code == Some(0)
            && self.verify.iter().all(|v| v.code == 0)
    }
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// What it is for.
    pub role: Role,
    /// The host it runs on.
    pub host: Option<HostId>,
    /// The project it works for.
    pub project: Option<ProjectId>,
    /// The human it serves (an IO's).
    pub user: Option<UserId>,
    /// Who spawned it.
    pub parent: Option<AgentId>,
    /// Where it is in its life.
    pub state: AgentState,
    /// The model it runs on.
    pub model: Option<Model>,
    /// What runs it.
    pub driver: DriverKind,
    /// The account it runs on; none where it is the program's own login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What it can do beyond the usual (`browser`, `gpu`).
    #[serde(default)]
    pub capabilities: Vec<Text<64>>,
    /// SHA-256 of its prompt, in hex.
    pub prompt_sha256: Option<Text<64>>,
    /// The task it builds or reviews; it holds a slot of its host for it.
    pub task: Option<TaskId>,
    /// The attempt of that task.
    pub attempt: Option<Attempt>,
    /// When it was asked for.
    pub spawned_at: Timestamp,
    /// When it was last heard of.
    pub last_heartbeat: Option<Timestamp>,
    /// When its token was last rotated (R17).
    pub token_rotated_at: Option<Timestamp>,
    /// How full its context is.
    pub context_used: Option<Ratio>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// The agent it succeeds.
    #[serde(default)]
    pub replaces: Option<AgentId>,
    /// Whether its stop was ordered with `?hold=true`, which leaves its task `held`.
    #[serde(default)]
    pub hold: bool,
    /// Its version.
    pub revision: Revision,
}

/// `POST /agents`: a spawn, or with the role `go` or `launcher` and no prompt a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAgent {
    /// The role asked for.
    pub role: Role,
    /// The host to run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostId>,
    /// The project to work for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// The human to serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The spawner; the actor where the operator's token is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<AgentId>,
    /// The model to run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// What runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<DriverKind>,
    /// The account to run on; one that rests is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What it is told. Needs `## Verification`, an orchestrator's also `## Context rotation` (R23, R26).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// The task to build or review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The attempt of that task, where the spawner wants it checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The agent to succeed: it becomes `draining` in the same commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<AgentId>,
    /// What it can do beyond the usual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Text<64>>,
}

impl NewAgent {
    /// A request for this role and nothing else: all of a registration but its host.
    pub fn of(role: Role) -> Self {
        Self {
            role,
            host: None,
            project: None,
            user: None,
            parent: None,
            model: None,
            driver: None,
            account: None,
            prompt: None,
            task: None,
            attempt: None,
            replaces: None,
            capabilities: Vec::new(),
        }
    }
}

/// `PATCH /agents/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentPatch {
    /// A new state, if the step is one of an agent's life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AgentState>,
    /// How full its context is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_used: Option<Ratio>,
    /// What it can do beyond the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<Text<64>>>,
}

/// `POST /agents/{id}/heartbeat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heartbeat {
    /// How full its context is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_used: Option<Ratio>,
    /// Its state, where it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AgentState>,
}

/// The answer to `POST /agents/{id}/token`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuedToken {
    /// The new token, shown this once.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Until when the one before is still taken.
    pub previous_valid_until: Timestamp,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuedToken(until {})", self.expires_at)
    }
}

/// The answer to a registration: the agent, and its token this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Registered {
    /// The agent.
    #[serde(flatten)]
    pub agent: Agent,
    /// Its token.
    pub token: String,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registered({})", self.agent.id)
    }
}
