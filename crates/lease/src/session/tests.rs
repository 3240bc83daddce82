//! The session with plain instants: a grace of 2 s, so a tick every 500 ms and trust for a second.

use std::time::Duration;

use go_bus_api::{Epoch, LeaseTick, Millis};
use go_clock::Boottime;
use go_rules::lease::session_retry;

use super::{Session, SessionAction, SessionInput};

const GRACE: Duration = Duration::from_secs(2);
const HEAD: Duration = Duration::from_millis(500);

fn at(millis: u64) -> Boottime {
    Boottime(Duration::from_secs(1000) + Duration::from_millis(millis))
}

fn tick(sent: u64, elapsed: u64) -> SessionInput {
    let tick = LeaseTick { epoch: Epoch(7), grace_ms: Millis(2000), elapsed_ms: Millis(elapsed) };
    SessionInput::Tick { sent: at(sent), tick }
}

fn open(sent: u64, timeout: Duration) -> SessionAction {
    SessionAction::Open { sent: at(sent), grace: GRACE, timeout }
}

/// One whose stream was asked for at 0 and opened at 10 ms, with its first tick.
fn opened() -> Session {
    let mut session = Session::new(GRACE);
    assert_eq!(session.step(SessionInput::Due, at(0), 1.0), open(0, HEAD));
    session.step(SessionInput::Opened { sent: at(0) }, at(10), 1.0);
    session.step(tick(0, 0), at(10), 1.0);
    session
}

#[test]
fn before_it_is_asked_for_it_bounds_nothing_and_from_the_sending_on_it_gives_half_a_grace() {
    let mut session = Session::new(GRACE);
    assert_eq!(session.until(), None);
    session.step(SessionInput::Due, at(0), 1.0);
    assert_eq!(session.until(), Some(at(1000)), "the request may be carried out though its answer is lost");
    session.step(SessionInput::Failed, at(500), 1.0);
    session.step(SessionInput::Due, at(900), 1.0);
    assert_eq!(session.until(), Some(at(1000)), "another request gives no more trust");
}

#[test]
fn a_tick_counts_from_the_earliest_instant_at_which_it_can_have_been_sent() {
    let mut session = opened();
    assert_eq!(session.until(), Some(at(1000)));
    session.step(tick(0, 10_000), at(10_000), 1.0);
    assert_eq!(session.until(), Some(at(10_990)), "10 s of another's clock, less a thousandth, and half the grace");
    session.step(tick(0, 10_500), at(60_000), 1.0);
    assert!(session.until() < Some(at(12_000)), "it was long under way");
}

#[test]
fn an_older_tick_takes_no_trust_back() {
    let mut session = opened();
    session.step(tick(0, 10_000), at(10_000), 1.0);
    session.step(tick(0, 9_500), at(10_001), 1.0);
    assert_eq!(session.until(), Some(at(10_990)));
}

/// The pause after so many streams in a row that failed.
fn pause(failures: u32) -> u64 {
    u64::try_from(session_retry(GRACE, failures, 1.0).as_millis()).unwrap()
}

#[test]
fn a_stream_that_stood_is_opened_again_at_once_and_one_that_does_not_come_about_after_a_pause() {
    let mut session = opened();
    session.step(tick(0, 500), at(500), 1.0);
    assert_eq!(session.step(SessionInput::Broke { sent: at(0) }, at(700), 1.0), open(700, HEAD));
    let mut now = 700;
    for failures in [2, 3, 4] {
        session.step(SessionInput::Failed, at(now), 1.0);
        now += pause(failures);
        assert!(matches!(session.step(SessionInput::Due, at(now - 1), 1.0), SessionAction::Wait(_)), "{failures}");
        assert_eq!(session.step(SessionInput::Due, at(now), 1.0), open(now, HEAD), "{failures}");
    }
}

#[test]
fn a_bus_that_closes_what_it_opens_is_not_asked_without_a_pause() {
    let mut session = opened();
    assert!(matches!(session.step(SessionInput::Broke { sent: at(0) }, at(20), 1.0), SessionAction::Open { .. }));
    session.step(SessionInput::Opened { sent: at(20) }, at(30), 1.0);
    session.step(tick(20, 0), at(30), 1.0);
    let again = session.step(SessionInput::Broke { sent: at(20) }, at(40), 1.0);
    assert_eq!(again, SessionAction::Wait(at(90)), "its one tick is no sign that it stands");
}

#[test]
fn the_head_may_take_no_longer_than_the_trust_that_is_left() {
    let mut session = opened();
    session.step(tick(0, 500), at(500), 1.0);
    let SessionAction::Open { timeout, .. } = session.step(SessionInput::Broke { sent: at(0) }, at(1300), 1.0) else {
        panic!("not opened")
    };
    assert_eq!(timeout, Duration::from_micros(199_500));
}

#[test]
fn it_is_opened_anew_before_the_clocks_drift_adds_up_and_the_old_stream_s_end_is_no_break() {
    let mut session = opened();
    for elapsed in (500..50_000).step_by(500) {
        assert!(matches!(session.step(tick(0, elapsed), at(elapsed), 1.0), SessionAction::Wait(_)), "at {elapsed} ms");
    }
    assert!(matches!(session.step(SessionInput::Due, at(50_000), 1.0), SessionAction::Open { .. }));
    session.step(SessionInput::Opened { sent: at(50_000) }, at(50_010), 1.0);
    session.step(tick(50_000, 0), at(50_010), 1.0);
    assert_eq!(session.until(), Some(at(51_000)), "the allowance for the drift begins anew");
    assert!(matches!(session.step(SessionInput::Broke { sent: at(0) }, at(50_011), 1.0), SessionAction::Wait(_)));
}

#[test]
fn a_tick_that_does_not_come_makes_it_open_a_second_stream() {
    let mut session = opened();
    session.step(tick(0, 500), at(500), 1.0);
    assert_eq!(session.step(SessionInput::Due, at(1249), 1.0), SessionAction::Wait(at(1250)));
    assert!(matches!(session.step(SessionInput::Due, at(1250), 1.0), SessionAction::Open { .. }));
}

#[test]
fn while_the_trust_lasts_somebody_looks_when_it_ends() {
    let mut session = opened();
    assert_eq!(session.step(SessionInput::Broke { sent: at(0) }, at(900), 1.0), open(900, Duration::from_millis(100)));
    assert_eq!(session.step(SessionInput::Due, at(910), 1.0), SessionAction::Wait(at(1000)));
}

#[test]
fn the_longest_grace_that_was_told_is_the_one_it_asks_for() {
    let mut session = opened();
    let longer = LeaseTick { epoch: Epoch(7), grace_ms: Millis(4000), elapsed_ms: Millis(500) };
    session.step(SessionInput::Tick { sent: at(0), tick: longer }, at(500), 1.0);
    assert_eq!(session.until(), Some(Boottime(at(2500).0 - Duration::from_micros(500))));
    let again = session.step(SessionInput::Broke { sent: at(0) }, at(600), 1.0);
    assert!(matches!(again, SessionAction::Open { grace, .. } if grace == GRACE * 2), "{again:?}");
    session.step(SessionInput::Opened { sent: at(600) }, at(600), 1.0);
    let before = session.until();
    session.step(tick(600, 500), at(1100), 1.0);
    assert_eq!(session.until(), before, "a Bus that tells less is believed for less");
}
