//! The disk's watermark: where hardly any room is left nothing new is begun, and people are told.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use go_bus_api::{AlertLevel, NewAlert, Text};
use go_clock::Boottime;
use go_runtime::Space;

use super::jobs::Done;
use super::local::LocalState;
use super::worker::Worker;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(10);
/// How often people are told again while it stays full.
const TOLD_EVERY: Duration = Duration::from_secs(3600);

/// When the disk is looked at next, and who was told.
#[derive(Debug, Default)]
pub(super) struct Room {
    due: Boottime,
    told_until: Boottime,
    /// Whether the last warning reached nobody: on a full disk the Bus may not be able to write either.
    unheard: Arc<AtomicBool>,
}

impl Room {
    /// Looks where that is due and notes in `local` whether anything new may be begun; answers the warning to send, where there is one.
    pub(super) fn look(
        &mut self,
        worker: &Worker,
        local: &mut LocalState,
        now: Boottime,
    ) -> Option<impl Future<Output = Done> + Send + 'static + use<>> {
        if now < self.due {
            return None;
        }
        self.due = now + EVERY;
        // What can't be looked at is no reason to stand still.
        let space = worker.config.runtime.space(&worker.config.data).ok();
        let full = space.filter(|space| !space.is_enough());
        local.is_full = full.is_some();
        if self.unheard.swap(false, Ordering::SeqCst) {
            self.told_until = now;
        }
        let space = full.filter(|_| now >= self.told_until)?;
        self.told_until = now + TOLD_EVERY;
        let (worker, alert, unheard) = (worker.clone(), alert(worker, space), self.unheard.clone());
        Some(async move {
            tracing::warn!(host = %worker.config.host, free = space.free, "hardly any room is left; nothing new is begun");
            if let Err(error) = worker.client.raise_alert(&alert).await {
                tracing::warn!(%error, "nobody could be told that the disk is full; it is tried again");
                unheard.store(true, Ordering::SeqCst);
            }
            Done::Warning
        })
    }

    /// When to look again though nothing happens: room may come back by itself.
    pub(super) fn next(&self, local: &LocalState) -> Option<Boottime> {
        local.is_full.then_some(self.due)
    }
}

fn alert(worker: &Worker, space: Space) -> NewAlert {
    let (host, mib) = (&worker.config.host, 1 << 20);
    let detail = format!(
        "{} of {} MiB are free where {} lies; with less than 1 GiB, and less than 5 %, nothing new is started there",
        space.free / mib,
        space.total / mib,
        worker.config.data.display()
    );
    NewAlert {
        level: AlertLevel::L4,
        title: Text::clipped(&format!("the disk of host {host} is full: nothing new starts there")),
        detail: Text::clipped(&detail),
        project: None,
        dedupe_key: Some(Text::clipped(&format!("disk/{host}"))),
    }
}
