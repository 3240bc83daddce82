//! When the handoff is written, and where to: never on the way of a tick.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use go_bus_api::Epoch;
use go_bus_client::BusClient;
use go_clock::Boottime;
use tokio::task::JoinHandle;

use super::{Decided, HandoffDocument, HandoffFile, latest};

/// The longest time from a change to its handoff, where the lease is renewed once a minute.
const MOST: Duration = Duration::from_secs(5);

/// So many handoffs are written between two renewals at most: a short lease wants a young one.
const PER_HEARTBEAT: u32 = 12;

/// The handoff's way out, and what it tells beside the World.
#[derive(Debug)]
pub(crate) struct HandoffDesk {
    every: Duration,
    file: Option<Arc<dyn HandoffFile>>,
    /// What was decided lately.
    pub(crate) decided: Decided,
    due: Option<Boottime>,
    begun: Option<Boottime>,
    written: Option<HandoffDocument>,
    writing: Option<Writing>,
}

/// A write under way; its task tells whether the Bus took the document.
#[derive(Debug)]
struct Writing {
    document: HandoffDocument,
    task: JoinHandle<bool>,
}

impl HandoffDesk {
    /// Nothing written yet. `heartbeat` is the lease's.
    pub(crate) fn new(heartbeat: Duration, file: Option<Arc<dyn HandoffFile>>) -> Self {
        let every = (heartbeat / PER_HEARTBEAT).min(MOST);
        Self { every, file, decided: Decided::default(), due: None, begun: None, written: None, writing: None }
    }

    /// Notes that there may be something new to tell.
    pub(crate) fn touch(&mut self, now: Boottime) {
        let earliest = self.begun.map_or(now, |begun| begun + self.every);
        self.due.get_or_insert(earliest.max(now));
    }

    /// When it looks again whether anything is to be written.
    pub(crate) fn next_write(&self) -> Option<Boottime> {
        self.due
    }

    /// Begins to write what `make` makes, where that is due and tells something new.
    pub(crate) fn write_if_due(&mut self, now: Boottime, bus: &BusClient, make: impl FnOnce() -> HandoffDocument) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.due = None;
        if !self.has_ended() {
            self.due = Some(now + self.every);
            return;
        }
        let document = make().with_decided(self.decided.lines());
        if self.written.as_ref().is_some_and(|written| written.tells_the_same(&document)) {
            return;
        }
        let task = tokio::spawn(keep(document.clone(), bus.clone(), self.file.clone()));
        self.writing = Some(Writing { document, task });
        // Then it is known whether the Bus took it.
        (self.begun, self.due) = (Some(now), Some(now + self.every));
    }

    /// Whether no write is under way; takes note of what became of the last.
    fn has_ended(&mut self) -> bool {
        let Some(writing) = &mut self.writing else { return true };
        let Some(ended) = (&mut writing.task).now_or_never() else { return false };
        if let (Some(Writing { document, .. }), Ok(true)) = (self.writing.take(), ended) {
            self.written = Some(document);
        }
        true
    }

    /// Writes `document`, and waits for it. The one under way comes first: it must not take the place of this one.
    pub(crate) async fn flush(&mut self, document: HandoffDocument, bus: &BusClient) {
        if let Some(Writing { task, .. }) = self.writing.take() {
            // What came of it does not matter any more.
            let _ = task.await;
        }
        keep(document.with_decided(self.decided.lines()), bus.clone(), self.file.clone()).await;
    }
}

/// The predecessor's handoff, from the Bus or the file, for the successor under `own`.
pub(crate) async fn read(bus: &BusClient, file: Option<Arc<dyn HandoffFile>>, own: Epoch) -> Option<HandoffDocument> {
    let on_the_bus = async {
        let answer = bus.handoff().await;
        answer.inspect_err(|error| tracing::warn!(%error, "the handoff on the Bus can't be read")).ok().flatten()
    };
    let (handoff, on_disk) = tokio::join!(on_the_bus, on_disk(file));
    latest(handoff.as_ref().and_then(HandoffDocument::read).into_iter().chain(on_disk), own)
}

async fn on_disk(file: Option<Arc<dyn HandoffFile>>) -> Option<HandoffDocument> {
    let file = file?;
    // The thread does not panic.
    tokio::task::spawn_blocking(move || in_file(&*file)).await.ok().flatten()
}

fn in_file(file: &dyn HandoffFile) -> Option<HandoffDocument> {
    let content =
        file.read().inspect_err(|error| tracing::warn!(%error, "the handoff's file can't be read")).ok()??;
    match serde_json::from_slice(&content) {
        Ok(value) => HandoffDocument::from_value(&value),
        Err(error) => {
            tracing::warn!(%error, "the handoff's file is no handoff");
            None
        }
    }
}

/// Puts `document` to the Bus under the lease, and once the Bus has it into the file. Tells whether the Bus took it.
async fn keep(document: HandoffDocument, bus: BusClient, file: Option<Arc<dyn HandoffFile>>) -> bool {
    let value = document.to_value();
    if let Err(error) = bus.put_handoff(&value).await {
        if error.is_over() {
            // The lease's keeper tells what became of it.
            tracing::debug!(%error, "the handoff was not written");
        } else {
            tracing::warn!(%error, "the Bus did not take the handoff");
        }
        return false;
    }
    if let Some(file) = file {
        let content = value.to_string();
        let written = tokio::task::spawn_blocking(move || put_in_file(&*file, &document, content.as_bytes())).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "the handoff is on the Bus alone");
        }
    }
    true
}

/// Who slept between the Bus's answer and this must not take the place of a successor's.
fn put_in_file(file: &dyn HandoffFile, document: &HandoffDocument, content: &[u8]) -> std::io::Result<()> {
    let is_later = |there: HandoffDocument| there.epoch > document.epoch && there.written_at >= document.written_at;
    if in_file(file).is_some_and(is_later) { Ok(()) } else { file.write(content) }
}

#[cfg(test)]
mod tests;
