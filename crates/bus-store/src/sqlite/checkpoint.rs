//! Brings the write-ahead log over into the database: on a thread and a connection of its own, so that the writer hardly ever
//! waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::schema;
use crate::StoreError;

/// How many pages are logged between two checkpoints: a page that changes often is brought over once for all of them.
const PAGES_BETWEEN: u32 = 2000;

/// How long the log may grow, in pages, before the writer ends it. While it writes on, the thread never gets to the last of
/// them, and the log begins anew only where all is brought over.
const LONGEST: u32 = 8000;

/// How many pages are logged until the writer tries again, where a reader holds the log's end back.
const RETRY: u32 = 250;

/// Who is to bring pages over, after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nobody,
    Thread,
    Writer,
}

/// What a log of `pages` asks for, whose thread was last woken when it had `woken_at`.
fn due(pages: u32, woken_at: u32) -> Due {
    // A log that is shorter than it was has begun anew.
    let since = if pages < woken_at { pages } else { pages - woken_at };
    match () {
        () if pages >= LONGEST && since >= RETRY => Due::Writer,
        () if since >= PAGES_BETWEEN => Due::Thread,
        () => Due::Nobody,
    }
}

/// The checkpoint's thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// As many as the log had after the last commit.
    pages: Arc<AtomicU32>,
    woken_at: u32,
}

impl Checkpointer {
    /// Watches the log of `writer`, whose database is at `path`.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self, StoreError> {
        let connection = schema::open_checkpointer(path)?;
        let (wake, wakes) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("bus-store-checkpoint".to_owned())
            .spawn(move || run(&connection, &wakes))
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let pages = Arc::new(AtomicU32::new(0));
        let logged = Arc::clone(&pages);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            logged.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { wake: Some(wake), thread: Some(thread), pages, woken_at: 0 })
    }

    /// Looks at the log after a commit of `writer`: wakes the thread or does its work, where that is due.
    pub(super) fn written(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        match due(pages, self.woken_at) {
            Due::Nobody => {}
            // One that is at it already is not waited for.
            Due::Thread => {
                if self.wake.as_ref().is_some_and(|wake| wake.try_send(()).is_ok()) {
                    self.woken_at = pages;
                }
            }
            Due::Writer => {
                checkpoint(writer);
                self.woken_at = pages;
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's checkpoint thread had panicked");
        }
    }
}

fn run(connection: &Connection, wakes: &Receiver<()>) {
    while wakes.recv().is_ok() {
        checkpoint(connection);
    }
}

/// Brings over what no reader holds back, without waiting for anybody.
fn checkpoint(connection: &Connection) {
    let passive = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = passive {
        tracing::warn!(%error, "a checkpoint failed; another will follow");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_is_woken_as_the_log_grows_and_the_writer_ends_a_long_one() {
        assert_eq!(due(PAGES_BETWEEN - 1, 0), Due::Nobody);
        assert_eq!(due(PAGES_BETWEEN, 0), Due::Thread);
        assert_eq!(due(PAGES_BETWEEN + 1, PAGES_BETWEEN), Due::Nobody, "it is at it");
        assert_eq!(due(2 * PAGES_BETWEEN, PAGES_BETWEEN), Due::Thread);
        assert_eq!(due(10, PAGES_BETWEEN), Due::Nobody, "the log has begun anew");
        assert_eq!(due(PAGES_BETWEEN, PAGES_BETWEEN + 7), Due::Thread, "and has grown again");
        assert_eq!(due(LONGEST, LONGEST - RETRY), Due::Writer);
        assert_eq!(due(LONGEST + 1, LONGEST), Due::Nobody, "a reader holds it back");
    }

    #[test]
    fn a_log_that_the_thread_does_not_get_to_is_ended_by_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        let mut writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "wal").unwrap();
        writer.pragma_update(None, "synchronous", "off").unwrap();
        writer.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, doc TEXT NOT NULL) STRICT").unwrap();
        let mut checkpointer = Checkpointer::start(&path, &mut writer).unwrap();
        let logged = |checkpointer: &Checkpointer| checkpointer.pages.load(Ordering::Relaxed);
        let row = "x".repeat(3000);
        while logged(&checkpointer) < LONGEST {
            writer.execute("INSERT INTO rows (doc) VALUES (?1)", [&row]).unwrap();
        }
        checkpointer.written(&writer);
        writer.execute("INSERT INTO rows (doc) VALUES (?1)", [&row]).unwrap();
        assert!(logged(&checkpointer) < 10, "the log began anew: {}", logged(&checkpointer));
    }
}
