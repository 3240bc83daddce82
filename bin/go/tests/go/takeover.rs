//! A leader that dies or is told to stop while a standby waits: the agents work on, and the next one goes on with them.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use go_clock::{Clock, SystemClock};
use rustix::process::Signal;

use crate::leaders::{Leaders, grants, last_write, names, plan, standbys};
use crate::place::{code, err, until};

/// Far beyond the session's grace of 2 s, and far below the lease's TTL of 125 s.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_killed_leader_is_succeeded_long_before_its_lease_runs_out_and_its_agents_work_on() {
    let fleet = Leaders::new(&plan(8, 3, 4));
    let leader = fleet.leader("");
    let _standby = fleet.standby("second", 1, "");
    fleet.await_trace(3);
    let killed = SystemClock.boottime();
    leader.signal(Signal::KILL);
    leader.end();
    until("the standby leads", || (fleet.lease()["epoch"] == 2).then_some(()));
    let took = SystemClock.boottime().since(killed);
    assert!(took < SOON, "it took {took:?}");
    std::fs::write(fleet.place.path().join("go-on"), "").unwrap();
    fleet.await_done(8);
    fleet.assert_nothing_was_done_twice(&names(8));
    assert_eq!(grants(&fleet.events()).len(), 2);
}

#[test]
fn a_leader_that_is_told_to_stop_leaves_a_handoff_and_its_agents_to_the_next_one() {
    let fleet = Leaders::new(&plan(8, 3, 3));
    let leader = fleet.leader("");
    let _standby = fleet.standby("second", 1, "RUST_LOG=info");
    fleet.await_trace(3);
    leader.signal(Signal::TERM);
    assert_eq!(leader.end().0.code(), Some(130));
    until("the standby leads", || (fleet.lease()["epoch"] == 2).then_some(()));
    let took_over = until("it says what it took over", || fleet.said("second", "taking over").pop());
    assert!(took_over.contains("running=3"), "{took_over}");
    let file = fleet.place.path().join(".go/handoff.json");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    assert!(std::fs::read_to_string(&file).unwrap().contains("T-03"));
    assert_eq!(fleet.place.lines("trace").len(), 3, "the agents worked on");
    std::fs::write(fleet.place.path().join("go-on"), "").unwrap();
    fleet.await_done(8);
    fleet.assert_nothing_was_done_twice(&names(8));
    let events = fleet.events();
    let (epoch, second) = grants(&events)[1];
    assert_eq!((epoch, last_write(&events, 1) < second), (2, true));
}

#[test]
fn any_number_stands_by_and_one_follows_another() {
    let fleet = Leaders::new(&plan(0, 0, 1));
    let leader = fleet.leader("");
    let standbys_there: Vec<_> =
        [("second", 1), ("third", 2), ("fourth", 3)].map(|(name, nth)| fleet.standby(name, nth, "")).into();
    let lease = fleet.lease();
    let listed = standbys(&lease);
    assert!(!listed.contains(&lease["holder"].as_str().unwrap().to_owned()), "{lease:#}");
    leader.signal(Signal::INT);
    leader.end();
    let next = until("one of them leads", || {
        let lease = fleet.lease();
        (lease["epoch"] == 2 && standbys(&lease).len() == 2).then_some(lease)
    });
    assert!(listed.contains(&next["holder"].as_str().unwrap().to_owned()), "{next:#}");
    for standby in standbys_there {
        standby.signal(Signal::TERM);
        assert_eq!(standby.end().0.code(), Some(130));
    }
    until("nobody leads any more", || fleet.lease()["holder"].is_null().then_some(()));
}

#[test]
fn who_will_not_stand_by_is_told_with_an_exit_code_of_its_own() {
    let fleet = Leaders::new(&plan(0, 0, 1));
    let _leader = fleet.leader("");
    let refused = fleet.place.go(&["run", "--standby-ok=false", "--bus-url", &fleet.url()]);
    assert_eq!(code(&refused), 5, "{}", err(&refused));
    assert_eq!(fleet.lease()["epoch"], 1);
}
