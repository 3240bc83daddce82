//! Whether GO may be restarted now: the pause between two tries, and the breaker.

use go_bus_api::Timestamp;

use super::{Breaker, Notice, Policy, Record};

/// Whether GO may be restarted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    /// It may; the record counts it.
    Granted,
    /// Not before this instant.
    Wait(Timestamp),
    /// Restarts did not help; the next one is tried at this instant.
    Open(Timestamp),
}

/// Asks for a restart because of `why` and takes note of the answer in `record`.
pub(super) fn ask(record: &mut Record, policy: &Policy, now: Timestamp, why: &str) -> Permit {
    match record.breaker {
        Breaker::Open { since } if now.since(since) < Policy::WINDOW => Permit::Open(since.after(Policy::WINDOW)),
        Breaker::Open { .. } => {
            record.breaker = Breaker::HalfOpen;
            grant(record, now)
        }
        Breaker::HalfOpen => open(record, now, why),
        Breaker::Closed if record.restarts.len() >= policy.budget => open(record, now, why),
        Breaker::Closed => match due(record, policy) {
            Some(due) if now < due => Permit::Wait(due),
            _ => grant(record, now),
        },
    }
}

/// When the pause after the last restart is over.
fn due(record: &Record, policy: &Policy) -> Option<Timestamp> {
    let tries = u32::try_from(record.restarts.len()).unwrap_or(u32::MAX);
    // Nobody else retries at the same time, so nothing is spread.
    record.restarts.last().map(|last| last.after(policy.backoff.pause(tries, 1.0)))
}

fn grant(record: &mut Record, now: Timestamp) -> Permit {
    record.restarts.push(now);
    Permit::Granted
}

fn open(record: &mut Record, now: Timestamp, why: &str) -> Permit {
    record.breaker = Breaker::Open { since: now };
    record.note(Notice::GivenUp { at: now, why: why.to_owned(), restarts: record.restarts.len() });
    Permit::Open(now.after(Policy::WINDOW))
}
