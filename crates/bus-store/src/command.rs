//! What can be asked of the store.

use go_bus_api::{
    AccountId, AccountPatch, Acquire, AgentId, AgentPatch, AlertId, Answer, Assign, CloseSprint, CollisionReport,
    Complete, Epoch, ExitReport, ExpiryCause, Fail, Heartbeat, HostHeartbeat, HostId, HostPatch, MessageId, Millis,
    NewAccount, NewAgent, NewAlert, NewAuditEntry, NewCost, NewEvent, NewHost, NewMessage, NewProject, NewQuestion,
    NewSession, NewSprint, NewTask, ProjectId, ProjectPatch, QuestionId, RbacMode, Release, ReportProgress, Review,
    Revision, Role, RoleBinding, SessionId, SprintId, TaskId, TaskPatch, Text, Timestamp,
};
use serde_json::Value;

/// SHA-256 of a token; the token itself never reaches the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// Who asks, as its token tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The operator. Acts as `named` where the body names a parent or an actor, as `000` under a lease epoch.
    Operator,
    /// An agent with a token of its own.
    Agent {
        /// Which.
        id: AgentId,
        /// Its role.
        role: Role,
    },
    /// An agent's shim: good for that agent's heartbeat, exit and verdict, and for what its account's provider told.
    Shim {
        /// Whose.
        agent: AgentId,
    },
    /// The Bus itself: timers.
    Bus,
}

/// An `Idempotency-Key` with the digest of the request it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, as the client sent it, bounded to 255 bytes.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub digest: [u8; 32],
}

/// One write, to be done in one transaction with its event or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Who asks.
    pub actor: Actor,
    /// The fencing token, where one was sent.
    pub epoch: Option<Epoch>,
    /// The wall clock when the Bus took the request.
    pub at: Timestamp,
    /// The idempotency key, where one was sent.
    pub key: Option<IdempotencyKey>,
    /// The version the write is meant for, where one was sent.
    pub if_match: Option<Revision>,
    /// What to do.
    pub action: Action,
}

impl Command {
    /// A command of the Bus's own.
    pub fn of_bus(at: Timestamp, action: Action) -> Self {
        Self { actor: Actor::Bus, epoch: None, at, key: None, if_match: None, action }
    }
}

/// What RBAC would not let somebody do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Denial {
    /// An agent's id or a role.
    pub subject: Text<128>,
    /// The action.
    pub action: Text<64>,
    /// The resource.
    pub resource: Text<256>,
    /// Whether it was blocked.
    pub mode: RbacMode,
    /// Why.
    pub reason: String,
}

/// What to do. The bodies are the contract's; ids come from the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Acquires or renews the lease. The instance's agent is the actor's, `None` for the operator.
    AcquireLease(Acquire),
    /// Releases it.
    ReleaseLease(Release),
    /// Ends it, where neither its epoch nor its renewal count has moved (a timer's compare-and-swap).
    ExpireLease {
        /// The epoch that the timer was armed for.
        epoch: Epoch,
        /// The renewal count that it was armed for.
        renewals: u64,
        /// Why it ends.
        cause: ExpiryCause,
        /// How long its holder had been silent.
        silent: Millis,
    },
    /// Ends whatever lease there is where its epoch is below this one, which was granted before, and goes on from it.
    RaiseEpoch(Epoch),
    /// Writes the leader's handoff.
    PutHandoff(Value),

    /// Spawns an agent.
    Spawn(NewAgent),
    /// Registers a GO instance or a launcher, with the hash of the token it gets.
    Register {
        /// The body.
        agent: NewAgent,
        /// Its token's hash.
        token: TokenHash,
        /// When that ends.
        expires_at: Timestamp,
    },
    /// Changes an agent.
    PatchAgent(AgentId, AgentPatch),
    /// Terminates an agent; with `hold` its task is set aside.
    Terminate {
        /// Which.
        agent: AgentId,
        /// Whether its task is to be held.
        hold: bool,
    },
    /// Notes that an agent lives.
    HeartbeatAgent(AgentId, Heartbeat),
    /// Accepts an agent's end.
    ReportExit(AgentId, ExitReport),
    /// Marks a silent agent as lost, where it has not been heard of since.
    LoseAgent {
        /// Which.
        agent: AgentId,
        /// The heartbeat that the timer was armed for.
        last_heartbeat: Option<Timestamp>,
    },
    /// Gives an agent a new token; the one before stays good until `previous_until`.
    RotateToken {
        /// Whose.
        agent: AgentId,
        /// The new token's hash.
        token: TokenHash,
        /// When it ends.
        expires_at: Timestamp,
        /// Until when the one before is good.
        previous_until: Timestamp,
    },
    /// Adds a token for the agent's shim, good until its exit is accepted.
    IssueShimToken {
        /// Whose.
        agent: AgentId,
        /// The token's hash.
        token: TokenHash,
    },
    /// Voids all of an agent's tokens.
    RevokeTokens(AgentId),
    /// Makes the operator's token, on an empty database; replaces the one before.
    SetOperatorToken(TokenHash),

    /// Makes a task.
    CreateTask(NewTask),
    /// Changes a task.
    PatchTask(TaskId, TaskPatch),
    /// Assigns a task.
    AssignTask(TaskId, Assign),
    /// Notes progress.
    ReportProgress(TaskId, ReportProgress),
    /// Completes a task, or delivers it to its review.
    CompleteTask(TaskId, Complete),
    /// Fails an attempt. `jitter` in 0..=1 000 000 spreads the backoff.
    FailTask {
        /// Which.
        task: TaskId,
        /// The body.
        body: Fail,
        /// Millionths.
        jitter: u32,
    },
    /// Judges a delivered task.
    ReviewTask(TaskId, Review),

    /// Makes a host.
    CreateHost(NewHost),
    /// Changes a host.
    PatchHost(HostId, HostPatch),
    /// Holds a host's lease.
    HeartbeatHost(HostId, HostHeartbeat),
    /// Ends a host's lease, where it has not been renewed since: its agents' ends are certain now.
    ExpireHost {
        /// Which.
        host: HostId,
        /// The heartbeat that the timer was armed for.
        last_heartbeat: Option<Timestamp>,
        /// Whether the Bus was there to be reached all the while.
        bus_was_reachable: bool,
    },

    /// Notes whose work can't be merged with whose, as a host's launcher has tried.
    ReportCollisions(HostId, CollisionReport),

    /// Makes an account.
    CreateAccount(NewAccount),
    /// Changes an account, or reports what its provider said of its limits.
    PatchAccount(AccountId, AccountPatch),

    /// Makes a project.
    CreateProject(NewProject),
    /// Changes a project.
    PatchProject(ProjectId, ProjectPatch),

    /// Logs a human in.
    OpenSession(NewSession),
    /// Logs a human out.
    CloseSession(SessionId),

    /// Sends a message.
    SendMessage(NewMessage),
    /// Takes note of a message.
    AcknowledgeMessage(MessageId),

    /// Raises an alert.
    RaiseAlert(NewAlert),
    /// Takes note of an alert.
    AcknowledgeAlert(AlertId),
    /// Asks a human.
    AskQuestion(NewQuestion),
    /// Answers.
    AnswerQuestion(QuestionId, Answer),
    /// Ends a question whose deadline has come: its default holds.
    ExpireQuestion(QuestionId),
    /// Notes that RBAC would block somebody, or did (R19).
    NoteDenial(Denial),

    /// Begins a sprint.
    StartSprint(NewSprint),
    /// Ends a sprint.
    EndSprint(SprintId, CloseSprint),

    /// Notes a cost.
    RecordCost(NewCost),
    /// Adds an audit entry.
    AppendAudit(NewAuditEntry),
    /// Replaces the roles.
    PutRoles(Vec<RoleBinding>),
    /// Posts an event of somebody's own.
    PostEvent(NewEvent),
}
