//! What runs an orchestrator: its fixed program, or an agent that thinks.

use std::collections::BTreeMap;

use go_bus_api::{AccountId, DriverKind, Timestamp};
use go_bus_client::World;

use crate::accounts::account_for;
use crate::{Orchestrator, SeatHistory};

/// Which driver each HO, PO and IO is run by. `shell` means the fixed program that comes with GO.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeatDrivers {
    /// HOs.
    pub ho: DriverKind,
    /// POs.
    pub po: DriverKind,
    /// IOs.
    pub io: DriverKind,
    /// Those of which something else was said, as a plan does.
    pub named: BTreeMap<Orchestrator, DriverKind>,
}

impl SeatDrivers {
    /// What is to run `orchestrator`.
    pub fn of(&self, orchestrator: &Orchestrator) -> DriverKind {
        let usual = match orchestrator {
            Orchestrator::Ho(_) => self.ho,
            Orchestrator::Po(_) => self.po,
            Orchestrator::Io(_) => self.io,
        };
        self.named.get(orchestrator).copied().unwrap_or(usual)
    }

    /// The same with what `named` says of some.
    #[must_use]
    pub fn with(mut self, named: impl IntoIterator<Item = (Orchestrator, DriverKind)>) -> Self {
        self.named.extend(named);
        self
    }
}

/// Who takes a seat next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seating {
    /// What runs it.
    pub driver: DriverKind,
    /// The account it runs on.
    pub account: Option<AccountId>,
    /// Why the fixed program takes the seat though another driver is wanted; `None` where it is as is wanted.
    pub instead: Option<String>,
}

/// Who takes the seat of `orchestrator` at `now`: an agent of the wanted driver, on the account with the most left. The fixed program does where such
/// agents have failed there again and again, or every account rests: a fleet never stands still because of a model.
pub fn seating(
    orchestrator: &Orchestrator,
    drivers: &SeatDrivers,
    history: &SeatHistory,
    world: &World,
    now: Timestamp,
) -> Seating {
    let wanted = drivers.of(orchestrator);
    if wanted == DriverKind::Shell {
        return Seating::default();
    }
    let instead = |why: String| Seating { instead: Some(why), ..Seating::default() };
    if let Some(until) = history.fixed_until(orchestrator, now) {
        return instead(format!("{} has failed there; it is tried again from {until} on", wanted.as_str()));
    }
    let accounts: Vec<_> = world.accounts().cloned().collect();
    match account_for(&accounts, wanted, now) {
        Ok(account) => Seating { driver: wanted, account: account.cloned(), instead: None },
        Err(rest) => instead(rest.to_string()),
    }
}

#[cfg(test)]
mod tests;
