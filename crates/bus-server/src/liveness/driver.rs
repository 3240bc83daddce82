//! The task that sleeps until the earliest deadline, and commits what is due.

use std::time::Duration;

use go_bus_api::{Epoch, EventKind, ExpiryCause, Millis, ResourceKind, Seq};
use go_bus_store::{Action, EventFilter, Outcome, Query, QueryAnswer, Reject, StoreError};
use go_clock::Boottime;
use tokio::sync::watch;

use crate::bus::{Bus, wrong_answer};
use crate::lease::Settled;
use crate::roles;

use super::{Sign, Silent, Source, Watched};

/// Events read at once while catching up.
const BATCH: usize = 256;

/// How long a store that fails is left alone.
const BACKOFF: Duration = Duration::from_secs(1);

/// How long events may come together before they are read: far less than any timer has, and a reading for each of many small
/// commits would cost more than they do.
const TOGETHER: Duration = Duration::from_millis(10);

/// Arms everything that lives in full, as at every start: an outage of the Bus makes nobody lost.
///
/// Answers the event up to which the timers know; [`run`] goes on from there.
pub(crate) async fn arm_everything(bus: &Bus) -> Result<Seq, StoreError> {
    // The place is read first: what comes after it is read again as an event, and arms nothing twice.
    let QueryAnswer::LastSeq(seq) = bus.store.read(Query::LastSeq).await? else { return Err(wrong_answer()) };
    bus.lease().await?;
    let QueryAnswer::Living(documents) = bus.store.read(Query::Living).await? else { return Err(wrong_answer()) };
    for document in &documents {
        bus.liveness.see_document(document, bus.now(), Source::Start);
    }
    Ok(seq)
}

/// Keeps the timers until the Bus ends, from the events after `seq` on.
pub(crate) async fn run(bus: Bus, mut seq: Seq) {
    let mut wake = bus.store.wake();
    loop {
        let known = catch_up(&bus, &mut seq).await;
        expire_what_is_due(&bus).await;
        let again = if known.is_ok() { None } else { Some(bus.now() + BACKOFF) };
        tokio::select! {
            () = bus.closing() => return,
            () = bus.liveness.changed.notified() => {}
            () = bus.desk.changed.notified() => {}
            () = until(&bus, earliest(&bus).into_iter().chain(again).min()) => {}
            moved = news(&bus, &mut wake), if known.is_ok() => if moved.is_err() { return },
        }
    }
}

/// Completes once there is something to read, and a moment after the last reading.
async fn news(bus: &Bus, wake: &mut watch::Receiver<Seq>) -> Result<(), watch::error::RecvError> {
    bus.clock.sleep(TOGETHER).await;
    wake.changed().await
}

/// Reads the events after `seq` and lets the timers see them.
async fn catch_up(bus: &Bus, seq: &mut Seq) -> Result<(), StoreError> {
    loop {
        let events = match bus.store.events(*seq, BATCH, &EventFilter::default()).await {
            Ok(events) => events,
            Err(StoreError::HistoryGone { .. }) => {
                *seq = arm_everything(bus).await?;
                roles::load(bus, *seq).await?;
                continue;
            }
            Err(error) => {
                tracing::warn!(%error, "the liveness timers can't read the events");
                return Err(error);
            }
        };
        let now = bus.now();
        let mut lease_moved = false;
        for event in &events {
            bus.metrics.event(&event.kind);
            match event.kind {
                EventKind::QuestionAsked => bus.question_asked.notify_one(),
                EventKind::ConfigChanged => roles::load(bus, event.seq).await?,
                _ => {}
            }
            lease_moved |= bus.liveness.see_event(event, now);
        }
        if lease_moved {
            bus.lease().await?;
        }
        let Some(last) = events.last() else { return Ok(()) };
        *seq = last.seq;
    }
}

/// The instant at which something may be due.
fn earliest(bus: &Bus) -> Option<Boottime> {
    let early = held_epoch(bus).and_then(|epoch| bus.desk.set_alarm(epoch, bus.now()));
    bus.liveness.next().into_iter().chain(early).min()
}

/// The epoch under which the lease is held.
fn held_epoch(bus: &Bus) -> Option<Epoch> {
    let lease = bus.liveness.lease.borrow();
    lease.holder.as_ref().map(|_| lease.epoch)
}

async fn until(bus: &Bus, instant: Option<Boottime>) {
    match instant {
        Some(instant) => bus.clock.sleep(instant.since(bus.now())).await,
        None => std::future::pending().await,
    }
}

async fn expire_what_is_due(bus: &Bus) {
    if let Some(epoch) = held_epoch(bus)
        && let Some(silent) = bus.desk.begin_early_end(epoch, bus.now())
    {
        let settled = end_lease_early(bus, epoch, silent).await;
        bus.desk.settle_early_end(epoch, settled, bus.now());
    }
    for silent in bus.liveness.due(bus.now()) {
        expire(bus, &silent).await;
    }
}

/// Ends the lease of a holder whose session has been broken for as long as `silent`.
async fn end_lease_early(bus: &Bus, epoch: Epoch, silent: Duration) -> Settled {
    let Ok(lease) = bus.lease().await else { return Settled::Failed };
    if lease.holder.is_none() || lease.epoch != epoch {
        return Settled::Moved;
    }
    tracing::warn!(%epoch, ?silent, "the holder's session is broken and a standby waits: its lease ends early");
    let (renewals, cause, silent) = (lease.renewals, ExpiryCause::Session, Millis::from(silent));
    match bus.commit_own(Action::ExpireLease { epoch, renewals, cause, silent }).await {
        Ok(receipt) if receipt.outcome == Outcome::Updated => Settled::Over,
        Ok(_) => Settled::Moved,
        Err(error) => {
            tracing::warn!(?error, "the early end could not be committed; it is tried again");
            Settled::Failed
        }
    }
}

async fn expire(bus: &Bus, silent: &Silent) {
    let Some(action) = action(silent) else { return bus.liveness.disarm(&silent.what) };
    tracing::info!(what = ?silent.what, "silent for its whole time");
    match bus.commit_own(action).await {
        Err(Reject::Store(error)) => tracing::warn!(%error, "an expiry could not be committed; it is tried again"),
        // Done, done by another Bus, or overtaken by a sign of life: the row tells.
        Ok(_) | Err(_) => look_again(bus, &silent.what).await,
    }
}

fn action(silent: &Silent) -> Option<Action> {
    match (&silent.what, silent.since) {
        (Watched::Lease, Sign::Renewal(epoch, renewals)) => {
            let (cause, silent) = (ExpiryCause::Ttl, Millis::from(silent.silent));
            Some(Action::ExpireLease { epoch, renewals, cause, silent })
        }
        (Watched::Agent(agent), Sign::Heartbeat(last_heartbeat)) => {
            Some(Action::LoseAgent { agent: agent.clone(), last_heartbeat })
        }
        (Watched::Host(host), Sign::Heartbeat(last_heartbeat)) => {
            Some(Action::ExpireHost { host: host.clone(), last_heartbeat, bus_was_reachable: silent.bus_was_reachable })
        }
        _ => None,
    }
}

/// Reads what was to expire, so that its timer stands as its row does.
async fn look_again(bus: &Bus, what: &Watched) {
    let (kind, id) = match what {
        Watched::Lease => {
            if let Err(error) = bus.lease().await {
                tracing::warn!(%error, "the lease can't be read");
            }
            return;
        }
        Watched::Agent(agent) => (ResourceKind::Agent, agent.as_str()),
        Watched::Host(host) => (ResourceKind::Host, host.as_str()),
    };
    match bus.find(kind, id).await {
        Ok(found) => {
            let now = bus.now();
            match found {
                Some(document) => bus.liveness.see_document(&document, now, Source::Truth),
                None => bus.liveness.disarm(what),
            }
        }
        Err(error) => tracing::warn!(%error, ?what, "what was to expire can't be read"),
    }
}
