//! The Store port.

use async_trait::async_trait;
use go_bus_api::Seq;
use tokio::sync::watch;

use crate::{Batches, Command, EventFilter, EventLine, Query, QueryAnswer, Receipt, Reject, Snapshot};

/// Why the engine can't answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed: {0}")]
    Engine(String),
    /// The disk is full: writes are refused and reads go on; writes are taken again once there is space.
    #[error("the disk of the database is full: {0}")]
    Full(String),
    /// The database or its disk is read-only: writes are refused, reads go on.
    #[error("the database is read-only: {0}")]
    ReadOnly(String),
    /// The disk failed at this access; the next may succeed.
    #[error("the database's files can't be used: {0}")]
    Unwritable(String),
    /// The file is damaged, or no database at all. It was left as it is.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Another store has the database open. Several Buses share a PostgreSQL server, never a SQLite file.
    #[error("another process has the database open")]
    InUse,
    /// The database was made by a newer version.
    #[error("the database has schema {found}, this program knows {known}; use the newer program")]
    Newer {
        /// The schema found.
        found: u32,
        /// The newest schema known.
        known: u32,
    },
    /// A row does not read as what it should be.
    #[error("the database holds a row that does not read: {0}")]
    Corrupt(String),
    /// The cursor is older than what is kept.
    #[error("events up to {first} are no longer kept; take a snapshot and go on from there")]
    HistoryGone {
        /// The first event that is kept.
        first: Seq,
    },
    /// The query's own words are wrong.
    #[error("{0}")]
    BadQuery(String),
    /// The store is shut down.
    #[error("the store is shut down")]
    Closed,
}

/// A command log with resources derived from it.
///
/// *Flow*: `commit` takes commands, answers each in order. Engines batch whatever waits (group commit) and answer after the
/// transaction that holds it is durable. *Guarantees*: a receipt means that the write and its event survive a crash and a
/// power cut; a reject spoils nobody else's command, though they may share a transaction; events are numbered without gaps
/// in commit order, and a reader that has seen N never later meets one below N; reads see every acknowledged write and never
/// wait for a writer. *Assumptions*: the rules in `apply` are the only writers. *Crash semantics*: a command without an
/// answer may or may not have happened; an [`IdempotencyKey`](crate::IdempotencyKey) lets it be repeated. *Errors*:
/// [`Reject`] for a command, [`StoreError`] for the engine.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Does each command in a transaction of its own or together with others, and answers in order once durable.
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>>;

    /// Answers a query from a consistent state.
    async fn read(&self, query: Query) -> Result<QueryAnswer, StoreError>;

    /// Everything, as it is at one instant.
    async fn snapshot(&self) -> Result<Snapshot, StoreError>;

    /// The events after `after`, in order: at most `limit`, and no more once they come to [`EVENTS_BYTES`](crate::EVENTS_BYTES).
    /// [`StoreError::HistoryGone`] where events after `after` are no longer kept.
    async fn events(&self, after: Seq, limit: usize, filter: &EventFilter) -> Result<Vec<EventLine>, StoreError>;

    /// The last event's place as it moves: what readers wait on instead of polling.
    fn wake(&self) -> watch::Receiver<Seq>;

    /// How the batches came out since the store was opened; zeros from an engine that does not count.
    fn batches(&self) -> Batches {
        Batches::default()
    }
}
