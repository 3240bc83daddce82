//! Which account an agent runs on: of those that take agents the one with the most left.

use std::cmp::Ordering;

use go_bus_api::{Account, AccountId, DriverKind, Timestamp};
use go_rules::accounts::{self, Room};

/// Every account that the driver may run on rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("every account that it may run on rests until {until}")]
pub struct AllRest {
    /// When the first of them takes agents again.
    pub until: Timestamp,
}

/// The account for the next agent of `driver`: of those that take agents now the one with the most left, where the scarcest of its windows
/// counts, and a weekly one only as far as agents may use it; of equals the one that was used least recently, then the first by id. `Ok(None)`
/// where there is no account for this driver: its program uses its own login.
pub fn account_for<'a>(
    accounts: impl IntoIterator<Item = &'a Account> + Clone,
    driver: DriverKind,
    now: Timestamp,
) -> Result<Option<&'a AccountId>, AllRest> {
    let serving = || accounts::serving(accounts.clone(), driver);
    match accounts::room(serving(), now) {
        None => Ok(None),
        Some(Room::From(until)) => Err(AllRest { until }),
        Some(Room::Now) => {
            let awake = serving().filter(|account| accounts::rests_until(account, now).is_none());
            Ok(awake.min_by(|a, b| order(a, b, now)).map(|account| &account.id))
        }
    }
}

fn order(a: &Account, b: &Account, now: Timestamp) -> Ordering {
    let more_left = left(b, now).total_cmp(&left(a, now));
    more_left.then_with(|| a.last_used.cmp(&b.last_used)).then_with(|| a.id.cmp(&b.id))
}

/// What is left of the scarcest window that is not over; all of it where nothing is known.
fn left(account: &Account, now: Timestamp) -> f64 {
    let open = account.windows.iter().filter(|window| window.resets_at.is_none_or(|at| now < at));
    open.map(|window| accounts::left(account, window)).fold(1.0, f64::min)
}

#[cfg(test)]
mod tests;
