//! SQLite behind the port: one writer thread with group commit, readers inline on the caller's thread.

mod checkpoint;
mod convert;
mod digest;
mod reader;
mod rows;
mod schema;
mod select;
mod snapshot;
mod table;
mod tx;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use go_bus_api::Seq;
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};

use crate::{Command, EventFilter, EventLine, Policy, Query, QueryAnswer, Receipt, Reject, Store, StoreError};
use reader::Readers;
use writer::{Job, Writer};

/// How hard the engine tries to keep what it acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// An acknowledged write survives a power cut.
    Full,
    /// Nothing survives: the file goes with the store.
    Scratch,
}

/// The embedded engine.
///
/// *Flow*: `commit` hands its commands to the one writer thread, which takes whatever waits into one transaction and answers
/// once that is on the disk. *Guarantees*: those of [`Store`]; readers (WAL) neither wait for the writer nor hold it up.
/// *Assumptions*: one process has the file open; the folder is on a local file system with working locks and `fsync`.
/// *Crash semantics*: opening the file again recovers every acknowledged write.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Arc<Readers>,
    wake: watch::Receiver<Seq>,
    /// Removed last, when nobody has a file in it open any more.
    _scratch: Option<TempDir>,
}

impl SqliteStore {
    /// Opens the database at `path`, made or migrated where need be.
    ///
    /// Errors: [`StoreError::Newer`] where a newer program made it, [`StoreError::Unwritable`] where the disk is full or
    /// read-only, [`StoreError::Engine`] for everything else.
    pub fn open(path: impl AsRef<Path>, policy: Policy) -> Result<Self, StoreError> {
        Self::start(path.as_ref().to_owned(), policy, Durability::Full, None)
    }

    /// A store for tests and simulations: in a temporary folder that goes with it, without a single `fsync`.
    pub fn in_memory(policy: Policy) -> Result<Self, StoreError> {
        let scratch = tempfile::tempdir().map_err(|error| StoreError::Unwritable(error.to_string()))?;
        Self::start(scratch.path().join("bus.db"), policy, Durability::Scratch, Some(scratch))
    }

    fn start(
        path: PathBuf,
        policy: Policy,
        durability: Durability,
        scratch: Option<TempDir>,
    ) -> Result<Self, StoreError> {
        let connection = schema::open(&path, durability)?;
        let last = tx::last_seq(&connection)?;
        let (wake_sender, wake) = watch::channel(last);
        let writer = Writer::start(connection, &path, policy, wake_sender)?;
        Ok(Self { writer, readers: Arc::new(Readers::new(path)), wake, _scratch: scratch })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>> {
        let count = commands.len();
        let closed = || (0..count).map(|_| Err(Reject::Store(StoreError::Closed))).collect();
        if count == 0 {
            return Vec::new();
        }
        let (answer, answered) = oneshot::channel();
        if !self.writer.send(Job { commands, answer }).await {
            return closed();
        }
        answered.await.unwrap_or_else(|_| closed())
    }

    async fn read(&self, query: Query) -> Result<QueryAnswer, StoreError> {
        self.readers.with(|connection| select::answer(connection, &query))
    }

    async fn events(&self, after: Seq, limit: usize, filter: &EventFilter) -> Result<Vec<EventLine>, StoreError> {
        self.readers.with(|connection| select::events(connection, after, limit, filter))
    }

    fn wake(&self) -> watch::Receiver<Seq> {
        self.wake.clone()
    }
}

#[cfg(test)]
mod tests;
