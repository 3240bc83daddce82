//! What is decided, state by state, and what holds whatever is seen.

mod budget;
mod promises;
mod states;

use std::time::Duration;

use go_bus_api::{Epoch, HolderId, Timestamp};

use super::{Beat, Bus, BusPlace, Intent, Observation, Policy, Session};

/// The seed's policy (R31): every two minutes, three checks of grace.
fn policy(place: BusPlace) -> Policy {
    Policy::new(place, Duration::from_secs(120), 3)
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_millis(1_774_000_000_000).after(Duration::from_secs(seconds))
}

fn held() -> Bus {
    held_by(None)
}

/// Held still, by a holder whose session broke four seconds ago.
fn silent() -> Bus {
    held_by(Some(Duration::from_secs(4)))
}

fn held_by(silent_for: Option<Duration>) -> Bus {
    let (holder, renewed_ago) = (HolderId::new("go-1").unwrap(), Duration::from_secs(31));
    Bus::Answers(Beat::Held { holder, epoch: Epoch(7), renewed_ago, silent_for })
}

fn free() -> Bus {
    Bus::Answers(Beat::Free { epoch: Epoch(7) })
}

fn away() -> Bus {
    Bus::Away("connection refused".to_owned())
}

fn seen(bus: Bus, session: Session) -> Observation {
    Observation { intent: Intent::Run, bus, session, process: None }
}
