//! Accounts as `go agents` and `go status` print them: what is left of each, and until when it rests.

use std::fmt;

use go_bus_api::{Account, AccountState, AccountWindow, Timestamp};
use go_rules::accounts::rests_until;
use serde::Serialize;

use crate::render::{Table, length, or_dash};

/// An account with the windows that its provider told of.
#[derive(Debug, Serialize)]
pub(super) struct AccountLine {
    id: String,
    provider: String,
    state: &'static str,
    /// Until when nobody starts on it.
    rests_until: Option<Timestamp>,
    /// Why it was parked, where it still is.
    reason: Option<String>,
    windows: Vec<AccountWindow>,
    /// How long it rests yet, in words.
    #[serde(skip)]
    rests: String,
}

/// The lines of these accounts.
pub(super) fn lines<'a>(accounts: impl IntoIterator<Item = &'a Account>, now: Timestamp) -> Vec<AccountLine> {
    accounts.into_iter().map(|account| line(account, now)).collect()
}

fn line(account: &Account, now: Timestamp) -> AccountLine {
    let rests = rests_until(account, now);
    let is_parked = account.parked_until.is_some_and(|until| now < until);
    let reason = account.reason.as_ref().filter(|_| is_parked).map(ToString::to_string);
    let is_open = |window: &&AccountWindow| window.resets_at.is_none_or(|at| now < at);
    AccountLine {
        id: account.id.to_string(),
        provider: account.provider.as_str().to_owned(),
        state: if account.state == AccountState::Active && rests.is_some() { "rests" } else { account.state.as_str() },
        rests_until: rests,
        windows: account.windows.iter().filter(is_open).cloned().collect(),
        rests: match (rests, &reason) {
            (None, _) => String::new(),
            (Some(until), None) => format!("for {}", length(until.since(now))),
            (Some(until), Some(reason)) => format!("for {}: {reason}", length(until.since(now))),
        },
        reason,
    }
}

/// Accounts as a table.
pub(super) struct AccountTable<'a>(pub(super) &'a [AccountLine]);

impl fmt::Display for AccountTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["ACCOUNT", "PROVIDER", "STATE", "USED", ""]);
        for account in self.0 {
            let used = |window: &AccountWindow| format!("{} {:.0} %", window.name, window.used.get() * 100.0);
            let used = account.windows.iter().map(used).collect::<Vec<_>>().join(", ");
            let used = or_dash(Some(used).filter(|used| !used.is_empty()));
            table.row([account.id.as_str(), &account.provider, account.state, &used, &account.rests]);
        }
        write!(f, "{table}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(parked_until: Option<&str>, used: f64) -> Account {
        serde_json::from_value(json!({
            "id": "work", "provider": "anthropic", "parked_until": parked_until, "reason": "429",
            "windows": [
                {"name": "five_hour", "used": used, "resets_at": "2026-03-21T12:00:00.000Z"},
                {"name": "hour", "used": 1.0, "resets_at": "2026-03-21T08:00:00.000Z"},
            ],
            "created_at": "2026-03-21T08:00:00.000Z", "revision": 1,
        }))
        .unwrap()
    }

    fn words(account: &Account) -> Vec<String> {
        let lines = lines([account], "2026-03-21T10:00:00.000Z".parse().unwrap());
        let table = AccountTable(&lines).to_string();
        table
            .lines()
            .last()
            .unwrap_or_default()
            .split("  ")
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn what_is_used_is_told_and_until_when_it_rests_and_why() {
        assert_eq!(words(&account(None, 0.42)), ["work", "anthropic", "active", "five_hour 42 %"]);
        assert_eq!(words(&account(None, 1.0)), ["work", "anthropic", "rests", "five_hour 100 %", "for 2 h"]);
        let parked = account(Some("2026-03-21T13:30:00.000Z"), 1.0);
        assert_eq!(words(&parked), ["work", "anthropic", "rests", "five_hour 100 %", "for 3 h 30 min: 429"]);
        let over = account(Some("2026-03-21T09:00:00.000Z"), 0.0);
        assert_eq!(words(&over), ["work", "anthropic", "active", "five_hour 0 %"], "it is over");
    }
}
