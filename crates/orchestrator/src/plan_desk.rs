//! plan.yaml as GO works with it: read when it changes, written at most every 200 ms, never on the way of a tick.

use std::time::Duration;

use go_bus_client::World;
use go_clock::Boottime;
use go_plan::edit::TicketUpdate;
use go_plan::reconcile::updates;
use go_plan::{Diagnostic, FileError, Plan, PlanFile, Updated, Watch};
use tokio::task::JoinHandle;

use crate::config::PlanSource;
use crate::error::GoError;

/// The least time between two writes; the Bus is the truth meanwhile.
const COALESCE: Duration = Duration::from_millis(200);

/// The pause after a write that failed.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// How often the last write is tried before GO ends without it.
const LAST_WRITES: usize = 3;

/// A read plan, or what is wrong with it.
type Read = Result<Plan, Vec<Diagnostic>>;

/// The plan's file, its watch, and the write under way.
#[derive(Debug)]
pub(crate) struct PlanDesk {
    file: PlanFile,
    /// `None` once the folder is gone: nothing will tell of changes any more.
    watch: Option<Watch>,
    text: String,
    next_write: Option<Boottime>,
    last_write: Option<Boottime>,
    writing: Option<JoinHandle<Written>>,
}

impl PlanDesk {
    /// Opens the file, begins to watch it, and reads it.
    pub(crate) fn open(source: &PlanSource) -> Result<(Self, Plan), GoError> {
        let file = PlanFile::open(&source.path)?;
        // Watched before it is read: what changes in between is read again.
        let watch = Some(file.watch()?);
        let text = file.read()?;
        let plan = parse(&file, &text).map_err(GoError::Plan)?;
        Ok((Self { file, watch, text, next_write: None, last_write: None, writing: None }, plan))
    }

    /// Waits until the file has changed or a write has ended, and gives the plan as it is then; `None` where it is the one that
    /// is known, or has mistakes: GO then goes on with the last good one. May be dropped and called again at any time.
    pub(crate) async fn changed(&mut self) -> Option<Plan> {
        let event = tokio::select! {
            written = ended(&mut self.writing) => Event::Written(written),
            watched = saved(&mut self.watch) => Event::Saved(watched),
        };
        match event {
            Event::Written(written) => {
                self.writing = None;
                self.take_written(written?)
            }
            Event::Saved(watched) => {
                if watched.is_err() {
                    self.watch = None;
                }
                self.take_saved(watched)
            }
        }
    }

    /// The plan as it is on disk now; `None` where it is the one that is known, or has mistakes. Read on a thread of its own.
    pub(crate) async fn reread(&mut self) -> Option<Plan> {
        let (file, known) = (self.file.clone(), self.text.clone());
        let read = tokio::task::spawn_blocking(move || {
            let text = file.read()?;
            Ok((text != known).then(|| (parse(&file, &text), text)))
        });
        // The thread does not panic.
        match read.await.ok()? {
            Ok(newer) => {
                let (read, text) = newer?;
                self.text = text;
                self.good(read)
            }
            Err(error) => unreadable(&error),
        }
    }

    /// Notes that a ticket's task may have changed.
    pub(crate) fn touch(&mut self, now: Boottime) {
        let earliest = self.last_write.map_or(now, |last| last + COALESCE);
        self.next_write.get_or_insert(earliest.max(now));
    }

    /// When the next write is due.
    pub(crate) fn next_write(&self) -> Option<Boottime> {
        self.next_write.filter(|_| self.writing.is_none())
    }

    /// Begins the write that is due, where there is anything to write.
    pub(crate) fn write_if_due(&mut self, plan: &Plan, world: &World, now: Boottime) {
        if self.next_write().is_none_or(|due| due > now) {
            return;
        }
        self.next_write = None;
        let updates = updates(plan, world);
        if !updates.is_empty() {
            self.last_write = Some(now);
            self.writing = Some(write(self.file.clone(), updates));
        }
    }

    /// Writes what is still to be written, and waits for it.
    pub(crate) async fn flush(&mut self, mut plan: Plan, world: &World) {
        for _ in 0..LAST_WRITES {
            if let Some(writing) = self.writing.take() {
                match writing.await.ok().and_then(|written| self.take_written(written)) {
                    Some(newer) => plan = newer,
                    None => plan = self.reread().await.unwrap_or(plan),
                }
            }
            let updates = updates(&plan, world);
            if updates.is_empty() {
                return;
            }
            self.writing = Some(write(self.file.clone(), updates));
        }
        if let Some(writing) = self.writing.take() {
            // What it could not write is on the Bus, and written at the next start.
            let _ = writing.await;
        }
    }

    fn take_written(&mut self, written: Written) -> Option<Plan> {
        match written {
            Ok((updated, read)) => {
                for skipped in &updated.skipped {
                    tracing::warn!(ticket = %skipped.id, "a ticket's status can't be written into the plan");
                }
                match self.file.read() {
                    // Saved since it was written: what was written is not the latest any more.
                    Ok(text) if text != updated.text => self.take_saved(Ok(())),
                    _ => {
                        self.text = updated.text;
                        self.good(read)
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the plan was not written; it is tried again");
                self.next_write = self.last_write.map(|last| last + WRITE_AGAIN);
                None
            }
        }
    }

    fn take_saved(&mut self, watched: Result<(), FileError>) -> Option<Plan> {
        match watched.and_then(|()| self.file.read()) {
            Ok(text) if text == self.text => None,
            Ok(text) => {
                let read = parse(&self.file, &text);
                self.text = text;
                self.good(read)
            }
            Err(error) => unreadable(&error),
        }
    }

    fn good(&self, read: Read) -> Option<Plan> {
        read.inspect_err(|mistakes| {
            tracing::warn!("the plan has mistakes; the last good one holds");
            mistakes.iter().for_each(|mistake| tracing::warn!("{mistake}"));
        })
        .ok()
    }
}

fn unreadable(error: &FileError) -> Option<Plan> {
    tracing::warn!(%error, "the plan can't be read; the last one holds");
    None
}

/// What came of a write.
type Written = Result<(Updated, Read), FileError>;

enum Event {
    /// The write has ended; `None` where its thread has failed.
    Written(Option<Written>),
    Saved(Result<(), FileError>),
}

async fn ended(writing: &mut Option<JoinHandle<Written>>) -> Option<Written> {
    match writing {
        Some(writing) => writing.await.ok(),
        None => std::future::pending().await,
    }
}

async fn saved(watch: &mut Option<Watch>) -> Result<(), FileError> {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

fn parse(file: &PlanFile, text: &str) -> Read {
    Plan::parse(&file.path().display().to_string(), text)
}

/// Writes on a thread of its own: an exchange flushes the disk.
fn write(file: PlanFile, updates: Vec<TicketUpdate>) -> JoinHandle<Written> {
    tokio::task::spawn_blocking(move || {
        let updated = file.update(&updates)?;
        let read = parse(&file, &updated.text);
        Ok((updated, read))
    })
}

#[cfg(test)]
mod tests;
