//! A leader that is stopped for longer than its lease lives, and goes on as if nothing had been.

use rustix::process::Signal;

use crate::leaders::{Leaders, grants, last_write, names, plan, standbys};
use crate::place::until;

/// A lease of 5 s, which a stopped process can't renew. Its connections stay open, so nothing else ends its tenure.
const SHORT: &str = "XIO_LEASE__HEARTBEAT=2s";

#[test]
fn none_of_its_writes_is_accepted_it_says_so_in_one_line_and_stands_by() {
    let fleet = Leaders::new(&plan(12, 2, 2));
    let leader = fleet.leader(SHORT);
    let holder = fleet.lease()["holder"].as_str().unwrap().to_owned();
    let _standby = fleet.standby("second", 1, SHORT);
    fleet.await_trace(2);
    leader.signal(Signal::STOP);
    until("the standby leads", || (fleet.lease()["epoch"] == 2).then_some(()));
    // There is something to assign as it comes to itself, and by all that it knows it is the leader.
    std::fs::write(fleet.place.path().join("go-on"), "").unwrap();
    leader.signal(Signal::CONT);
    until("it stands by", || standbys(&fleet.lease()).contains(&holder).then_some(()));
    fleet.await_done(12);
    fleet.assert_nothing_was_done_twice(&names(12));
    let events = fleet.events();
    let granted = grants(&events);
    assert_eq!(granted.iter().map(|(epoch, _)| *epoch).collect::<Vec<_>>(), [1, 2]);
    assert!(last_write(&events, 1) < granted[1].1, "a write of the old epoch was accepted");
    let said = fleet.said("first", "standing by again");
    assert_eq!(said.len(), 1, "{said:#?}");
    let loud = fleet.place.lines("first.log").into_iter().filter(|l| l.contains("WARN") || l.contains("ERROR"));
    assert_eq!(loud.collect::<Vec<_>>(), said, "one line is enough");
}
