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

/// From this length on, in pages, the log is to begin anew. It does where all of it is brought over, and a thread beside a
/// writer that never rests does not get to the last page: that is the writer's to do.
const LONG: u32 = 6000;

/// The writer does it when this many pages are left, which takes it about as long as a commit.
const LEFT: u32 = 250;

/// At this length it does it however many are left, and tries again as often as it has logged [`LEFT`] more: a reader may hold
/// the log's end back.
const LONGEST: u32 = 16_000;

/// Who is to bring pages over, after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nobody,
    Thread,
    Writer,
}

/// How far the log has come, in pages from its begin.
#[derive(Debug, Default, Clone, Copy)]
struct Log {
    pages: u32,
    /// As many as the thread has brought over.
    brought_over: u32,
    /// As many as there were when somebody was last told to.
    told_at: u32,
}

impl Log {
    fn due(self) -> Due {
        // A log that is shorter than it was has begun anew.
        let since = |mark: u32| self.pages.checked_sub(mark).unwrap_or(self.pages);
        let nearly = self.brought_over > 0 && since(self.brought_over) <= LEFT;
        match () {
            () if self.pages >= LONG && nearly => Due::Writer,
            () if self.pages >= LONGEST && since(self.told_at) >= LEFT => Due::Writer,
            () if since(self.told_at) >= PAGES_BETWEEN => Due::Thread,
            () => Due::Nobody,
        }
    }
}

/// The checkpoint's thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// As many as the log had after the last commit.
    pages: Arc<AtomicU32>,
    brought_over: Arc<AtomicU32>,
    told_at: u32,
}

impl Checkpointer {
    /// Watches the log of `writer`, whose database is at `path`.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self, StoreError> {
        let connection = schema::open_checkpointer(path)?;
        let (wake, wakes) = sync_channel(1);
        let (pages, brought_over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let told = Arc::clone(&brought_over);
        let thread = std::thread::Builder::new()
            .name("bus-store-checkpoint".to_owned())
            .spawn(move || run(&connection, &wakes, &told))
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        count(writer, &pages)?;
        Ok(Self { wake: Some(wake), thread: Some(thread), pages, brought_over, told_at: 0 })
    }

    /// Has no thread: whatever is due is the writer's to do.
    pub(super) fn inline(writer: &mut Connection) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicU32::new(0));
        count(writer, &pages)?;
        Ok(Self { wake: None, thread: None, pages, brought_over: Arc::default(), told_at: 0 })
    }

    /// Looks at the log after a commit of `writer`: wakes the thread or does its work, where that is due.
    pub(super) fn written(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        let brought_over = self.brought_over.load(Ordering::Relaxed);
        match ((Log { pages, brought_over, told_at: self.told_at }).due(), &self.wake) {
            (Due::Nobody, _) => {}
            // One that is at it already is not waited for.
            (Due::Thread, Some(thread)) => {
                if thread.try_send(()).is_ok() {
                    self.told_at = pages;
                }
            }
            (Due::Writer, _) | (Due::Thread, None) => {
                checkpoint(writer);
                self.brought_over.store(0, Ordering::Relaxed);
                self.told_at = pages;
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

fn run(connection: &Connection, wakes: &Receiver<()>, brought_over: &AtomicU32) {
    while wakes.recv().is_ok() {
        brought_over.store(checkpoint(connection), Ordering::Relaxed);
    }
}

/// Has `pages` tell how many the log has after each commit of `writer`.
fn count(writer: &mut Connection, pages: &Arc<AtomicU32>) -> Result<(), StoreError> {
    let logged = Arc::clone(pages);
    writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
        logged.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))?;
    Ok(())
}

/// Brings over what no reader holds back, without waiting for anybody. How far the log is brought over then, in pages.
fn checkpoint(connection: &Connection) -> u32 {
    let passive = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(2));
    passive.map(|pages| u32::try_from(pages).unwrap_or(0)).unwrap_or_else(|error| {
        tracing::warn!(%error, "a checkpoint failed; another will follow");
        0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(pages: u32, brought_over: u32, told_at: u32) -> Due {
        Log { pages, brought_over, told_at }.due()
    }

    #[test]
    fn the_thread_is_woken_as_the_log_grows() {
        assert_eq!(due(PAGES_BETWEEN - 1, 0, 0), Due::Nobody);
        assert_eq!(due(PAGES_BETWEEN, 0, 0), Due::Thread);
        assert_eq!(due(PAGES_BETWEEN + 1, 0, PAGES_BETWEEN), Due::Nobody, "it is at it");
        assert_eq!(due(2 * PAGES_BETWEEN, PAGES_BETWEEN, PAGES_BETWEEN), Due::Thread);
        assert_eq!(due(10, PAGES_BETWEEN, PAGES_BETWEEN), Due::Nobody, "the log has begun anew");
        assert_eq!(due(PAGES_BETWEEN, 0, PAGES_BETWEEN + 7), Due::Thread, "and has grown again");
    }

    #[test]
    fn the_writer_ends_a_long_log_when_little_is_left_and_the_longest_in_any_case() {
        assert_eq!(due(LONG, LONG - LEFT, LONG - LEFT), Due::Writer);
        assert_eq!(due(LONG, LONG - LEFT - 1, LONG - LEFT), Due::Nobody, "too much is left");
        assert_eq!(due(LONG - 1, LONG - LEFT, LONG - LEFT), Due::Nobody, "not long yet");
        assert_eq!(due(LONGEST, 0, LONGEST - LEFT), Due::Writer);
        assert_eq!(due(LONGEST + 1, 0, LONGEST), Due::Nobody, "a reader holds it back");
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
