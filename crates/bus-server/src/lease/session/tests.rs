//! A session's rules, one scenario each.

use super::*;

const GRACE: Duration = Duration::from_secs(2);

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(1000 + seconds))
}

fn none() -> Sessions {
    Sessions::new(Some(GRACE))
}

/// Epoch 7, whose only stream broke at second 10.
fn broken() -> Sessions {
    let mut sessions = none();
    assert_eq!(sessions.open(Epoch(7), GRACE, at(0)), Opening::Open(GRACE));
    sessions.close(Epoch(7), at(10));
    sessions
}

/// Ends the lease under `epoch` early, `seconds` after everything began.
fn end(sessions: &mut Sessions, epoch: u64, seconds: u64) {
    sessions.open(Epoch(epoch), GRACE, at(seconds));
    sessions.close(Epoch(epoch), at(seconds));
    let due = sessions.early_end(Epoch(epoch), true).unwrap();
    assert!(sessions.begin_end(Epoch(epoch), true, due).is_some());
    sessions.settle_end(Epoch(epoch), Settled::Over, at(seconds));
}

#[test]
fn a_broken_session_ends_the_lease_after_the_grace_while_a_standby_waits() {
    let mut sessions = broken();
    assert_eq!(sessions.early_end(Epoch(7), true), Some(at(12)));
    let just_before = Boottime(at(12).0 - Duration::from_nanos(1));
    assert_eq!(sessions.begin_end(Epoch(7), true, just_before), None);
    assert_eq!(sessions.begin_end(Epoch(7), true, at(12)), Some(GRACE), "and tells how long it has been broken");
}

#[test]
fn with_nobody_waiting_it_ends_nothing() {
    assert_eq!(broken().early_end(Epoch(7), false), None);
    assert_eq!(broken().begin_end(Epoch(7), false, at(12)), None);
}

#[test]
fn a_holder_is_silent_once_its_session_is_broken_for_longer_than_the_grace() {
    let mut sessions = broken();
    assert_eq!((sessions.state(Epoch(7)), sessions.state(Epoch(8))), (SessionState::Broken, SessionState::None));
    assert_eq!(sessions.silence(Epoch(7), at(12)), None);
    assert_eq!(sessions.silence(Epoch(7), at(13)), Some(Duration::from_secs(3)));
    assert_eq!(sessions.silence(Epoch(8), at(13)), None, "another epoch's holder");
    sessions.open(Epoch(7), GRACE, at(14));
    assert_eq!((sessions.state(Epoch(7)), sessions.silence(Epoch(7), at(20))), (SessionState::Open, None));
}

#[test]
fn opened_again_in_time_it_stands() {
    let mut sessions = broken();
    sessions.open(Epoch(7), GRACE, at(11));
    assert_eq!(sessions.early_end(Epoch(7), true), None);
}

#[test]
fn the_old_stream_s_end_does_not_break_a_session_that_was_reopened_before() {
    let mut sessions = none();
    sessions.open(Epoch(7), GRACE, at(0));
    sessions.open(Epoch(7), GRACE, at(9));
    sessions.close(Epoch(7), at(10));
    assert_eq!(sessions.early_end(Epoch(7), true), None);
    sessions.close(Epoch(7), at(11));
    assert_eq!(sessions.early_end(Epoch(7), true), Some(at(13)));
}

#[test]
fn it_says_nothing_of_another_epoch_s_lease() {
    assert_eq!(broken().early_end(Epoch(8), true), None);
    let mut sessions = broken();
    sessions.open(Epoch(8), GRACE, at(11));
    sessions.close(Epoch(7), at(12));
    assert_eq!(sessions.early_end(Epoch(8), true), None, "a stream of the epoch before ended");
    assert_eq!(sessions.open(Epoch(7), GRACE, at(13)), Opening::Ending, "that epoch is over");
}

#[test]
fn a_lease_whose_session_was_never_opened_is_left_to_its_ttl() {
    assert_eq!(none().early_end(Epoch(7), true), None);
}

#[test]
fn while_the_end_is_committed_no_stream_is_opened_and_afterwards_it_depends() {
    let mut sessions = broken();
    sessions.begin_end(Epoch(7), true, at(12));
    assert_eq!(sessions.open(Epoch(7), GRACE, at(12)), Opening::Ending);
    sessions.settle_end(Epoch(7), Settled::Moved, at(12));
    assert_eq!(sessions.early_end(Epoch(7), true), Some(at(12)), "a renewal is no session");
    sessions.begin_end(Epoch(7), true, at(12));
    sessions.settle_end(Epoch(7), Settled::Failed, at(12));
    assert_eq!(sessions.early_end(Epoch(7), true), Some(at(13)), "tried again, but not at once");
    assert_eq!(sessions.open(Epoch(7), GRACE, at(12)), Opening::Open(GRACE));
    assert_eq!(sessions.early_end(Epoch(7), true), None, "it was opened again before the end could be committed");
    end(&mut sessions, 8, 20);
    assert_eq!(sessions.open(Epoch(9), GRACE, at(30)), Opening::Open(GRACE));
}

#[test]
fn one_who_comes_to_wait_for_a_lease_whose_session_broke_long_ago_need_not_wait() {
    let mut sessions = broken();
    assert_eq!(sessions.set_alarm(Epoch(7), false), None);
    assert_eq!(sessions.begin_end(Epoch(7), true, at(60)), Some(Duration::from_secs(50)));
}

#[test]
fn a_bus_that_was_stopped_itself_gives_the_grace_anew() {
    let mut sessions = broken();
    assert_eq!(sessions.set_alarm(Epoch(7), true), Some(at(12)));
    assert_eq!(sessions.begin_end(Epoch(7), true, at(14)), None, "it was looked at 2 s too late");
    assert_eq!(sessions.early_end(Epoch(7), true), Some(at(16)));
    assert_eq!(sessions.begin_end(Epoch(7), true, at(16)), Some(GRACE));
}

#[test]
fn two_early_ends_in_ten_minutes_double_the_grace() {
    let mut sessions = none();
    end(&mut sessions, 1, 0);
    assert_eq!(sessions.grace(at(1)), Some(GRACE));
    end(&mut sessions, 2, 100);
    assert_eq!(sessions.grace(at(101)), Some(GRACE * 2));
    assert_eq!(sessions.grace(at(600)), Some(GRACE));
    assert_eq!(sessions.least_grace(), Some(GRACE), "what a grant tells is never more than what a session is given");
}

#[test]
fn a_session_keeps_its_grace_when_the_time_of_the_longer_one_is_over() {
    let mut sessions = none();
    end(&mut sessions, 1, 0);
    end(&mut sessions, 2, 100);
    assert_eq!(sessions.open(Epoch(3), GRACE, at(101)), Opening::Open(GRACE * 2));
    assert_eq!(sessions.open(Epoch(3), GRACE, at(700)), Opening::Open(GRACE * 2));
    sessions.close(Epoch(3), at(700));
    sessions.close(Epoch(3), at(700));
    assert_eq!(sessions.early_end(Epoch(3), true), Some(at(704)));
}

#[test]
fn a_bus_that_was_started_with_a_shorter_grace_gives_what_the_holder_goes_by() {
    let mut sessions = none();
    assert_eq!(sessions.open(Epoch(3), GRACE * 5, at(0)), Opening::Open(GRACE * 5));
    assert_eq!(sessions.open(Epoch(3), GRACE, at(1)), Opening::Open(GRACE * 5));
    assert_eq!(sessions.open(Epoch(4), GRACE, at(2)), Opening::Open(GRACE));
    assert_eq!(sessions.open(Epoch(4), GRACE * 2, at(3)), Opening::Open(GRACE * 2));
}

#[test]
fn where_there_are_no_sessions_none_is_opened() {
    let mut sessions = Sessions::new(None);
    assert_eq!(sessions.open(Epoch(7), GRACE, at(0)), Opening::Off);
    assert_eq!(sessions.early_end(Epoch(7), true), None);
}
