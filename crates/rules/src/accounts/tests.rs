//! Windows, rests and what is left, by plain instants.

use go_bus_api::{Ratio, Text};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn now() -> Timestamp {
    at(0)
}

fn at(after: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_000_000 + after)
}

fn window(name: &str, used: f64, resets_after: Option<i64>) -> AccountWindow {
    AccountWindow { name: Text::clipped(name), used: Ratio::new(used).unwrap(), resets_at: resets_after.map(at) }
}

fn account(windows: Vec<AccountWindow>) -> Account {
    let account = json!({"id": "work", "provider": "anthropic", "created_at": at(0), "revision": 1});
    Account { windows, ..serde_json::from_value(account).unwrap() }
}

fn parked(after: i64) -> AccountPatch {
    let reason = Some(Text::clipped(&format!("until {after}")));
    AccountPatch { parked_until: Some(at(after)), reason, ..AccountPatch::default() }
}

#[test]
fn a_parked_account_rests_and_takes_agents_again_once_its_time_has_come() {
    let account = Account { parked_until: Some(at(10)), ..account(Vec::new()) };
    assert_eq!(rests_until(&account, now()), Some(at(10)));
    assert_eq!(rests_until(&account, at(9)), Some(at(10)));
    assert_eq!(rests_until(&account, at(10)), None);
}

#[test]
fn a_window_that_is_used_up_rests_until_it_opens_anew_and_the_last_one_counts() {
    let of = |windows| rests_until(&account(windows), now());
    assert_eq!(of(vec![window("five_hour", 0.99, Some(10))]), None);
    assert_eq!(of(vec![window("five_hour", 1.0, Some(10))]), Some(at(10)));
    assert_eq!(of(vec![window("five_hour", 1.0, Some(10)), window("seven_day", 1.0, Some(90))]), Some(at(90)));
    assert_eq!(of(vec![window("five_hour", 1.0, Some(0))]), None, "it has opened anew");
    assert_eq!(of(vec![window("five_hour", 1.0, None)]), None, "nobody knows until when");
}

#[test]
fn of_a_weekly_window_agents_use_no_more_than_they_may() {
    let account = |used| Account {
        weekly_limit: Ratio::new(0.5).ok(),
        ..account(vec![window("seven_day", used, Some(90)), window("five_hour", 0.6, Some(10))])
    };
    assert_eq!(rests_until(&account(0.49), now()), None);
    assert_eq!(rests_until(&account(0.5), now()), Some(at(90)));
    assert!((left(&account(0.25), &window("seven_day", 0.25, None)) - 0.5).abs() < 1e-9);
    assert!((left(&account(0.25), &window("five_hour", 0.25, None)) - 0.75).abs() < 1e-9);
}

#[test]
fn agents_run_on_their_own_provider_s_active_accounts() {
    let of = |provider, state| Account { provider, state, ..account(Vec::new()) };
    let accounts = [
        of(Provider::Anthropic, AccountState::Active),
        of(Provider::OpenAi, AccountState::Active),
        of(Provider::Anthropic, AccountState::Retired),
    ];
    let count = |driver| serving(&accounts, driver).count();
    assert_eq!(
        [DriverKind::Claude, DriverKind::Codex, DriverKind::Shell, DriverKind::Command].map(count),
        [1, 1, 0, 0]
    );
}

#[test]
fn there_is_room_where_one_account_takes_agents_else_from_the_first_one_on() {
    let parked = |after| Account { parked_until: Some(at(after)), ..account(Vec::new()) };
    assert_eq!(room(&[], now()), None);
    assert_eq!(room(&[parked(20), parked(10)], now()), Some(Room::From(at(10))));
    assert_eq!(room(&[parked(20), parked(0)], now()), Some(Room::Now));
}

#[test]
fn room_changes_with_the_first_rest_or_window_that_ends() {
    let accounts = [
        Account {
            parked_until: Some(at(30)),
            ..account(vec![window("five_hour", 0.4, Some(20)), window("odd", 1.0, None)])
        },
        Account { parked_until: Some(at(10)), ..account(Vec::new()) },
    ];
    let of = |now| next_change(&accounts, now);
    assert_eq!([at(0), at(10), at(20), at(30)].map(of), [Some(at(10)), Some(at(20)), Some(at(30)), None]);
    assert_eq!(next_change(&[], now()), None);
}

#[test]
fn a_rest_lasts_a_minute_from_the_end_that_tells_of_it_and_no_longer_than_any_window() {
    let (minute, longest) = (60_000, i64::try_from(LONGEST_REST.as_millis()).unwrap());
    for (until, ended, expected) in [
        (-500, Some(0), minute),
        (500, Some(0), minute),
        (70_000, Some(0), 70_000),
        (-500, Some(-minute), 0),
        (-500, None, -500),
        (longest + 1, None, longest),
    ] {
        assert_eq!(rest(at(until), ended.map(at), now()), at(expected), "{until} {ended:?}");
    }
}

#[test]
fn no_report_closes_an_account_for_longer_than_any_window() {
    let mut account = account(Vec::new());
    let told = AccountPatch { windows: vec![window("odd", 1.0, Some(i64::MAX / 2))], ..parked(i64::MAX / 2) };
    report(&mut account, &told, now());
    assert_eq!(rests_until(&account, now()), Some(now().after(LONGEST_REST)));
    assert_eq!(account.windows[0].resets_at, Some(now().after(LONGEST_REST)));
}

#[test]
fn a_report_never_frees_what_another_one_parked_and_the_operator_does() {
    let mut account = account(Vec::new());
    for (until, expected) in [(10, 10), (5, 10), (20, 20), (20, 20)] {
        report(&mut account, &parked(until), now());
        assert_eq!(account.parked_until, Some(at(expected)));
    }
    assert_eq!(account.reason, Some(Text::clipped("until 20")));
    set(&mut account, &AccountPatch { parked_until: Some(now()), ..AccountPatch::default() }, now());
    assert_eq!((rests_until(&account, now()), account.reason.clone()), (None, None));
    report(&mut account, &parked(-5), now());
    assert_eq!(account.parked_until, Some(now()), "what is over parks nothing");
}

#[test]
fn a_window_that_opened_anew_takes_the_place_of_the_one_before() {
    let mut account = account(vec![window("five_hour", 1.0, Some(10))]);
    let tell = |account: &mut Account, window| {
        report(account, &AccountPatch { windows: vec![window], ..AccountPatch::default() }, now())
    };
    tell(&mut account, window("five_hour", 0.3, Some(10)));
    assert_eq!(account.windows, [window("five_hour", 1.0, Some(10))], "an older report of the same window");
    tell(&mut account, window("five_hour", 0.1, Some(50)));
    assert_eq!(account.windows, [window("five_hour", 0.1, Some(50))]);
    tell(&mut account, window("five_hour", 0.9, None));
    assert_eq!(account.windows, [window("five_hour", 0.1, Some(50))], "one without a time can't be newer");
}

#[test]
fn there_are_no_more_windows_than_there_may_be_and_those_that_are_over_go_first() {
    let mut account = account(vec![window("z", 0.5, Some(0))]);
    let many = (0..AccountWindow::MOST).map(|number| window(&format!("w{number:02}"), 0.1, Some(10))).collect();
    report(&mut account, &AccountPatch { windows: many, ..AccountPatch::default() }, now());
    assert_eq!(account.windows.len(), AccountWindow::MOST);
    assert!(account.windows.iter().all(|window| window.name.as_str() != "z"));
}

proptest! {
    #[test]
    fn reports_come_in_any_order_and_more_than_once(
        told in prop::collection::vec((0_usize..3, 0_u32..5, 0_i64..4, prop::option::of(1_i64..50)), 1..12),
        order in any::<prop::sample::Index>(),
    ) {
        let patch = |(name, used, window_of, park): &(usize, u32, i64, Option<i64>)| {
            let name = ["five_hour", "seven_day", "hour"][*name];
            let used = f64::from(*used) / 4.0;
            let windows = vec![window(name, used, Some(window_of * 100))];
            let parking = park.map(parked).unwrap_or_default();
            AccountPatch { windows, ..parking }
        };
        let (mut one, mut other) = (account(Vec::new()), account(Vec::new()));
        told.iter().for_each(|told| report(&mut one, &patch(told), now()));
        let turn = order.index(told.len());
        let turned = told[turn..].iter().chain(&told[..turn]).chain(&told);
        turned.for_each(|told| report(&mut other, &patch(told), now()));
        prop_assert_eq!(one, other);
    }
}
