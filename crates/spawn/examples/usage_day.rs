//! A day of usage windows, simulated: three accounts whose providers refuse beyond their limits, and a backlog without end. What is routed
//! and what rests is decided by the rules that the Bus, GO and the POs go by; the providers, the agents and the time are made up.
//!
//! Prints what came of it, as JSON: `cargo run -p go-spawn --example usage_day`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a simulation may stop at whatever is not as it should be"
)]

use std::collections::BTreeMap;

use go_bus_api::{Account, AccountId, AccountPatch, AccountWindow, DriverKind, Ratio, Text, Timestamp};
use go_rules::accounts::report;
use go_spawn::account_for;
use serde_json::json;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60;
const FIVE_HOURS: i64 = 5 * 60;
/// How many agents work at once.
const SLOTS: usize = 8;
/// Agent minutes in a window of five hours.
const WINDOW: u32 = 8 * 60;
/// What a run that goes on with a conversation spends before it is where it was, in minutes.
const RESUMING: u32 = 1;
/// How often a run hears of its windows, in minutes.
const HEARS_EVERY: u32 = 5;

/// What a provider knows of an account.
struct Provider {
    /// Agent minutes in this week.
    week: u32,
    used_of_week: u32,
    used: u32,
    resets_at: Option<i64>,
}

impl Provider {
    /// A minute of an agent, where the limits allow it.
    fn minute(&mut self, now: i64) -> bool {
        if self.resets_at.is_none_or(|at| at <= now) {
            (self.used, self.resets_at) = (0, Some(now + FIVE_HOURS));
        }
        let is_allowed = self.used < WINDOW && self.used_of_week < self.week;
        if is_allowed {
            self.used += 1;
            self.used_of_week += 1;
        }
        is_allowed
    }

    /// When it allows more, where it refuses now.
    fn refuses_until(&self) -> i64 {
        if self.used_of_week >= self.week { 7 * DAY } else { self.resets_at.unwrap_or_default() }
    }

    fn windows(&self) -> Vec<AccountWindow> {
        let window = |name: &str, used: u32, of: u32, resets_at: i64| AccountWindow {
            name: Text::clipped(name),
            used: Ratio::new((f64::from(used) / f64::from(of)).min(1.0)).unwrap(),
            resets_at: Some(at(resets_at)),
        };
        let five_hour = self.resets_at.map(|resets_at| window("five_hour", self.used, WINDOW, resets_at));
        let week = window("seven_day", self.used_of_week, self.week, 7 * DAY);
        five_hour.into_iter().chain([week]).collect()
    }
}

struct Run {
    account: AccountId,
    /// How many runs began before it.
    number: u32,
    /// Minutes that bring the work no further yet.
    resuming: u32,
    /// Minutes of work left.
    left: u32,
    ran: u32,
}

/// What came of a day, in minutes of agents.
#[derive(Default)]
struct Outcome {
    /// Work that was done.
    useful: u32,
    /// Runs that began on an account after its provider had turned another away, before the time it named.
    tries: u32,
    /// Runs that met a limit.
    refused: u32,
    /// Work on what a person keeps of a week.
    of_the_person_s: u32,
    /// What the limits allow.
    allowed: u32,
}

/// An account's name, its week in minutes of agents, and the share of it that agents may use.
type Known = (&'static str, u32, f64);

/// Which account the next run gets.
type Routing = fn(&BTreeMap<AccountId, Account>, Timestamp) -> Option<AccountId>;

/// As the product does it.
fn by_what_is_left(accounts: &BTreeMap<AccountId, Account>, now: Timestamp) -> Option<AccountId> {
    account_for(accounts.values(), DriverKind::Claude, now).ok().flatten().cloned()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_800_000_000_000 + minute * MINUTE)
}

/// Lengths of tickets between 10 and 90 minutes, always the same.
fn lengths() -> impl Iterator<Item = u32> {
    let step = |seed: &u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(7_u64), step).map(|seed| 10 + u32::try_from((seed >> 33) % 81).unwrap())
}

struct Day {
    routing: Routing,
    providers: BTreeMap<AccountId, Provider>,
    accounts: BTreeMap<AccountId, Account>,
    /// When a provider last turned somebody away: how many runs had begun by then, and until when.
    turned_away: BTreeMap<AccountId, (u32, i64)>,
    runs: Vec<Run>,
    began: u32,
    /// What is left of tickets whose run was refused.
    begun: Vec<u32>,
    outcome: Outcome,
}

impl Day {
    fn new(known: &[Known], routing: Routing) -> Self {
        let account = |(name, _, limit): &Known| -> Account {
            let account =
                json!({"id": name, "provider": "anthropic", "weekly_limit": limit, "created_at": at(0), "revision": 1});
            serde_json::from_value(account).unwrap()
        };
        let id = |known: &Known| AccountId::new(known.0).unwrap();
        let provider = |known: &Known| Provider { week: known.1, used_of_week: 0, used: 0, resets_at: None };
        Self {
            routing,
            providers: known.iter().map(|known| (id(known), provider(known))).collect(),
            accounts: known.iter().map(|known| (id(known), account(known))).collect(),
            turned_away: BTreeMap::new(),
            runs: Vec::new(),
            began: 0,
            begun: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// A shim's report to the Bus.
    fn tell(&mut self, account: &AccountId, parked_until: Option<i64>, now: i64) {
        let windows = self.providers[account].windows();
        let told = AccountPatch { parked_until: parked_until.map(at), windows, ..AccountPatch::default() };
        report(self.accounts.get_mut(account).unwrap(), &told, at(now));
    }

    fn start(&mut self, lengths: &mut impl Iterator<Item = u32>, now: i64) {
        while self.runs.len() < SLOTS {
            let Some(account) = (self.routing)(&self.accounts, at(now)) else { return };
            self.accounts.get_mut(&account).unwrap().last_used = Some(at(now));
            let resumed = self.begun.pop().map(|left| (RESUMING, left));
            let (resuming, left) = resumed.unwrap_or_else(|| (0, lengths.next().unwrap()));
            self.began += 1;
            self.runs.push(Run { account, number: self.began, resuming, left, ran: 0 });
        }
    }

    /// A minute of every run.
    fn work(&mut self, now: i64) {
        for mut run in std::mem::take(&mut self.runs) {
            if !self.providers.get_mut(&run.account).unwrap().minute(now) {
                self.refuse(&run, now);
                continue;
            }
            run.ran += 1;
            match run.resuming {
                0 => (run.left, self.outcome.useful) = (run.left - 1, self.outcome.useful + 1),
                _ => run.resuming -= 1,
            }
            if run.ran.is_multiple_of(HEARS_EVERY) || run.left == 0 {
                self.tell(&run.account, None, now);
            }
            if run.left > 0 {
                self.runs.push(run);
            }
        }
    }

    /// Its provider turns a run away: its account is parked, its ticket goes on elsewhere.
    fn refuse(&mut self, run: &Run, now: i64) {
        let until = self.providers[&run.account].refuses_until();
        let before = self.turned_away.get(&run.account);
        self.outcome.tries += u32::from(before.is_some_and(|(began, until)| run.number > *began && now < *until));
        self.outcome.refused += 1;
        self.turned_away.insert(run.account.clone(), (self.began, until));
        self.tell(&run.account, Some(until), now);
        self.begun.push(run.left);
    }
}

/// A day, minute by minute.
fn simulate(known: &[Known], routing: Routing) -> Outcome {
    let (mut day, mut lengths) = (Day::new(known, routing), lengths());
    for now in 0..DAY {
        day.start(&mut lengths, now);
        day.work(now);
    }
    let over =
        |known: &Known| day.providers[&AccountId::new(known.0).unwrap()].used_of_week.saturating_sub(share(known));
    Outcome { of_the_person_s: known.iter().map(over).sum(), allowed: allowed(known), ..day.outcome }
}

/// What of a week agents may use.
fn share((_, week, limit): &Known) -> u32 {
    (f64::from(*week) * limit) as u32
}

/// What the limits of a day allow: every window used up, as far as the week goes.
fn allowed(known: &[Known]) -> u32 {
    let windows = u32::try_from((DAY + FIVE_HOURS - 1) / FIVE_HOURS).unwrap();
    known.iter().map(|known| share(known).min(windows * WINDOW)).sum()
}

/// Two accounts whose five hours count, and one whose week is short and partly a person's.
const ACCOUNTS: [Known; 3] = [("a", 10_080, 1.0), ("b", 10_080, 1.0), ("c", 1_800, 0.8)];

fn main() {
    let day = simulate(&ACCOUNTS, by_what_is_left);
    let share = f64::from(day.useful) / f64::from(day.allowed);
    println!(
        "{}",
        json!({"share": share, "tries": day.tries, "refused": day.refused, "of_the_person_s": day.of_the_person_s})
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_usage_windows_is_used_up_and_nobody_tries_on_an_account_that_rests() {
        let day = simulate(&ACCOUNTS, by_what_is_left);
        let share = f64::from(day.useful) / f64::from(day.allowed);
        assert!((0.95..=1.02).contains(&share), "{share}");
        assert_eq!(day.tries, 0);
        assert!(day.of_the_person_s <= 60, "{}", day.of_the_person_s);
    }

    /// The same without what accounts tell.
    fn in_turns(accounts: &BTreeMap<AccountId, Account>, _: Timestamp) -> Option<AccountId> {
        accounts.values().min_by_key(|account| account.last_used).map(|account| account.id.clone())
    }

    /// The same without the windows.
    fn by_parks_alone(accounts: &BTreeMap<AccountId, Account>, now: Timestamp) -> Option<AccountId> {
        let blind = |account: &Account| Account { windows: Vec::new(), ..account.clone() };
        let blind: Vec<Account> = accounts.values().map(blind).collect();
        account_for(&blind, DriverKind::Claude, now).ok().flatten().cloned()
    }

    #[test]
    fn who_heeds_neither_parks_nor_windows_tries_in_vain_and_who_heeds_no_windows_takes_what_is_the_person_s() {
        let day = simulate(&ACCOUNTS, in_turns);
        assert!(day.tries > 100, "{}", day.tries);
        let day = simulate(&ACCOUNTS, by_parks_alone);
        assert!(day.of_the_person_s > 300, "{}", day.of_the_person_s);
    }
}
