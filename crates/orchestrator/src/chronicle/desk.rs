//! When the chronicle is written: beside the ticks, again after a failure, and before a good end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AlertId, Sprint, SprintId};
use go_bus_client::{BusClient, World};
use go_clock::{Boottime, Clock};
use go_lease::Lease;
use go_rules::backoff::Backoff;
use tokio::task::JoinHandle;

use super::files::{Chronicle, Unwritten};
use super::notice;

/// The pause after a failure.
const AGAIN: Backoff = Backoff { first: Duration::from_millis(250), most: Duration::from_secs(60) };

/// After so many failures in a row an alert is raised; and so often the last write is tried.
const FAILURES: u32 = 3;

/// So many sprints are written at once: on a new log all of them are missing.
const AT_ONCE: usize = 32;

/// How long the last writes may take.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// The way to the files of one tenure. Without a chronicle it does nothing.
#[derive(Debug)]
pub(crate) struct ChronicleDesk {
    chronicle: Option<Chronicle>,
    /// The sprints of which nothing is missing.
    settled: BTreeSet<SprintId>,
    due: Option<Boottime>,
    failures: u32,
    /// The alert that is open.
    alert: Option<AlertId>,
    /// The one that was taken note of last; the World may not tell it yet.
    mended: Option<AlertId>,
    writing: Option<JoinHandle<Written>>,
}

/// What came of a write.
#[derive(Debug)]
pub(crate) struct Written {
    sprints: Vec<SprintId>,
    failures: Vec<Unwritten>,
    /// The alert that is open after it.
    alert: Option<AlertId>,
}

impl ChronicleDesk {
    /// A tenure's, at its beginning: what is there already it will find.
    pub(crate) fn new(chronicle: Option<Chronicle>) -> Self {
        Self { chronicle, settled: BTreeSet::new(), due: None, failures: 0, alert: None, mended: None, writing: None }
    }

    /// Notes that a sprint may have been closed.
    pub(crate) fn touch(&mut self, now: Boottime) {
        if self.chronicle.is_some() {
            self.due.get_or_insert(now);
        }
    }

    /// When it looks again whether anything is missing.
    pub(crate) fn next_write(&self) -> Option<Boottime> {
        self.due.filter(|_| self.writing.is_none())
    }

    /// Begins to write what is missing, where that is due.
    pub(crate) fn write_if_due(&mut self, world: &World, now: Boottime, bus: BusClient) {
        if self.next_write().is_none_or(|due| due > now) {
            return;
        }
        self.due = None;
        let sprints = self.missing(world);
        let known = notice::open(world).filter(|open| Some(open) != self.mended.as_ref());
        self.alert = self.alert.take().or(known);
        if !sprints.is_empty() || self.alert.is_some() {
            self.begin(sprints, bus);
        }
    }

    /// Waits until the write under way has ended; forever where there is none. May be dropped and called again at any time.
    pub(crate) async fn ended(&mut self) -> Written {
        let Some(writing) = &mut self.writing else { return std::future::pending().await };
        let written = writing.await;
        self.writing = None;
        let failed = |_| Written { sprints: Vec::new(), failures: vec![Unwritten::Thread], alert: self.alert.clone() };
        written.unwrap_or_else(failed)
    }

    /// Takes note of what came of a write, and tells whether all of it is done.
    pub(crate) fn take(&mut self, written: Written, now: Boottime) -> bool {
        if written.alert.is_none() {
            self.mended = self.alert.take().or(self.mended.take());
        }
        self.alert = written.alert;
        if written.failures.is_empty() {
            self.settled.extend(written.sprints);
            self.failures = 0;
            // There may be more than was written at once, and what the Bus has not taken is tried again.
            self.due = Some(if self.alert.is_some() { now + AGAIN.most } else { now });
            return true;
        }
        self.failures = self.failures.saturating_add(1);
        for failure in &written.failures {
            tracing::warn!(%failure, "a closed sprint is not written down yet; it is tried again");
        }
        self.due = Some(now + self.pause());
        false
    }

    /// Writes what is missing, and waits for it: a few times, and not for ever.
    pub(crate) async fn flush(&mut self, world: &World, lease: &Lease, clock: &Arc<dyn Clock>) {
        tokio::select! {
            biased;
            () = self.flush_all(world, lease, clock) => {}
            () = clock.sleep(LAST_WRITES) => {
                tracing::warn!("the last sprint may not be written down; the next start sees to it");
            }
        }
    }

    /// What is missing, for one who lets the lease go first: a standby waits for that, and writes it as well.
    pub(crate) fn leave(&self, world: &World) -> LastWrites {
        let some = |sprints: &Vec<Sprint>| !sprints.is_empty();
        LastWrites(self.chronicle.clone().zip(Some(self.missing(world)).filter(some)))
    }

    async fn flush_all(&mut self, world: &World, lease: &Lease, clock: &Arc<dyn Clock>) {
        let mut tries = 0;
        while tries < FAILURES {
            let Ok(bus) = lease.client() else { return };
            if self.writing.is_none() {
                let sprints = self.missing(world);
                if sprints.is_empty() {
                    return;
                }
                self.begin(sprints, bus);
            }
            let written = self.ended().await;
            if !self.take(written, clock.boottime()) {
                tries += 1;
                clock.sleep(self.pause()).await;
            }
        }
    }

    fn begin(&mut self, sprints: Vec<Sprint>, bus: BusClient) {
        let Some(chronicle) = self.chronicle.clone() else { return };
        let is_to_raise = self.failures.saturating_add(1) >= FAILURES;
        self.writing = Some(tokio::spawn(write(chronicle, sprints, self.alert.clone(), is_to_raise, bus)));
    }

    /// The closed sprints that are not settled, oldest first; not all at once.
    fn missing(&self, world: &World) -> Vec<Sprint> {
        let is_missing = |sprint: &&Sprint| {
            self.chronicle.is_some() && sprint.closed_at.is_some() && !self.settled.contains(&sprint.id)
        };
        let mut missing: Vec<&Sprint> = world.sprints().filter(is_missing).collect();
        missing.sort_by_key(|sprint| (sprint.closed_at, &sprint.id));
        missing.into_iter().take(AT_ONCE).cloned().collect()
    }

    fn pause(&self) -> Duration {
        AGAIN.pause(self.failures, 1.0)
    }
}

/// Writes that need no lease any more: twice is as good as once, whoever else is at it.
#[derive(Debug, Default)]
pub(crate) struct LastWrites(Option<(Chronicle, Vec<Sprint>)>);

impl LastWrites {
    /// Whether there is nothing to write.
    pub(crate) fn is_nothing(&self) -> bool {
        self.0.is_none()
    }

    /// Writes them, once.
    pub(crate) async fn write(self, clock: &Arc<dyn Clock>) {
        let Some((chronicle, sprints)) = self.0 else { return };
        let written = tokio::select! {
            biased;
            written = tokio::task::spawn_blocking(move || chronicle.write(&sprints)) => matches!(written, Ok(Ok(()))),
            () = clock.sleep(LAST_WRITES) => false,
        };
        if !written {
            tracing::warn!("the last sprint may not be written down here; whoever leads next sees to it");
        }
    }
}

/// Writes on a thread of its own, and raises the alert or takes note of it.
async fn write(
    chronicle: Chronicle,
    sprints: Vec<Sprint>,
    alert: Option<AlertId>,
    is_to_raise: bool,
    bus: BusClient,
) -> Written {
    let ids = sprints.iter().map(|sprint| sprint.id.clone()).collect();
    let written = tokio::task::spawn_blocking(move || chronicle.write(&sprints)).await;
    let failures = written.unwrap_or_else(|_| Err(vec![Unwritten::Thread])).err().unwrap_or_default();
    let alert = match alert {
        Some(alert) if failures.is_empty() => (!notice::mend(&alert, &bus).await).then_some(alert),
        None if is_to_raise && !failures.is_empty() => notice::raise(&failures, &bus).await,
        unchanged => unchanged,
    };
    Written { sprints: ids, failures, alert }
}

#[cfg(test)]
mod tests;
