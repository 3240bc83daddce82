//! Which account a hand gets.

use go_bus_api::{AccountWindow, Provider, Ratio, Text};
use serde_json::json;

use super::*;

fn at(after: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_000_000 + after)
}

fn account(id: &str) -> Account {
    serde_json::from_value(json!({"id": id, "provider": "anthropic", "created_at": at(0), "revision": 1})).unwrap()
}

fn with(id: &str, windows: &[(&str, f64)]) -> Account {
    let window = |(name, used): &(&str, f64)| AccountWindow {
        name: Text::clipped(name),
        used: Ratio::new(*used).unwrap(),
        resets_at: Some(at(100)),
    };
    Account { windows: windows.iter().map(window).collect(), ..account(id) }
}

fn chosen(accounts: &[Account]) -> Result<Option<String>, AllRest> {
    account_for(accounts, DriverKind::Claude, at(0)).map(|id| id.map(ToString::to_string))
}

fn is(name: &str) -> Result<Option<String>, AllRest> {
    Ok(Some(name.to_owned()))
}

#[test]
fn the_scarcest_window_counts() {
    let one = with("one", &[("five_hour", 0.1), ("seven_day", 0.8)]);
    let other = with("other", &[("five_hour", 0.6), ("seven_day", 0.5)]);
    assert_eq!(chosen(&[one.clone(), other.clone()]), is("other"));
    assert_eq!(chosen(&[one, other, account("unknown")]), is("unknown"), "nothing is known to be used");
}

#[test]
fn a_weekly_window_counts_as_far_as_agents_may_use_it() {
    let limited = |limit| Account { weekly_limit: Ratio::new(limit).ok(), ..with("limited", &[("seven_day", 0.4)]) };
    let free = with("free", &[("seven_day", 0.45)]);
    assert_eq!(chosen(&[limited(1.0), free.clone()]), is("limited"));
    assert_eq!(chosen(&[limited(0.5), free.clone()]), is("free"));
    assert_eq!(
        chosen(&[limited(0.4), with("free", &[("seven_day", 0.99)])]),
        is("free"),
        "all that agents may use is used"
    );
    assert_eq!(chosen(&[limited(0.4)]), Err(AllRest { until: at(100) }));
}

#[test]
fn of_equals_the_one_that_was_used_least_recently_is_next() {
    let used = |id: &str, last: Option<i64>| Account { last_used: last.map(at), ..account(id) };
    assert_eq!(chosen(&[used("a", Some(-1)), used("b", Some(-5)), used("c", Some(-3))]), is("b"));
    assert_eq!(chosen(&[used("a", Some(-1)), used("b", None)]), is("b"), "never used");
    assert_eq!(chosen(&[used("b", None), used("a", None)]), is("a"), "the first by id");
}

#[test]
fn what_rests_is_left_out_and_where_all_rest_the_first_to_wake_is_told() {
    let parked = |id: &str, until| Account { parked_until: Some(at(until)), ..account(id) };
    assert_eq!(chosen(&[parked("a", 50), with("b", &[("five_hour", 0.9)])]), is("b"));
    assert_eq!(chosen(&[parked("a", 50), with("b", &[("five_hour", 1.0)])]), Err(AllRest { until: at(50) }));
    assert_eq!(chosen(&[parked("a", 0)]), is("a"), "its time has come");
}

#[test]
fn a_window_that_is_over_says_nothing_of_what_is_left() {
    let mut over = with("over", &[("five_hour", 0.9)]);
    over.windows[0].resets_at = Some(at(0));
    assert_eq!(chosen(&[over, with("open", &[("five_hour", 0.1)])]), is("over"));
}

#[test]
fn without_an_account_of_its_provider_a_program_uses_its_own_login() {
    let openai = Account { provider: Provider::OpenAi, ..account("a") };
    assert_eq!(chosen(&[]), Ok(None));
    assert_eq!(chosen(&[openai]), Ok(None));
    assert_eq!(account_for(&[account("a")], DriverKind::Shell, at(0)), Ok(None));
}
