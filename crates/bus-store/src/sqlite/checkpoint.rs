//! Brings the write-ahead log over into the database, on a thread and a connection of its own, so that the writer never
//! waits for it.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::schema;
use crate::StoreError;

/// How many rows are written between two checkpoints: few enough to keep each short, many enough to be worth its `fsync`.
const ROWS_BETWEEN: usize = 1500;

/// The checkpoint's thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Checkpointer {
    due: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    rows: usize,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_checkpointer(path)?;
        let (due, wakes) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("bus-store-checkpoint".to_owned())
            .spawn(move || run(&connection, &wakes))
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        Ok(Self { due: Some(due), thread: Some(thread), rows: 0 })
    }

    /// Notes a commit; wakes the thread where enough has come together. One that is at it already is not waited for.
    pub(super) fn written(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows);
        let woken = self.rows >= ROWS_BETWEEN && self.due.as_ref().is_some_and(|due| due.try_send(()).is_ok());
        if woken {
            self.rows = 0;
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.due = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's checkpoint thread had panicked");
        }
    }
}

fn run(connection: &Connection, wakes: &Receiver<()>) {
    while wakes.recv().is_ok() {
        let passive = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = passive {
            tracing::warn!(%error, "a checkpoint failed; the writer's own will follow");
        }
    }
}
