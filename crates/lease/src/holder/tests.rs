//! The core with plain instants.

mod leading;
mod session;
mod standby;

use std::time::Duration;

use go_bus_api::{Epoch, Grant, HolderId, LeaseHeld, LeaseView, Millis, SessionState, Timestamp};
use go_bus_client::BusError;
use go_clock::Boottime;

use super::{Action, BidAnswer, Holder, Input};
use crate::LeaseConfig;

/// Renewed every 60 s, TTL 125 s, trusted for 124 s.
fn config() -> LeaseConfig {
    LeaseConfig::default()
}

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(seconds))
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn grant(epoch: u64) -> Grant {
    let ttl_ms = Millis(125_000);
    let acquired_at = Timestamp::from_unix_millis(0);
    let holder = HolderId::new("go-1").unwrap();
    Grant {
        holder,
        epoch: Epoch(epoch),
        ttl_ms,
        remaining_ms: ttl_ms,
        acquired_at,
        handoff: None,
        session_grace_ms: None,
    }
}

fn granted(sent: u64, epoch: u64) -> Input {
    Input::Answered { sent: at(sent), answer: BidAnswer::Granted(grant(epoch)) }
}

fn held(epoch: u64, remaining: u64) -> Input {
    let held = LeaseHeld {
        holder: HolderId::new("go-2").unwrap(),
        epoch: Epoch(epoch),
        remaining_ms: Millis(remaining * 1000),
        handoff: None,
    };
    Input::Answered { sent: at(0), answer: BidAnswer::Held(Box::new(held)) }
}

fn failed() -> Input {
    Input::Answered { sent: at(0), answer: BidAnswer::Failed(error()) }
}

fn error() -> Box<BusError> {
    Box::new(BusError::Broken("cut".to_owned()))
}

fn view(holder: Option<&str>, epoch: u64, remaining: u64) -> LeaseView {
    LeaseView {
        holder: holder.map(|holder| HolderId::new(holder).unwrap()),
        epoch: Epoch(epoch),
        remaining_ms: Millis(remaining * 1000),
        ttl_ms: Millis(125_000),
        session: SessionState::Open,
        silent_ms: None,
        acquired_at: None,
        handoff: None,
        url: None,
        standbys: Vec::new(),
    }
}

/// A holder that has been granted epoch 7 by a bid sent at second 100 and answered at once, with the action that follows.
fn leader() -> (Holder, Action) {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    let action = holder.step(granted(100, 7), at(100), 0.0);
    (holder, action)
}
