//! When leases end, and what comes after.

use std::time::Duration;

use go_bus_api::{Epoch, EventKind};

use crate::Node;
use crate::faults::Fault;
use crate::judge::samples::{GO, GRACE, NEXT, Story};
use crate::judge::{Call, Invariant, SimTime, What};

/// A leader since 20 s, cut off from then on.
fn led() -> Story {
    let mut story = Story::new();
    story.at(20_000).granted(GO, 1, 10).tell(None, What::FaultBegan(Fault::Partition(GO, Node::Bus)));
    story
}

#[test]
fn the_next_leader_within_epsilon_of_the_deadline_is_in_time() {
    let mut story = led();
    story.at(35_010).lease(EventKind::LeaseExpired, 1, Some("ttl")).at(35_090).granted(NEXT, 2, 10).at(36_000);
    assert_eq!(story.tell(None, What::Passed).wrong(), []);
    let takeover = story.takeovers()[0];
    assert_eq!((takeover.deadline, takeover.had_candidate), (SimTime(Duration::from_secs(35)), true));
}

#[test]
fn nobody_after_epsilon_is_too_late_where_somebody_was_there() {
    let mut story = led();
    story.at(35_000).lease(EventKind::LeaseExpired, 1, Some("ttl")).at(35_130).tell(None, What::Passed);
    assert_eq!(story.wrong(), [Invariant::TakeoverInTime]);
    let mut story = led();
    story.at(33_000).tell(Some(NEXT), What::Crashed).tell(Some(NEXT), What::Started);
    story.at(35_000).lease(EventKind::LeaseExpired, 1, Some("ttl")).at(35_130).tell(None, What::Passed);
    assert_eq!(story.wrong(), [], "a GO that has just begun is no candidate yet");
}

#[test]
fn a_lease_does_not_outlive_its_ttl() {
    let mut story = led();
    story.at(35_130).tell(None, What::Passed);
    assert_eq!(story.wrong(), [Invariant::TakeoverInTime]);
    let mut story = led();
    story.at(30_000).tell(Some(Node::Bus), What::Crashed).tell(Some(Node::Bus), What::Started);
    story.at(36_000).tell(None, What::Passed);
    assert_eq!(story.wrong(), [], "after its restart the Bus arms the whole TTL");
}

#[test]
fn a_lease_does_not_end_before_its_ttl() {
    let mut story = led();
    story.at(34_900).lease(EventKind::LeaseExpired, 1, Some("ttl"));
    assert_eq!(story.wrong(), [Invariant::NotEndedEarly]);
    let mut story = led();
    story.at(22_000).tell(Some(Node::Bus), What::Crashed).tell(Some(Node::Bus), What::Started);
    story.at(35_000).lease(EventKind::LeaseExpired, 1, Some("ttl"));
    assert_eq!(story.wrong(), [Invariant::NotEndedEarly], "the TTL was not armed in full");
}

#[test]
fn a_session_that_stood_less_than_a_grace_ago_ends_no_lease() {
    let ended = |at: u64| {
        let mut story = Story::new();
        story.at(20_000).granted(GO, 1, 10);
        let id = story.ask(GO, None, Call::Session { epoch: Epoch(1) });
        let open_for = Duration::from_millis(1000);
        story.at(21_020).tell(Some(GO), What::Tick { id, open_for, grace: GRACE });
        story.at(at).lease(EventKind::LeaseExpired, 1, Some("session")).wrong()
    };
    assert_eq!(ended(21_150), [Invariant::NotEndedEarly]);
    assert_eq!(ended(21_211), []);
}
