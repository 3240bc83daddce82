//! Who may act: epochs, beliefs, catching up.

use std::time::Duration;

use go_bus_api::{Epoch, EventKind, Seq};

use crate::Exchange;
use crate::judge::samples::{GO, GRACE, NEXT, Story};
use crate::judge::{Call, Decision, Deed, Invariant, What};

fn session(story: &mut Story) -> Exchange {
    story.ask(GO, None, Call::Session { epoch: Epoch(1) })
}

fn tick(story: &mut Story, id: Exchange, open_for: u64) {
    story.tell(Some(GO), What::Tick { id, open_for: Duration::from_millis(open_for), grace: GRACE });
}

#[test]
fn a_leader_that_renews_in_time_may_act() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).at(14_000).write(GO, 1).granted(GO, 1, 10).at(27_000).write(GO, 1);
    assert_eq!(story.wrong(), []);
}

#[test]
fn trust_counts_from_sending_the_renewal_and_not_from_its_answer() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 3000).at(14_999).write(GO, 1);
    assert_eq!(story.wrong(), []);
    story.at(15_000).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
}

#[test]
fn once_a_session_was_asked_for_trust_lasts_half_a_grace_until_a_tick_comes() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10);
    let id = session(&mut story);
    story.at(1109).write(GO, 1);
    assert_eq!(story.wrong(), []);
    story.at(1110).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
    tick(&mut story, id, 100);
    story.at(1209).write(GO, 1);
    assert_eq!(story.wrong().len(), 1);
}

#[test]
fn a_tick_that_was_long_under_way_prolongs_nothing() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10);
    let id = session(&mut story);
    story.at(1020);
    tick(&mut story, id, 0);
    story.at(1300);
    tick(&mut story, id, 50);
    story.at(1159).write(GO, 1);
    assert_eq!(story.wrong(), []);
    story.at(1301).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
}

#[test]
fn nobody_acts_under_an_epoch_it_never_had_or_had_in_an_earlier_life() {
    let mut story = Story::new();
    story.at(1000).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).tell(Some(GO), What::Crashed).tell(Some(GO), What::Started).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
}

#[test]
fn no_epoch_begins_while_another_is_believed_in() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).at(14_900).granted(NEXT, 2, 10);
    assert_eq!(story.wrong(), [Invariant::OneBelieves]);
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).at(16_000).granted(NEXT, 2, 10);
    assert_eq!(story.wrong(), []);
}

#[test]
fn whoever_gives_the_lease_back_believes_no_more() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10);
    story.ask(GO, None, Call::Release { epoch: Epoch(1) });
    story.at(1100).granted(NEXT, 2, 10);
    assert_eq!(story.wrong(), []);
    story.write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::LocalDeadline]);
}

#[test]
fn a_write_begun_under_an_older_epoch_than_the_last_is_seen() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).at(16_000).granted(NEXT, 2, 10).write(NEXT, 2).write(GO, 1);
    assert!(story.wrong().contains(&Invariant::OneActs), "{:?}", story.wrong());
}

#[test]
fn a_write_of_an_older_epoch_that_the_bus_takes_is_seen() {
    let old = |epoch| {
        let mut story = Story::new();
        story.at(1000).granted(GO, 1, 10).at(16_000).granted(NEXT, 2, 10);
        story.commit("go-1", Some(epoch), Deed::Other("spawn"), Decision::Done(None));
        story.wrong()
    };
    assert_eq!(old(1), [Invariant::OldEpochRefused]);
    assert_eq!(old(2), []);
    let mut refused = Story::new();
    refused.granted(GO, 2, 10).commit("x", Some(1), Deed::Other("spawn"), Decision::Refused("stale-epoch".to_owned()));
    assert_eq!(refused.wrong(), []);
}

#[test]
fn a_successor_that_has_not_seen_its_own_beginning_acts_too_early() {
    let mut story = Story::new();
    story.at(1000).granted(GO, 1, 10).lease(EventKind::LeaseAcquired, 1, None).write(GO, 1);
    assert_eq!(story.wrong(), [Invariant::CaughtUp]);
    let mut story = Story::new();
    let stream = story.at(900).ask(GO, None, Call::Events { after: Seq(0), whole: true });
    story.at(1000).granted(GO, 1, 10).lease(EventKind::LeaseAcquired, 1, None);
    story.tell(Some(GO), What::Delivered { id: stream, seq: Seq(1) }).write(GO, 1);
    assert_eq!(story.wrong(), []);
}
