//! Accounts: which rest and until when, which agents run on whose, and what a report of an account's limits changes.

use std::time::Duration;

use go_bus_api::{Account, AccountPatch, AccountState, AccountWindow, DriverKind, Project, Provider, Task, Timestamp};

use crate::placement;

/// How often an attempt may end without anybody's failure; from then on such an end counts as one, so that nothing circles for ever.
pub const MOST_EXCUSED: u32 = 20;

/// The least that an account rests after an end that tells of its limit: clocks differ, and what was told may be over by the Bus's.
pub const SHORTEST_REST: Duration = Duration::from_secs(60);

/// The longest that a report makes one rest, and longer than any provider's window: what names a later time is a mistake.
pub const LONGEST_REST: Duration = Duration::from_secs(32 * 86_400);

/// Whether something may start on the accounts of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Yes.
    Now,
    /// All of them rest; the first one gets free then.
    From(Timestamp),
}

/// What runs the hand of `task`: a shell for what touches a host, whatever builds its project's tickets, else the setting.
pub fn driver_of(task: &Task, project: Option<&Project>, usual: DriverKind) -> DriverKind {
    if placement::is_host_work(task.kind) {
        return DriverKind::Shell;
    }
    project.and_then(|project| project.driver).unwrap_or(usual)
}

/// Until when nobody starts on `account`: it is parked, or a window of it is used up as far as agents may use it. `None` where it takes
/// agents. A window whose time is over, or of which no time is known, says nothing.
pub fn rests_until(account: &Account, now: Timestamp) -> Option<Timestamp> {
    let parked = account.parked_until.filter(|until| now < *until);
    account.windows.iter().filter_map(|window| used_up(account, window, now)).chain(parked).max()
}

fn used_up(account: &Account, window: &AccountWindow, now: Timestamp) -> Option<Timestamp> {
    let resets_at = window.resets_at.filter(|at| now < *at)?;
    (left(account, window) <= 0.0).then_some(resets_at)
}

/// How much of a window agents may still use, as a share of what they may in all; not below 0.
pub fn left(account: &Account, window: &AccountWindow) -> f64 {
    let limit = account.weekly_limit.filter(|_| window.is_weekly()).map_or(1.0, |limit| limit.get());
    if limit <= 0.0 { 0.0 } else { ((limit - window.used.get()) / limit).max(0.0) }
}

/// The accounts that an agent of `driver` may run on, whether they rest or not.
pub fn serving<'a>(
    accounts: impl IntoIterator<Item = &'a Account>,
    driver: DriverKind,
) -> impl Iterator<Item = &'a Account> {
    let provider = Provider::of(driver);
    accounts.into_iter().filter(move |account| {
        account.state == AccountState::Active && provider.as_ref().is_some_and(|provider| account.provider == *provider)
    })
}

/// Whether something may start on any of `accounts`; `None` where there is none: then a program uses its own login.
pub fn room<'a>(accounts: impl IntoIterator<Item = &'a Account>, now: Timestamp) -> Option<Room> {
    accounts.into_iter().map(|account| rests_until(account, now).map_or(Room::Now, Room::From)).min()
}

/// The first time after `now` from which one of `accounts` has other room than now, though nothing is told of it: a rest is over, or a window opens
/// anew.
pub fn next_change<'a>(accounts: impl IntoIterator<Item = &'a Account>, now: Timestamp) -> Option<Timestamp> {
    let times =
        |account: &'a Account| account.windows.iter().filter_map(|window| window.resets_at).chain(account.parked_until);
    accounts.into_iter().flat_map(times).filter(|at| now < *at).min()
}

/// Until when there is rest after an end at `ended` that says `until`.
pub fn rest(until: Timestamp, ended: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let least = ended.map_or(until, |ended| ended.after(SHORTEST_REST));
    until.max(least).min(now.after(LONGEST_REST))
}

/// What a shim or a launcher reports of an account: of two reports the one that tells of less room counts, so they may come in any order
/// and more than once. A window that opened anew takes the place of what it was. No time counts that lies further ahead than [`LONGEST_REST`].
pub fn report(account: &mut Account, told: &AccountPatch, now: Timestamp) {
    let latest = now.after(LONGEST_REST);
    let parked = told.parked_until.map(|until| until.min(latest));
    if let Some(until) = parked.filter(|until| now < *until && account.parked_until.is_none_or(|at| at < *until)) {
        (account.parked_until, account.reason) = (Some(until), told.reason.clone());
    }
    for window in &told.windows {
        let resets_at = window.resets_at.map(|at| at.min(latest));
        learn(&mut account.windows, &AccountWindow { resets_at, ..window.clone() });
    }
    bound(&mut account.windows, now);
}

/// What the operator or GO sets.
pub fn set(account: &mut Account, patch: &AccountPatch, now: Timestamp) {
    if let Some(until) = patch.parked_until {
        (account.parked_until, account.reason) = (Some(until), patch.reason.clone());
    }
    for window in &patch.windows {
        account.windows.retain(|known| known.name != window.name);
        learn(&mut account.windows, window);
    }
    bound(&mut account.windows, now);
    account.weekly_limit = patch.weekly_limit.or(account.weekly_limit);
    account.provider = patch.provider.clone().unwrap_or_else(|| account.provider.clone());
    account.state = patch.state.unwrap_or(account.state);
}

fn learn(windows: &mut Vec<AccountWindow>, told: &AccountWindow) {
    let place = windows.partition_point(|known| known.name < told.name);
    match windows.get_mut(place).filter(|known| known.name == told.name) {
        None => windows.insert(place, told.clone()),
        Some(known) if is_newer(known, told) => *known = told.clone(),
        Some(_) => {}
    }
}

/// A later window is newer, and of the same one the report of more use is. One without a time can't be compared, and is taken.
fn is_newer(known: &AccountWindow, told: &AccountWindow) -> bool {
    match (known.resets_at, told.resets_at) {
        (Some(known_at), Some(told_at)) => (told_at, told.used.get()) > (known_at, known.used.get()),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// Keeps no more windows than there may be: those that are over go first.
fn bound(windows: &mut Vec<AccountWindow>, now: Timestamp) {
    let is_over = |window: &AccountWindow| window.resets_at.is_some_and(|at| at <= now);
    while windows.len() > AccountWindow::MOST {
        match windows.iter().position(is_over) {
            Some(over) => drop(windows.remove(over)),
            None => windows.truncate(AccountWindow::MOST),
        }
    }
}

#[cfg(test)]
mod tests;
