//! SQLite behind the port: one writer thread with group commit, readers inline on the caller's thread.

mod audit;
mod census;
mod checkpoint;
mod claim;
mod convert;
mod costs;
mod digest;
mod inspect;
mod migrations;
mod reader;
mod retention;
mod rows;
mod schema;
mod select;
mod snapshot;
mod table;
mod tail;
mod tokens;
mod tx;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use go_bus_api::Seq;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::batches::{BatchCounter, Batches};
use crate::{
    Command, EventFilter, EventLine, Policy, Query, QueryAnswer, Receipt, Reject, Snapshot, Store, StoreError,
};
use claim::Claim;
use reader::Readers;
use tail::Tail;
use tokens::Tokens;
use writer::{News, Writer};

/// How hard the engine tries to keep what it acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// An acknowledged write survives a power cut.
    Full,
    /// It survives the end of the process alone: nothing is synced.
    Scratch,
    /// As `Scratch`, and one connection does everything.
    Simulated,
}

/// Who does the store's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Threads: one writes, one brings the log over, others read what takes long.
    Threads,
    /// Whoever calls, so that nothing happens but when somebody calls.
    Caller,
}

/// The embedded engine.
///
/// *Flow*: `commit` hands its commands to the one writer thread, which takes whatever waits into one transaction and answers
/// once that is on the disk. *Guarantees*: those of [`Store`]; readers (WAL) neither wait for the writer nor hold it up.
/// *Assumptions*: the folder is on a local file system with working locks and `fsync`; one store has the file open, a second one
/// is refused. *Crash semantics*: opening the file again recovers every acknowledged write; after an end that was not clean the
/// file is checked first, and a damaged one is left as it is.
#[derive(Debug)]
pub struct SqliteStore {
    /// Dropped before the writer: the last connection to close brings the write-ahead log over and removes it, and a
    /// reader's can't.
    readers: Arc<Readers>,
    writer: Writer,
    wake: watch::Receiver<Seq>,
    tail: Arc<Tail>,
    tokens: Arc<Tokens>,
    /// Let go of when no connection is open any more.
    _claim: Claim,
    batches: Arc<BatchCounter>,
    /// Removed last, when nobody has a file in it open any more.
    _scratch: Option<TempDir>,
}

impl SqliteStore {
    /// Opens the database at `path`, made or migrated where need be.
    ///
    /// Errors, each with the file as it was: [`StoreError::Newer`] where a newer program made it, [`StoreError::Damaged`] where
    /// it is no whole database, [`StoreError::InUse`] where another store has it, [`StoreError::Full`],
    /// [`StoreError::ReadOnly`] and [`StoreError::Unwritable`] where it can't be written, [`StoreError::Engine`] for everything
    /// else.
    pub fn open(path: impl AsRef<Path>, policy: Policy) -> Result<Self, StoreError> {
        Self::start(path.as_ref().to_owned(), policy, (Durability::Full, Work::Threads), None)
    }

    /// A store for simulations: everything is done on the caller's thread, so that the same calls give the same answers, and nothing
    /// is synced. What was acknowledged is in the file and survives whoever had it open; only a real power cut could take it.
    /// Errors: as with [`Self::open`].
    pub fn inline(path: impl AsRef<Path>, policy: Policy) -> Result<Self, StoreError> {
        Self::start(path.as_ref().to_owned(), policy, (Durability::Simulated, Work::Caller), None)
    }

    /// A store for tests and simulations: in a temporary folder that goes with it, without a single `fsync`.
    pub fn in_memory(policy: Policy) -> Result<Self, StoreError> {
        let scratch = tempfile::tempdir().map_err(|error| StoreError::Unwritable(error.to_string()))?;
        let path = scratch.path().join("bus.db");
        Self::start(path, policy, (Durability::Scratch, Work::Threads), Some(scratch))
    }

    fn start(
        path: PathBuf,
        policy: Policy,
        (durability, work): (Durability, Work),
        scratch: Option<TempDir>,
    ) -> Result<Self, StoreError> {
        let claim = Claim::take(&path)?;
        inspect::inspect(&path)?;
        let connection = schema::open(&path, durability)?;
        let news = News::after_event(tx::last_seq(&connection)?);
        let (wake, tail, tokens) = (news.wake.subscribe(), Arc::clone(&news.tail), Arc::clone(&news.tokens));
        let batches = Arc::new(BatchCounter::default());
        let writer = match work {
            Work::Threads => Writer::start(connection, &path, policy, news, Arc::clone(&batches))?,
            Work::Caller => Writer::inline(connection, policy, news, Arc::clone(&batches))?,
        };
        let readers = Arc::new(Readers::new(path));
        Ok(Self { readers, writer, wake, tail, tokens, _claim: claim, batches, _scratch: scratch })
    }
}

impl SqliteStore {
    /// Lets `read` have a connection: the writer's, where that has no thread.
    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.writer.own_connection() {
            Some(state) => read(state.connection()),
            None => self.readers.with(read),
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>> {
        let count = commands.len();
        if count == 0 {
            return Vec::new();
        }
        let closed = || (0..count).map(|_| Err(Reject::Store(StoreError::Closed))).collect();
        self.writer.commit(commands).await.unwrap_or_else(closed)
    }

    async fn read(&self, query: Query) -> Result<QueryAnswer, StoreError> {
        if query == Query::AuditVerification && !self.writer.is_inline() {
            // It reads the whole log: not on a thread that serves others.
            let readers = Arc::clone(&self.readers);
            let walk = move || readers.with(|connection| select::answer(connection, &query));
            let walked = tokio::task::spawn_blocking(walk).await;
            return walked.unwrap_or_else(|error| Err(StoreError::Engine(error.to_string())));
        }
        if let Query::Token(hash, now) = query {
            let found = self.tokens.find(hash, || self.with(|connection| select::token(connection, hash)))?;
            return Ok(QueryAnswer::Token(found.filter(|token| token.is_good_at(now))));
        }
        self.with(|connection| select::answer(connection, &query))
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        if self.writer.is_inline() {
            return self.with(snapshot::whole);
        }
        snapshot::begin(Arc::clone(&self.readers)).await
    }

    async fn events(&self, after: Seq, limit: usize, filter: &EventFilter) -> Result<Vec<EventLine>, StoreError> {
        if let Some(events) = self.tail.read(after, limit, filter) {
            return Ok(events);
        }
        self.with(|connection| select::events(connection, after, limit, filter))
    }

    fn wake(&self) -> watch::Receiver<Seq> {
        self.wake.clone()
    }

    fn batches(&self) -> Batches {
        self.batches.read()
    }
}

#[cfg(test)]
mod tests;
