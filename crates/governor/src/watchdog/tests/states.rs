//! One case for each row of the table.

use super::{at, away, free, held, policy, seen, silent};
use crate::watchdog::BusPlace::{Embedded, External};
use crate::watchdog::{Action, Bus, Decision, Finding, Intent, Observation, Record, Response, Session, decide};

const RUNS: Session = Session::Runs { pid: 42 };
const KILLED: Session = Session::Ended { code: None };
const RESTART: [Action; 2] = [Action::Clear, Action::Start];

fn first(seen: &Observation, place: crate::watchdog::BusPlace) -> Decision {
    decide(seen, &Record::default(), &policy(place), at(0))
}

#[test]
fn whoever_leads_all_is_well_session_or_not() {
    for session in [RUNS, Session::Absent, KILLED, Session::Unknown("no tmux".to_owned())] {
        let decision = first(&seen(held(), session), External);
        assert_eq!(
            (decision.actions, decision.response, decision.record),
            (vec![], Response::Nothing, Record::default())
        );
        assert!(matches!(&decision.finding, Finding::Well(who) if who.contains("go-1") && who.contains("31 s ago")));
    }
}

#[test]
fn a_go_that_is_dead_and_has_no_session_is_restarted_at_once() {
    for (bus, place) in [(away(), Embedded), (free(), Embedded), (free(), External), (silent(), External)] {
        for session in [Session::Absent, KILLED, Session::Ended { code: Some(1) }] {
            let decision = first(&seen(bus.clone(), session.clone()), place);
            assert_eq!(decision.actions, RESTART, "{bus:?} {session:?} {place:?}");
            assert_eq!(decision.response, Response::Restart { nth: 1 });
            assert_eq!(decision.record.restarts, [at(0)]);
        }
    }
}

#[test]
fn a_bus_elsewhere_that_is_down_is_no_reason_to_restart_go() {
    for session in [RUNS, Session::Absent, KILLED] {
        let mut record = Record { silent_checks: 3, ..Record::default() };
        for check in 0..20 {
            let decision = decide(&seen(away(), session.clone()), &record, &policy(External), at(check * 120));
            assert!(matches!(decision.finding, Finding::BusDown(_)), "{decision:?}");
            assert_eq!((decision.actions, decision.record.silent_checks), (vec![], 3));
            record = decision.record;
        }
    }
}

#[test]
fn silence_in_a_session_is_deferred_three_checks_and_the_fourth_intervenes() {
    for (bus, place) in [(away(), Embedded), (free(), Embedded), (free(), External), (silent(), External)] {
        let mut record = Record::default();
        for check in 1..=3 {
            let decision = decide(&seen(bus.clone(), RUNS), &record, &policy(place), at(u64::from(check) * 120));
            assert_eq!((decision.response, decision.actions), (Response::Defer { check, of: 3 }, vec![]));
            record = decision.record;
        }
        let decision = decide(&seen(bus, RUNS), &record, &policy(place), at(480));
        assert_eq!(decision.actions, [Action::End { pid: 42 }, Action::Clear, Action::Start]);
        assert_eq!((decision.record.silent_checks, decision.record.restarts), (0, vec![at(480)]));
    }
}

#[test]
fn a_go_that_a_shell_in_the_session_runs_is_ended_with_the_shell() {
    let beneath = Observation { process: Some(43), ..seen(away(), RUNS) };
    let spent = Record { silent_checks: 3, ..Record::default() };
    let decision = decide(&beneath, &spent, &policy(Embedded), at(0));
    let ends = [Action::End { pid: 42 }, Action::End { pid: 43 }];
    assert_eq!(decision.actions, [&ends[..], &RESTART].concat());
}

#[test]
fn a_beat_in_between_begins_the_count_anew() {
    let record = Record { silent_checks: 3, ..Record::default() };
    let decision = decide(&seen(held(), RUNS), &record, &policy(External), at(0));
    let decision = decide(&seen(free(), RUNS), &decision.record, &policy(External), at(120));
    assert_eq!(decision.response, Response::Defer { check: 1, of: 3 });
}

#[test]
fn without_grace_the_first_silent_check_intervenes() {
    let strict = crate::watchdog::Policy { defer_checks: 0, ..policy(External) };
    let decision = decide(&seen(free(), RUNS), &Record::default(), &strict, at(0));
    assert_eq!(decision.response, Response::Restart { nth: 1 });
}

#[test]
fn what_was_stopped_on_purpose_stays_at_rest() {
    let told = Observation { intent: Intent::Stop, ..seen(away(), Session::Absent) };
    let done = seen(away(), Session::Ended { code: Some(0) });
    let interrupted = seen(free(), Session::Ended { code: Some(130) });
    for rest in [told, done, interrupted] {
        let decision = first(&rest, Embedded);
        assert!(matches!(decision.finding, Finding::Stopped(_)), "{decision:?}");
        assert_eq!((decision.actions, decision.response), (vec![], Response::Nothing));
    }
}

#[test]
fn a_bus_that_does_not_take_us_tells_nothing_and_counts_nothing() {
    for session in [RUNS, Session::Absent] {
        let decision = first(&seen(Bus::Refuses("wrong token".to_owned()), session), Embedded);
        assert!(matches!(decision.finding, Finding::BusRefuses(_)));
        assert_eq!((decision.actions, decision.record), (vec![], Record::default()));
    }
}

#[test]
fn a_process_outside_the_session_is_ended_and_left_to_whoever_keeps_it() {
    let outside = Observation { process: Some(7), ..seen(away(), Session::Absent) };
    let spent = Record { silent_checks: 3, ..Record::default() };
    let decision = decide(&outside, &spent, &policy(Embedded), at(0));
    assert_eq!((decision.response, decision.actions), (Response::End { pid: 7 }, vec![Action::End { pid: 7 }]));
}

#[test]
fn without_tmux_a_dead_go_can_not_be_started_and_spends_no_budget() {
    let decision = first(&seen(away(), Session::Unknown("tmux is missing".to_owned())), Embedded);
    assert_eq!(decision.response, Response::CantStart("tmux is missing".to_owned()));
    assert!(decision.response.leaves_go_down() && decision.actions.is_empty() && decision.record.restarts.is_empty());
}
