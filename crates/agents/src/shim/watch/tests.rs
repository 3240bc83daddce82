//! A run as it is judged.

use std::time::Duration;

use super::*;
use go_bus_api::{FailureCause, Millis, Model, Text};
use go_driver::Call;

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(seconds))
}

/// The wall clock reads a thousand seconds more.
fn moment(seconds: u64) -> Moment {
    Moment { boot: at(seconds), wall: wall(seconds) }
}

fn wall(seconds: u64) -> Timestamp {
    Timestamp::from_unix_millis(i64::try_from((1000 + seconds) * 1000).unwrap())
}

fn idle_after(seconds: u64) -> Allowance {
    Allowance { idle_ms: Some(Millis(seconds * 1000)), ..Allowance::default() }
}

fn call(fingerprint: u64) -> Sign {
    Sign::Call(Call { tool: "t".to_owned(), about: String::new(), fingerprint })
}

fn spent(usd: &str, tokens: u64) -> Sign {
    let line = |usd: &str| ModelUsage {
        model: Model(Text::clipped("m")),
        input_tokens: tokens,
        output_tokens: 1,
        cache_read_tokens: 2,
        cache_write_tokens: 3,
        usd: usd.parse().unwrap(),
    };
    Sign::Spent(vec![line(usd), line("0.5")])
}

fn nothing() -> Option<Boottime> {
    None
}

#[test]
fn whoever_is_heard_of_is_not_silent_and_the_silence_counts_from_the_last_word() {
    let mut watch = Watch::new(idle_after(60), at(0));
    assert_eq!((watch.next(), watch.breach(at(59), nothing)), (Some(at(60)), None));
    watch.hear(at(59));
    assert_eq!((watch.next(), watch.breach(at(118), nothing)), (Some(at(119)), None));
    assert_eq!(watch.breach(at(119), nothing), Some(Breach::Silent(Millis(60_000))));
}

#[test]
fn changed_files_are_a_sign_of_life_too() {
    let mut watch = Watch::new(idle_after(60), at(0));
    assert_eq!(watch.breach(at(60), || Some(at(40))), None);
    assert_eq!(watch.next(), Some(at(100)));
    assert_eq!(watch.breach(at(100), || Some(at(40))), Some(Breach::Silent(Millis(60_000))));
}

#[test]
fn a_file_from_the_future_is_no_sign_of_life_for_ever() {
    let mut watch = Watch::new(idle_after(60), at(0));
    assert_eq!(watch.breach(at(60), || Some(at(9_000))), None);
    assert_eq!(watch.next(), Some(at(120)));
}

#[test]
fn one_that_pauses_until_a_time_is_not_silent_before_it() {
    let mut watch = Watch::new(idle_after(60), at(0));
    let cause = FailureCause::RateLimited;
    watch.see(&Sign::Pausing { until: Some(wall(500)), cause }, moment(10));
    assert_eq!((watch.next(), watch.breach(at(559), nothing)), (Some(at(560)), None));
    assert!(watch.breach(at(560), nothing).is_some());
    let mut watch = Watch::new(idle_after(60), at(0));
    watch.see(&Sign::Pausing { until: None, cause }, moment(10));
    assert_eq!(watch.next(), Some(at(70)), "one that does not say until when is heard of, no more");
}

#[test]
fn the_same_call_again_and_again_is_a_loop() {
    let mut watch = Watch::new(Allowance::default(), at(0));
    for second in 0..7 {
        watch.see(&call(1), moment(second));
        assert_eq!(watch.breach(at(second), nothing), None);
    }
    watch.see(&call(1), moment(7));
    assert_eq!(watch.breach(at(7), nothing), Some(Breach::Loop { calls: 1 }));
}

#[test]
fn one_that_polls_while_files_change_is_in_no_loop_until_they_stop() {
    let mut watch = Watch::new(Allowance::default(), at(0));
    (10..18).for_each(|second| watch.see(&call(1), moment(second)));
    assert_eq!(watch.breach(at(18), || Some(at(12))), None);
    (20..27).for_each(|second| watch.see(&call(1), moment(second)));
    assert_eq!(watch.breach(at(27), || Some(at(12))), None, "seven more are none");
    watch.see(&call(1), moment(28));
    assert_eq!(watch.breach(at(28), || Some(at(12))), Some(Breach::Loop { calls: 1 }));
}

#[test]
fn money_tokens_turns_and_context_are_told_apart_at_their_limits() {
    let limited = |allowance, signs: &[Sign]| {
        let mut watch = Watch::new(allowance, at(0));
        signs.iter().for_each(|sign| watch.see(sign, moment(1)));
        watch.breach(at(1), nothing)
    };
    let none = Allowance::default();
    let most = "1.5".parse().unwrap();
    let usd = Some(most);
    assert_eq!(limited(Allowance { usd, ..none }, &[spent("0.9999", 1)]), None);
    assert_eq!(limited(Allowance { usd, ..none }, &[spent("1", 1)]), Some(Breach::Money(most)));
    assert_eq!(limited(Allowance { usd, ..none }, &[spent("9", 1), spent("0.1", 1)]), None, "the last word counts");
    let tokens = Some(112);
    assert_eq!(limited(Allowance { tokens, ..none }, &[spent("0", 49)]), None);
    assert_eq!(limited(Allowance { tokens, ..none }, &[spent("0", 50)]), Some(Breach::Tokens(112)));
    let turns = Some(2);
    assert_eq!(limited(Allowance { turns, ..none }, &[call(1)]), None);
    assert_eq!(limited(Allowance { turns, ..none }, &[call(1), call(2)]), Some(Breach::Turns(2)));
    let context = Ratio::new(0.9).ok();
    let full = Sign::Context(Ratio::new(0.95).unwrap());
    assert_eq!(limited(Allowance { context, ..none }, &[Sign::Context(Ratio::new(0.89).unwrap())]), None);
    assert_eq!(limited(Allowance { context, ..none }, &[full]), Some(Breach::ContextFull(Ratio::new(0.95).unwrap())));
    assert_eq!(limited(none, &[call(1), spent("9999", u64::MAX)]), None, "nothing limits what is absent");
}

#[test]
fn what_a_finished_turn_has_used_up_does_not_undo_it_but_the_next_step_counts_again() {
    let usd = Some("1".parse().unwrap());
    let mut watch = Watch::new(Allowance { usd, ..Allowance::default() }, at(0));
    watch.see(&spent("2", 1), moment(1));
    watch.see(&Sign::TurnEnded, moment(1));
    assert_eq!(watch.breach(at(1), nothing), None);
    watch.see(&Sign::Said("well done".to_owned()), moment(2));
    assert_eq!(watch.breach(at(2), nothing), None);
    watch.see(&call(1), moment(2));
    assert!(watch.breach(at(2), nothing).is_some());
}
