//! Leading: trust, renewals, losses, release.

use super::{at, config, error, failed, grant, granted, held, leader, secs};
use crate::Lost;
use crate::holder::{Action, BidAnswer, End, Holder, Input, ReleaseAnswer, State};
use go_bus_api::{Epoch, Millis};

fn superseded() -> Input {
    Input::Answered { sent: at(0), answer: BidAnswer::Superseded }
}

#[test]
fn trust_counts_from_sending_the_renewal_not_from_its_answer() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    holder.step(granted(100, 7), at(109), 0.0);
    assert_eq!(holder.trusted(at(223)).map(|tenure| tenure.epoch), Some(Epoch(7)));
    assert_eq!(holder.trusted(at(224)), None, "100 s + 125 s TTL - 1 s margin");
}

#[test]
fn a_grant_that_has_been_running_is_trusted_only_for_what_is_left() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    let mut late = grant(7);
    late.remaining_ms = Millis(25_000);
    holder.step(Input::Answered { sent: at(100), answer: BidAnswer::Granted(late) }, at(100), 0.0);
    assert!(holder.trusted(at(123)).is_some() && holder.trusted(at(124)).is_none());
}

#[test]
fn it_renews_every_beat_with_its_epoch_and_each_answer_extends_the_trust() {
    let (mut holder, action) = leader();
    assert_eq!(action, Action::Sleep(secs(60)));
    let renewal = holder.step(Input::Slept, at(160), 0.0);
    assert_eq!(renewal, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(10) });
    assert_eq!(
        holder.step(granted(160, 7), at(161), 1.0),
        Action::Sleep(secs(53)),
        "a beat less a tenth, from sending"
    );
    assert!(holder.trusted(at(283)).is_some());
}

#[test]
fn a_failed_renewal_is_tried_again_soon_and_never_outlasts_the_trust() {
    let (mut holder, _) = leader();
    holder.step(Input::Slept, at(160), 0.0);
    assert_eq!(holder.step(failed(), at(170), 0.0), Action::Sleep(secs(1)));
    assert_eq!(holder.step(failed(), at(170), 1.0), Action::Sleep(secs(2)));
    let last = holder.step(Input::Slept, at(221), 0.0);
    assert_eq!(last, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(3) }, "3 s of trust are left");
}

#[test]
fn past_its_trust_it_may_not_act_but_goes_on_once_renewed_under_the_same_epoch() {
    let (mut holder, _) = leader();
    assert_eq!(holder.trusted(at(500)), None);
    let renewal = holder.step(Input::Slept, at(500), 0.0);
    assert_eq!(renewal, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(10) });
    holder.step(failed(), at(510), 0.0);
    assert_eq!(holder.trusted(at(510)), None);
    holder.step(Input::Slept, at(512), 0.0);
    holder.step(granted(512, 7), at(513), 0.0);
    assert_eq!(holder.trusted(at(513)).map(|tenure| tenure.epoch), Some(Epoch(7)));
}

#[test]
fn an_answer_that_comes_after_its_own_trust_leads_to_a_renewal_at_once() {
    let mut holder = Holder::new(&config());
    holder.step(Input::Start, at(100), 0.0);
    let action = holder.step(granted(100, 7), at(300), 0.0);
    assert_eq!(action, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(10) });
    assert_eq!(holder.trusted(at(300)), None);
}

#[test]
fn a_stale_epoch_or_another_holder_is_a_loss_for_good() {
    for answer in [superseded(), held(8, 125)] {
        let (mut holder, _) = leader();
        holder.step(Input::Slept, at(160), 0.0);
        assert_eq!(holder.step(answer, at(161), 0.0), Action::Stop);
        assert_eq!(holder.state(), &State::Ended(End::Lost(Lost::Superseded)));
        assert_eq!(holder.trusted(at(161)), None);
        assert_eq!(holder.step(granted(161, 7), at(161), 0.0), Action::Stop, "what comes late changes nothing");
    }
}

#[test]
fn a_renewal_that_is_refused_for_good_is_a_loss() {
    let (mut holder, _) = leader();
    let refused = Input::Answered { sent: at(160), answer: BidAnswer::Refused(error()) };
    assert_eq!(holder.step(refused, at(160), 0.0), Action::Stop);
    assert_eq!(holder.state(), &State::Ended(End::Lost(Lost::Refused(error()))));
}

#[test]
fn a_new_epoch_for_a_renewal_is_given_back_and_the_old_one_is_lost() {
    let (mut holder, _) = leader();
    let action = holder.step(granted(300, 9), at(300), 0.0);
    assert_eq!(action, Action::Release { epoch: Epoch(9), timeout: secs(2) });
    assert_eq!(holder.trusted(at(300)), None);
    assert_eq!(holder.step(Input::Released(ReleaseAnswer::Done), at(300), 0.0), Action::Stop);
    assert_eq!(holder.state(), &State::Ended(End::Lost(Lost::Superseded)));
}

#[test]
fn a_release_ends_the_trust_at_once_and_is_tried_again_a_few_times() {
    let (mut holder, _) = leader();
    let release = Action::Release { epoch: Epoch(7), timeout: secs(2) };
    assert_eq!(holder.step(Input::Release, at(110), 0.0), release);
    assert_eq!(holder.trusted(at(110)), None);
    let mut failures = 0;
    while holder.step(Input::Released(ReleaseAnswer::Failed), at(111), 0.0) != Action::Stop {
        failures += 1;
        assert_eq!(holder.step(Input::Slept, at(112), 0.0), release);
        assert!(failures < 100);
    }
    assert_eq!((failures, holder.state()), (4, &State::Ended(End::Unconfirmed)));
}

#[test]
fn a_confirmed_release_is_the_end() {
    let (mut holder, _) = leader();
    holder.step(Input::Release, at(110), 0.0);
    assert_eq!(holder.step(Input::Released(ReleaseAnswer::Done), at(110), 0.0), Action::Stop);
    assert_eq!(holder.state(), &State::Ended(End::Released));
}

#[test]
fn a_release_that_fails_past_the_deadline_is_not_tried_again() {
    let (mut holder, _) = leader();
    holder.step(Input::Release, at(220), 0.0);
    assert_eq!(holder.step(Input::Released(ReleaseAnswer::Failed), at(224), 0.0), Action::Stop);
    assert_eq!(holder.state(), &State::Ended(End::Unconfirmed));
}

#[test]
fn a_renewal_that_was_sent_before_the_trust_was_found_over_does_not_bring_it_back() {
    let (mut holder, _) = leader();
    holder.step(Input::Slept, at(200), 0.0);
    assert!(!holder.take_hurry());
    // A pause until second 230; the answer had been waiting all the while.
    let again = holder.step(granted(200, 7), at(230), 0.0);
    assert_eq!(holder.trusted(at(230)), None);
    assert_eq!(again, Action::Bid { epoch: Some(Epoch(7)), timeout: secs(10) });
    holder.step(granted(230, 7), at(231), 0.0);
    assert_eq!(holder.trusted(at(231)).map(|tenure| tenure.epoch), Some(Epoch(7)));
}
