//! What an engine has to offer the rules: rows, counters and savepoints, and nothing that decides.

use go_bus_api::{
    AgentId, AuditEntry, EventKind, Handoff, NewCost, ProjectId, ResourceKind, Seq, TaskId, Timestamp, Usd,
};

use crate::{Document, IdempotencyKey, Lease, Outcome, StoreError, Token, TokenHash};

/// A column that rules or list filters look resources up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The state's word.
    State,
    /// A project's id.
    Project,
    /// A host's id.
    Host,
    /// A role's word.
    Role,
    /// A user's id.
    User,
    /// A task's id.
    Task,
    /// A task's kind.
    Kind,
    /// A task's assignee.
    Assignee,
    /// A sprint's id.
    Sprint,
    /// The task that a review task reviews.
    ReviewOf,
    /// An alert's level.
    Level,
    /// An alert's key.
    DedupeKey,
    /// A message's addressee.
    Addressee,
}

/// Which resources of a kind: all conditions hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Columns that equal a value.
    pub equal: Vec<(Column, String)>,
    /// Only those still open: agents that have not ended, tasks not at their end, unacknowledged alerts and messages, open
    /// sessions, questions and sprints, hosts whose lease runs.
    pub open: bool,
    /// Only those with a task.
    pub with_task: bool,
}

impl Filter {
    /// Where `column` is `value`.
    pub fn by(column: Column, value: impl Into<String>) -> Self {
        Self::default().and(column, value)
    }

    /// And where `column` is `value`.
    #[must_use]
    pub fn and(mut self, column: Column, value: impl Into<String>) -> Self {
        self.equal.push((column, value.into()));
        self
    }

    /// And still open.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// And with a task.
    #[must_use]
    pub fn with_task(mut self) -> Self {
        self.with_task = true;
        self
    }
}

/// A resource's row: the document, and what it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The resource.
    pub document: Document,
    /// Its columns that have a value.
    pub columns: Vec<(Column, String)>,
    /// Whether it is open, as [`Filter::open`] has it.
    pub open: bool,
}

impl Row {
    /// What it has in `column`.
    pub fn value(&self, column: Column) -> Option<&str> {
        self.columns.iter().find(|(own, _)| *own == column).map(|(_, value)| value.as_str())
    }
}

/// Which of an agent's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Its own, not its shim's.
    Own,
    /// All.
    All,
}

/// The answer to a creating command, kept for a repeat with the same key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptReceipt {
    /// The digest of the request.
    pub digest: [u8; 32],
    /// When it was.
    pub at: Timestamp,
    /// What it came to.
    pub outcome: Outcome,
    /// The resource at that moment.
    pub document: Option<Document>,
    /// The last event at that moment.
    pub seq: Seq,
}

/// An event's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow<'a> {
    /// Its place, from [`Tx::next_seq`].
    pub seq: Seq,
    /// What happened.
    pub kind: &'a EventKind,
    /// What it is about.
    pub subject: Option<&'a str>,
    /// When.
    pub at: Timestamp,
    /// The whole event as JSON.
    pub json: &'a str,
}

/// A transaction under way.
///
/// *Flow*: for each command `savepoint`, then reads and writes, then `release` or `rollback`; the engine commits the batch.
/// *Guarantees*: reads see the writes before them; nothing outside sees any before the commit; after `rollback` all is as at
/// the `savepoint`, the event counter included. *Assumptions*: one writer at a time, so what was read stays true until the
/// commit. *Crash semantics*: what was not committed is gone. *Errors*: [`StoreError`]; the caller rolls back.
pub trait Tx {
    /// Marks where a command begins. Engines may put the work off until its first write.
    fn savepoint(&mut self) -> Result<(), StoreError>;
    /// Keeps what was written since.
    fn release(&mut self) -> Result<(), StoreError>;
    /// Undoes what was written since.
    fn rollback(&mut self) -> Result<(), StoreError>;

    /// The resource with this id.
    fn get(&mut self, kind: ResourceKind, id: &str) -> Result<Option<Document>, StoreError>;
    /// Whether there is a resource with this id. None is ever removed, so an engine may remember.
    fn exists(&mut self, kind: ResourceKind, id: &str) -> Result<bool, StoreError> {
        Ok(self.get(kind, id)?.is_some())
    }
    /// The resources that fit, in the order of their creation.
    fn find(&mut self, kind: ResourceKind, filter: &Filter) -> Result<Vec<Document>, StoreError>;
    /// How many fit.
    fn count(&mut self, kind: ResourceKind, filter: &Filter) -> Result<usize, StoreError>;
    /// Adds a resource; its id is new.
    fn insert(&mut self, row: &Row) -> Result<(), StoreError>;
    /// Replaces a resource; its place in the order of creation stays.
    fn update(&mut self, row: &Row) -> Result<(), StoreError>;

    /// Replaces what `task` depends on.
    fn set_dependencies(&mut self, task: &TaskId, on: &[TaskId]) -> Result<(), StoreError>;
    /// The tasks that depend on `task` directly.
    fn dependents(&mut self, task: &TaskId) -> Result<Vec<TaskId>, StoreError>;

    /// The last event's place.
    fn seq(&self) -> Seq;
    /// Takes the next place in the log.
    fn next_seq(&mut self) -> Seq;
    /// Writes an event to the place it took.
    fn append_event(&mut self, event: &EventRow<'_>) -> Result<(), StoreError>;

    /// The lease's row.
    fn lease(&mut self) -> Result<Lease, StoreError>;
    /// Replaces it.
    fn put_lease(&mut self, lease: &Lease) -> Result<(), StoreError>;
    /// Replaces the handoff.
    fn put_handoff(&mut self, handoff: &Handoff) -> Result<(), StoreError>;

    /// Keeps an agent's prompt.
    fn put_prompt(&mut self, agent: &AgentId, prompt: &str) -> Result<(), StoreError>;

    /// Adds a token.
    fn add_token(&mut self, hash: TokenHash, token: &Token) -> Result<(), StoreError>;
    /// Lets an agent's own tokens end at `at`, where they would live longer.
    fn expire_tokens(&mut self, agent: &AgentId, at: Timestamp) -> Result<(), StoreError>;
    /// Removes an agent's tokens and says how many there were.
    fn revoke_tokens(&mut self, agent: &AgentId, scope: TokenScope) -> Result<usize, StoreError>;
    /// Replaces the operator's token.
    fn set_operator_token(&mut self, hash: TokenHash) -> Result<(), StoreError>;

    /// The answer kept for `actor` and `key`.
    fn kept_receipt(&mut self, actor: &str, key: &str) -> Result<Option<KeptReceipt>, StoreError>;
    /// Keeps an answer, in place of one that is there.
    fn keep_receipt(&mut self, actor: &str, key: &IdempotencyKey, receipt: &KeptReceipt) -> Result<(), StoreError>;
    /// Forgets answers from before `at`.
    fn forget_receipts(&mut self, before: Timestamp) -> Result<(), StoreError>;

    /// Place and hash of the last audit entry.
    fn last_audit(&mut self) -> Result<Option<(Seq, String)>, StoreError>;
    /// Adds an audit entry.
    fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Notes a cost.
    fn add_cost(&mut self, cost: &NewCost, at: Timestamp) -> Result<(), StoreError>;
    /// What a project has cost so far.
    fn spent(&mut self, project: &ProjectId) -> Result<Usd, StoreError>;

    /// Keeps a setting's JSON under a name.
    fn put_setting(&mut self, name: &str, json: &str) -> Result<(), StoreError>;
}
