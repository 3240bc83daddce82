//! What the session makes of the holder's trust: a TTL of 125 s, a grace of 2 s.

use go_bus_api::{Epoch, LeaseTick, Millis};

use super::{Duration, at, config, grant, secs};
use crate::holder::{Action, BidAnswer, Holder, Input};
use crate::{SessionAction, SessionInput};

fn granted(sent: u64, grace: Option<u64>) -> Input {
    let mut grant = grant(7);
    grant.session_grace_ms = grace.map(Millis);
    Input::Answered { sent: at(sent), answer: BidAnswer::Granted(grant) }
}

fn tick(sent: u64, elapsed: u64) -> SessionInput {
    let tick = LeaseTick { epoch: Epoch(7), grace_ms: Millis(2000), elapsed_ms: Millis(elapsed * 1000) };
    SessionInput::Tick { sent: at(sent), tick }
}

fn trusts(holder: &Holder, second: u64) -> bool {
    holder.trusted(at(second)).is_some()
}

/// Granted at second 100, its session opened there as well.
fn leader() -> Holder {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    holder.step(granted(100, Some(2000)), at(100), 0.0);
    assert!(matches!(holder.attend(SessionInput::Due, at(100), 0.0), SessionAction::Open { .. }));
    holder.attend(SessionInput::Opened { sent: at(100) }, at(100), 0.0);
    holder.attend(tick(100, 0), at(100), 0.0);
    holder
}

#[test]
fn with_a_session_it_trusts_itself_for_half_a_grace_after_a_tick() {
    let mut holder = leader();
    assert!(holder.trusted(at(101)).is_none(), "a second after the tick at 100");
    assert!(trusts(&holder, 100));
    holder.attend(tick(100, 0), at(100), 0.0);
    let before = at(100) + Duration::from_millis(999);
    assert!(holder.trusted(before).is_some());
}

#[test]
fn where_the_bus_keeps_no_sessions_its_time_to_live_alone_counts() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    holder.step(granted(100, None), at(100), 0.0);
    assert_eq!(holder.attend(SessionInput::Due, at(100), 0.0), SessionAction::Close);
    assert!(trusts(&holder, 223) && !trusts(&holder, 224));
    let mut holder = leader();
    assert_eq!(holder.attend(SessionInput::Off, at(100), 0.0), SessionAction::Close);
    assert!(trusts(&holder, 223) && !trusts(&holder, 224), "404: a Bus that was restarted without sessions");
}

#[test]
fn what_sat_in_a_buffer_through_a_pause_brings_no_trust_back() {
    let mut holder = leader();
    assert!(!holder.take_hurry());
    // Paused from 100 to 110; the ticks of the first two seconds had been waiting, and one that was made just now.
    for elapsed in [1, 2, 10] {
        holder.attend(tick(100, elapsed), at(110), 0.0);
        assert!(!trusts(&holder, 110), "by a tick of second {elapsed}");
    }
    assert!(holder.take_hurry(), "it renews at once");
    assert!(!holder.take_hurry(), "but not again and again");
    let renewal = holder.step(Input::Slept, at(110), 0.0);
    assert_eq!(renewal, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(10) });
    holder.step(granted(110, Some(2000)), at(110), 0.0);
    assert!(trusts(&holder, 110), "accepted under the same epoch, and the session ticks");
}

#[test]
fn after_a_pause_it_takes_both_a_renewal_and_a_tick_in_whichever_order() {
    let mut holder = leader();
    holder.attend(SessionInput::Due, at(110), 0.0);
    holder.step(Input::Slept, at(110), 0.0);
    holder.step(granted(110, Some(2000)), at(110), 0.0);
    assert!(!trusts(&holder, 110), "renewed, but its session has not been heard of");
    assert!(!holder.take_hurry(), "another renewal would not help");
    holder.attend(tick(100, 2), at(110), 0.0);
    assert!(!trusts(&holder, 110), "an old tick");
    holder.attend(tick(100, 10), at(110), 0.0);
    assert!(trusts(&holder, 110));
}

#[test]
fn the_session_is_kept_through_renewals_and_ends_with_the_tenure() {
    let mut holder = leader();
    holder.step(Input::Slept, at(100), 0.0);
    holder.step(granted(100, Some(2000)), at(100), 0.0);
    assert!(matches!(holder.attend(SessionInput::Due, at(100), 0.0), SessionAction::Wait(_)), "it stands");
    holder.step(Input::Release, at(100), 0.0);
    assert_eq!(holder.attend(SessionInput::Due, at(100), 0.0), SessionAction::Close);
}

#[test]
fn a_bus_that_is_back_and_one_that_refuses_the_session_are_asked_at_once() {
    let mut holder = leader();
    holder.attend(SessionInput::Broke { sent: at(100) }, at(100), 0.0);
    holder.attend(SessionInput::Failed, at(102), 0.0);
    assert!(holder.take_hurry(), "the trust is over");
    holder.attend(SessionInput::Due, at(103), 0.0);
    holder.attend(SessionInput::Opened { sent: at(103) }, at(103), 0.0);
    assert!(holder.take_hurry(), "the Bus is back");
    let mut holder = leader();
    holder.attend(SessionInput::Due, at(100), 0.0);
    holder.attend(SessionInput::Refused, at(100), 0.0);
    assert!(holder.take_hurry(), "a renewal will tell what became of the lease");
    holder.attend(SessionInput::Refused, at(100), 0.0);
    assert!(!holder.take_hurry(), "once");
}
