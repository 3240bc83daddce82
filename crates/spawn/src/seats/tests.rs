//! Who takes a seat next.

use go_bus_api::{Agent, AgentState, Exit, ExitReport, Failure, FailureCause, Remedy, Resource, Role};
use serde_json::json;

use super::*;
use crate::samples;
use crate::succession::FIXED_FOR;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_millis(seconds * 1000)
}

fn po() -> Orchestrator {
    Orchestrator::Po(samples::id("site"))
}

/// POs by Claude Code, all others by their fixed programs.
fn thinking() -> SeatDrivers {
    SeatDrivers { po: DriverKind::Claude, ..SeatDrivers::default() }
}

/// A PO of this driver that was spawned a minute before it ended, and not because it was told to.
fn ended(seconds: i64, driver: DriverKind, remedy: Option<Remedy>) -> Agent {
    let failure = remedy.map(|remedy| Failure::new(remedy, FailureCause::NoResult, "no luck"));
    let report = ExitReport { code: Some(1), failure, ..ExitReport::default() };
    let exit = Some(Exit { report, at: at(seconds) });
    let (state, spawned_at) = (AgentState::Terminated, at(seconds - 60));
    Agent { driver, state, spawned_at, exit, ..samples::agent(&format!("a-{seconds}"), Role::Po) }
}

fn claude(seconds: i64) -> Agent {
    ended(seconds, DriverKind::Claude, Some(Remedy::Retry))
}

/// What runs the PO of `site` at `seconds` after these ends.
fn after(ends: &[Agent], seconds: i64) -> DriverKind {
    let mut history = SeatHistory::default();
    ends.iter().for_each(|agent| history.observe(agent));
    seating(&po(), &thinking(), &history, &World::default(), at(seconds)).driver
}

#[test]
fn each_role_has_its_driver_and_a_plan_says_otherwise_for_one_seat() {
    let drivers = thinking().with([(po(), DriverKind::Codex)]);
    assert_eq!(drivers.of(&po()), DriverKind::Codex);
    assert_eq!(drivers.of(&Orchestrator::Po(samples::id("other"))), DriverKind::Claude);
    assert_eq!(drivers.of(&Orchestrator::Ho(samples::id("h1"))), DriverKind::Shell);
    assert_eq!(drivers.of(&Orchestrator::Io(samples::id("operator"))), DriverKind::Shell);
}

#[test]
fn one_that_fails_is_followed_by_its_like_and_after_three_in_a_row_by_the_fixed_program_for_an_hour() {
    assert_eq!(after(&[], 100), DriverKind::Claude);
    assert_eq!(after(&[claude(100), claude(200)], 200), DriverKind::Claude);
    let three = [claude(100), claude(200), claude(300)];
    assert_eq!(after(&three, 300), DriverKind::Shell);
    assert_eq!(after(&three, 300 + 3599), DriverKind::Shell);
    assert_eq!(after(&three, 300 + 3600), DriverKind::Claude);
    let and_one = [three.as_slice(), &[claude(4000)]].concat();
    assert_eq!(after(&and_one, 4000), DriverKind::Claude, "it counts anew");
}

#[test]
fn failures_that_are_far_apart_are_not_in_a_row_and_what_is_no_failure_is_not_counted() {
    assert_eq!(after(&[claude(100), claude(200), claude(200 + 3600)], 3800), DriverKind::Claude);
    let rotated = ended(300, DriverKind::Claude, Some(Remedy::Rotate));
    assert_eq!(after(&[claude(100), claude(200), rotated], 300), DriverKind::Claude);
    let mut stopped = claude(300);
    stopped.exit.as_mut().unwrap().report.stopped = true;
    assert_eq!(after(&[claude(100), claude(200), stopped], 300), DriverKind::Claude);
    let fixed = ended(300, DriverKind::Shell, None);
    assert_eq!(after(&[claude(100), claude(200), fixed], 300), DriverKind::Claude);
    let silent = Agent { state: AgentState::Lost, exit: None, last_heartbeat: Some(at(300)), ..claude(300) };
    assert_eq!(after(&[claude(100), claude(200), silent], 300), DriverKind::Shell, "silence is a failure");
}

#[test]
fn what_only_a_person_can_mend_is_not_tried_again_and_a_login_that_rests_is_waited_for() {
    for remedy in [Remedy::Escalate, Remedy::Fatal] {
        assert_eq!(after(&[ended(100, DriverKind::Claude, Some(remedy))], 100), DriverKind::Shell);
    }
    let parked = ended(100, DriverKind::Claude, Some(Remedy::ParkUntil { until: at(500) }));
    let on_an_account = Agent { account: Some(samples::id("work")), ..parked.clone() };
    assert_eq!(after(std::slice::from_ref(&parked), 499), DriverKind::Shell);
    assert_eq!(after(&[parked], 500), DriverKind::Claude);
    assert_eq!(after(&[on_an_account], 100), DriverKind::Claude, "the next one has another account");
}

#[test]
fn it_runs_on_the_account_that_takes_agents_and_where_all_rest_the_fixed_program_does_its_work() {
    let account = |id: &str, until: Option<&str>| -> Resource {
        let account = json!({"id": id, "provider": "anthropic", "state": "active", "parked_until": until, "revision": 1,
                             "created_at": "2026-03-21T08:15:30.000Z"});
        serde_json::from_value(json!({"type": "account", "resource": account})).unwrap()
    };
    let seat = |all: Vec<Resource>| {
        let world: World = all.into_iter().collect();
        seating(&po(), &thinking(), &SeatHistory::default(), &world, at(0))
    };
    let rests = || account("home", Some("1970-01-01T01:00:00.000Z"));
    let found = seat(vec![rests(), account("work", None)]);
    assert_eq!((found.driver, found.account, found.instead), (DriverKind::Claude, Some(samples::id("work")), None));
    let none = seat(vec![rests()]);
    assert_eq!((none.driver, none.account), (DriverKind::Shell, None));
    assert!(none.instead.unwrap().contains("rests until 1970-01-01T01:00:00"));
}

#[test]
fn a_clock_that_was_set_back_gives_the_fixed_program_the_seat_for_an_hour_at_most() {
    let mut history = SeatHistory::default();
    history.observe(&ended(900_000, DriverKind::Claude, Some(Remedy::Fatal)));
    assert_eq!(history.fixed_until(&po(), at(0)), Some(at(0).after(FIXED_FOR)));
}
