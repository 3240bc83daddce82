//! Bidding and standing by.

use std::time::Duration;

use go_bus_api::Epoch;

use super::{at, config, error, failed, granted, held, secs, view};
use crate::LeaseConfig;
use crate::holder::{Action, BidAnswer, End, Holder, Input, State, WaitAnswer};

const BID: Action = Action::Bid { epoch: None, timeout: Duration::from_secs(10) };

fn seen(holder: Option<&str>, epoch: u64, remaining: u64) -> Input {
    Input::Waited(WaitAnswer::Seen(Box::new(view(holder, epoch, remaining))))
}

/// One that has met epoch 5 of another and sleeps off its jitter.
fn standby() -> Holder {
    let mut holder = Holder::new(&config());
    assert_eq!(holder.step(Input::Start, at(0), 0.0), BID);
    assert_eq!(holder.step(held(5, 20), at(0), 1.0), Action::Sleep(Duration::from_millis(50)));
    holder
}

#[test]
fn a_held_lease_is_waited_for_after_a_little_jitter() {
    let mut holder = standby();
    let wait = holder.step(Input::Slept, at(1), 0.0);
    assert_eq!(wait, Action::Wait { epoch: Epoch(5), timeout: secs(21) }, "what is left of the record, and 1-2 s");
    assert_eq!(holder.trusted(at(1)), None);
}

#[test]
fn the_first_bid_on_a_release_is_made_at_once_and_jitter_comes_only_after_a_409() {
    let mut holder = standby();
    holder.step(Input::Slept, at(1), 0.0);
    assert_eq!(holder.step(seen(None, 5, 0), at(2), 1.0), BID);
    assert_eq!(holder.step(held(6, 125), at(2), 1.0), Action::Sleep(Duration::from_millis(50)), "another was faster");
    assert_eq!(holder.step(Input::Slept, at(2), 0.0), Action::Wait { epoch: Epoch(6), timeout: secs(35) });
    holder.step(seen(None, 6, 0), at(3), 1.0);
    holder.step(granted(3, 7), at(3), 0.0);
    assert_eq!(holder.trusted(at(3)).map(|tenure| tenure.epoch), Some(Epoch(7)));
}

#[test]
fn a_new_holder_is_waited_for_and_the_same_one_again_is_answered_by_a_slow_bid() {
    let mut holder = standby();
    holder.step(Input::Slept, at(1), 0.0);
    assert_eq!(
        holder.step(seen(Some("go-3"), 6, 125), at(2), 0.0),
        Action::Wait { epoch: Epoch(6), timeout: secs(35) }
    );
    assert_eq!(holder.step(seen(Some("go-3"), 6, 80), at(32), 0.0), BID, "it keeps this one listed as a standby");
}

#[test]
fn a_grant_whose_answer_was_lost_is_asked_for_again_as_soon_as_it_is_seen() {
    let config = config();
    let mut holder = Holder::new(&config);
    holder.step(Input::Start, at(0), 0.0);
    holder.step(held(5, 20), at(0), 0.0);
    holder.step(Input::Slept, at(1), 0.0);
    assert_eq!(holder.step(seen(None, 5, 0), at(2), 0.0), BID);
    assert_eq!(holder.step(failed(), at(2), 0.0), Action::Sleep(secs(1)));
    assert!(matches!(holder.step(Input::Slept, at(3), 0.0), Action::Wait { epoch: Epoch(5), .. }));
    let own = seen(Some(config.holder.as_str()), 6, 124);
    assert_eq!(holder.step(own, at(3), 0.0), BID, "it does not wait for the end of its own lease");
    holder.step(granted(3, 6), at(3), 0.0);
    assert_eq!(holder.trusted(at(3)).map(|tenure| tenure.epoch), Some(Epoch(6)));
}

#[test]
fn a_wait_without_a_word_ends_in_a_bid() {
    let mut holder = standby();
    holder.step(Input::Slept, at(1), 0.0);
    assert_eq!(holder.step(Input::Waited(WaitAnswer::Overdue), at(22), 0.0), BID);
}

#[test]
fn a_standby_waits_through_an_outage_of_the_bus() {
    let mut holder = standby();
    holder.step(Input::Slept, at(1), 0.0);
    for second in 0..1000 {
        assert_eq!(
            holder.step(Input::Waited(WaitAnswer::Failed(error())), at(second), 0.0),
            Action::Sleep(secs(1)),
            "in second {second}"
        );
        assert!(matches!(holder.step(Input::Slept, at(second), 0.0), Action::Wait { epoch: Epoch(5), .. }));
    }
}

#[test]
fn a_first_bid_without_an_answer_is_tried_a_few_times_only() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(0), 0.0);
    let mut bids = 1;
    while holder.step(failed(), at(bids), 0.0) != Action::Stop {
        assert_eq!(holder.step(Input::Slept, at(bids), 0.0), BID);
        bids += 1;
        assert!(bids < 100);
    }
    assert_eq!((bids, holder.state()), (5, &State::Ended(End::Failed(error()))));
}

#[test]
fn without_leave_to_stand_by_a_held_lease_is_the_end() {
    let mut holder = Holder::new(&LeaseConfig { standby_ok: false, ..config() });
    holder.step(Input::Start, at(0), 0.0);
    assert_eq!(holder.step(held(5, 20), at(0), 0.0), Action::Stop);
    assert!(matches!(holder.state(), State::Ended(End::Held(held)) if held.epoch == Epoch(5)));
}

#[test]
fn a_bid_that_is_refused_for_good_is_the_end() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(0), 0.0);
    let refused = Input::Answered { sent: at(0), answer: BidAnswer::Refused(error()) };
    assert_eq!(holder.step(refused, at(0), 0.0), Action::Stop);
    assert_eq!(holder.state(), &State::Ended(End::Failed(error())));
}

#[test]
fn it_goes_by_the_record_s_own_time_to_live_and_jitter_spreads_the_backstop_poll() {
    let mut holder = standby();
    holder.step(Input::Slept, at(1), 0.0);
    let mut short = view(Some("go-3"), 6, 2);
    short.ttl_ms = go_bus_api::Millis(2000);
    let wait = holder.step(Input::Waited(WaitAnswer::Seen(Box::new(short))), at(2), 1.0);
    assert_eq!(wait, Action::Wait { epoch: Epoch(6), timeout: secs(4) }, "what is left of it, and 2 s");
    let pause = holder.step(Input::Waited(WaitAnswer::Failed(error())), at(3), 0.0);
    assert_eq!(pause, Action::Sleep(Duration::from_millis(200)), "a tenth of the record's time, not of its own");
    let again = holder.step(Input::Slept, at(3), 0.5);
    assert_eq!(again, Action::Wait { epoch: Epoch(6), timeout: Duration::from_millis(3500) });
}

#[test]
fn who_lost_a_bid_waits_again_within_50_ms_at_any_jitter() {
    for (jitter, millis) in [(0.0, 0), (0.5, 25), (1.0, 50)] {
        let mut holder = standby();
        holder.step(Input::Slept, at(1), 0.0);
        holder.step(seen(None, 5, 0), at(2), jitter);
        assert_eq!(holder.step(held(6, 125), at(2), jitter), Action::Sleep(Duration::from_millis(millis)));
    }
}
