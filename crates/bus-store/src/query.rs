//! What can be read.

use std::sync::Arc;

use go_bus_api::{
    AgentId, Epoch, EventKind, Handoff, HolderId, ListQuery, Millis, ResourceKind, Revision, Role, Seq, Text, Timestamp,
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

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Only this kind.
    pub kind: Option<EventKind>,
    /// Only this subject.
    pub subject: Option<String>,
}

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
    /// Every resource and the last event, from one read transaction.
    Snapshot,
    /// The digest, made at this time.
    Digest(Timestamp),
    /// The last event's place.
    LastSeq,
    /// Every agent that has not ended and every host with a launcher: what the liveness timers arm for.
    Living,
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
    /// To `Snapshot`: the last event, and every resource in the order of [`ResourceKind::ALL`].
    Snapshot(Seq, Vec<Document>),
    /// To `Digest`.
    Digest(Box<go_bus_api::Digest>),
    /// To `LastSeq`.
    LastSeq(Seq),
    /// To `Living`: agents and hosts.
    Living(Vec<Document>),
}
