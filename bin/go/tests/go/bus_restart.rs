//! A Bus that is killed and started again while a leader works and a standby waits.

use crate::leaders::{Leaders, grants, names, plan, standbys};
use crate::place::until;

#[test]
fn killed_several_times_under_load_it_keeps_its_leader_and_loses_nothing() {
    let mut fleet = Leaders::new(&plan(40, 0, 4));
    let _leader = fleet.leader("");
    let _standby = fleet.standby("second", 1, "");
    let before = fleet.lease();
    for lines in [5, 22, 41, 60] {
        fleet.await_trace(lines);
        fleet.restart_bus();
    }
    fleet.await_done(40);
    fleet.assert_nothing_was_done_twice(&names(40));
    let after = until("the standby is back", || Some(fleet.lease()).filter(|lease| standbys(lease).len() == 1));
    assert_eq!((&after["holder"], &after["epoch"]), (&before["holder"], &before["epoch"]));
    let events = fleet.events();
    assert_eq!(grants(&events).len(), 1, "the lease changed hands");
    let seqs: Vec<u64> = events.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=u64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
}
