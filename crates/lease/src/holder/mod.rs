//! The pure core: what the holder of the lease, or who wants to be it, does next.

mod input;
mod release;
mod session;
mod state;
mod step;

pub use input::{Action, BidAnswer, Input, ReleaseAnswer, WaitAnswer};
pub use state::{End, State, Tenure};

use std::time::Duration;

use go_bus_api::HolderId;
use go_clock::Boottime;

use crate::session::Session;

/// A bidder for the lease as a state machine. It is fed what happened and says what to do; it does neither IO nor look at a
/// clock. Each action leads to exactly one input, except that [`Input::Release`] may cut a sleep short and then replaces
/// its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    name: HolderId,
    heartbeat: Duration,
    ttl: Duration,
    standby_ok: bool,
    state: State,
    /// The session under the present epoch; `None` where there is no lease, or the Bus keeps none.
    session: Option<Session>,
    /// Whether the next renewal should not wait.
    hurry: bool,
}

impl Holder {
    /// A bidder that has not begun.
    pub fn new(config: &crate::LeaseConfig) -> Self {
        let (heartbeat, ttl, standby_ok) = (config.heartbeat, config.ttl(), config.standby_ok);
        let name = config.holder.clone();
        Self { name, heartbeat, ttl, standby_ok, state: State::Idle, session: None, hurry: false }
    }

    /// Where it is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The tenure under which its owner may act at `now`.
    pub fn trusted(&self, now: Boottime) -> Option<Tenure> {
        match self.state {
            State::Leading(tenure) if tenure.is_trusted(now) => Some(tenure),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
