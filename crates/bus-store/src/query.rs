//! What can be read.

use std::sync::Arc;

use go_bus_api::{
    AgentId, AgentState, AuditQuery, AuditVerification, CostTotals, Epoch, EventKind, Handoff, HolderId, ListQuery,
    Millis, ResourceKind, Revision, Role, RoleBinding, Seq, TaskState, Text, Timestamp,
};

use crate::TokenHash;

/// A resource as it is stored: its JSON is what the wire carries, so reads neither parse nor print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its id.
    pub id: String,
    /// Its version.
    pub revision: Revision,
    /// The resource as JSON.
    pub json: Arc<str>,
}

/// The lease's row. It holds no deadline: each Bus arms its own monotonic timer when it sees epoch or renewals move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lease {
    /// The last epoch granted.
    pub epoch: Epoch,
    /// The holder; `None` where it is free.
    pub holder: Option<HolderId>,
    /// The agent whose token acquired it; `None` for the operator's.
    pub agent: Option<AgentId>,
    /// Moves with every renewal.
    pub renewals: u64,
    /// How long it lives without one.
    pub ttl: Millis,
    /// When it was granted.
    pub acquired_at: Option<Timestamp>,
    /// Where the holder keeps its handoff file.
    pub handoff: Option<Text<4096>>,
    /// Where the holder can be reached.
    pub url: Option<Text<1024>>,
}

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The operator's.
    Operator,
    /// An agent's own.
    Agent(AgentId, Role),
    /// An agent's shim's.
    Shim(AgentId),
}

/// A token's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub principal: Principal,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// Whether it has not ended by `now`.
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Only this kind.
    pub kind: Option<EventKind>,
    /// Only this subject.
    pub subject: Option<String>,
}

/// How long the JSON of the events of one answer gets, in bytes, before no more are added: a bound on what one reader holds.
pub const EVENTS_BYTES: usize = 1 << 20;

/// An event as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// Its place.
    pub seq: Seq,
    /// Its kind.
    pub kind: EventKind,
    /// The whole event as JSON.
    pub json: Arc<str>,
}

/// A question to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// One resource.
    One(ResourceKind, String),
    /// A page of resources, by the filters that the kind knows.
    List(ResourceKind, ListQuery),
    /// The messages for an agent, `unread` ones alone where the query says so.
    Inbox(AgentId, ListQuery),
    /// An agent's prompt.
    Prompt(AgentId),
    /// The token with this hash, if it is valid at this time.
    Token(TokenHash, Timestamp),
    /// The lease's row.
    Lease,
    /// The last handoff.
    Handoff,
    /// The digest, made at this time.
    Digest(Timestamp),
    /// The last event's place.
    LastSeq,
    /// Every agent that has not ended and every host with a launcher: what the liveness timers arm for.
    Living,
    /// What was spent along an axis, from an instant on or ever.
    Costs(CostAxis, Option<Timestamp>),
    /// A page of the audit log.
    Audit(AuditQuery),
    /// Whether the audit log's hash chain holds; takes time in proportion to the log.
    AuditVerification,
    /// RBAC's roles: those that were put, else the defaults.
    Roles,
    /// How many tasks and agents are in which state.
    Census,
}

/// What costs are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CostAxis {
    /// By who spent it.
    Agent,
    /// By what it was spent for.
    Project,
}

impl CostAxis {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Agent, Self::Project];

    /// The axis as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Project => "project",
        }
    }
}

/// How many there are in each state; a state without any is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// Tasks of every kind.
    pub tasks: Vec<(TaskState, u64)>,
    /// Agents, the ended ones too.
    pub agents: Vec<(AgentState, u64)>,
}

/// A page of resources.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The resources.
    pub items: Vec<Document>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// The answer to a [`Query`], each to its own question.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryAnswer {
    /// To `One`.
    One(Option<Document>),
    /// To `List` and `Inbox`.
    List(Listing),
    /// To `Prompt`.
    Prompt(Option<String>),
    /// To `Token`.
    Token(Option<Token>),
    /// To `Lease`.
    Lease(Lease),
    /// To `Handoff`.
    Handoff(Option<Handoff>),
    /// To `Digest`.
    Digest(Box<go_bus_api::Digest>),
    /// To `LastSeq`.
    LastSeq(Seq),
    /// To `Living`: agents and hosts.
    Living(Vec<Document>),
    /// To `Costs`.
    Costs(CostTotals),
    /// To `Audit`: entries as JSON, and where the next page begins.
    Audit(Vec<Arc<str>>, Option<String>),
    /// To `AuditVerification`.
    AuditVerification(AuditVerification),
    /// To `Roles`.
    Roles(Vec<RoleBinding>),
    /// To `Census`.
    Census(Census),
}
