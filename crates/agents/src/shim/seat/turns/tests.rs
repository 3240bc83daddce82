//! When there is a turn, and when somebody else has to sit there.

use super::*;

fn at(millis: u64) -> Boottime {
    Boottime(Duration::from_millis(millis))
}

fn item(key: &str, duty: bool) -> Item {
    Item { key: key.to_owned(), text: format!("about {key}"), duty, project: None }
}

/// What there is: duties, but for those whose key begins with `m`.
fn outlook(keys: &[&str]) -> Outlook {
    Outlook { over: false, items: keys.iter().map(|key| item(key, !key.starts_with('m'))).collect() }
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

fn well() -> Turned {
    Turned { failure: None, acted: true, spent: Usd::ZERO }
}

fn failed(remedy: Remedy, cause: FailureCause) -> Turned {
    Turned { failure: Some(Failure::new(remedy, cause, "no luck")), ..well() }
}

struct Seat {
    turns: Turns,
    now: u64,
}

impl Seat {
    fn new() -> Self {
        Self { turns: Turns::new(Some(usd("5"))), now: 1_000_000 }
    }

    fn next(&mut self, keys: &[&str]) -> Step {
        self.turns.next(&outlook(keys), at(self.now))
    }

    /// Waits as long as it says, and answers what comes then; how long that was in all, in milliseconds.
    fn then(&mut self, keys: &[&str]) -> (u64, Step) {
        let from = self.now;
        loop {
            match self.next(keys) {
                Step::Wait(Some(until)) => {
                    assert!(until > at(self.now), "it goes round in circles");
                    self.now = u64::try_from(until.0.as_millis()).unwrap();
                }
                step => return (self.now - from, step),
            }
        }
    }

    /// Has the turn that comes next, which takes a second; answers what it is told of as new, and how long that took to come.
    fn turn(&mut self, keys: &[&str], turned: Turned) -> (u64, Vec<String>) {
        let (waited, step) = self.then(keys);
        let Step::Turn(news) = step else { panic!("{step:?}") };
        let begun = at(self.now);
        self.now += 1000;
        self.turns.ended(&news, turned, begun, at(self.now));
        (waited, news.new.into_iter().map(|item| item.key).collect())
    }

    fn end(&mut self, keys: &[&str]) -> Failure {
        match self.then(keys).1 {
            Step::End(failure) => failure,
            step => panic!("{step:?}"),
        }
    }
}

#[test]
fn without_news_there_is_no_turn_and_what_comes_together_is_one() {
    let mut seat = Seat::new();
    assert_eq!(seat.next(&[]), Step::Wait(None), "it costs nothing");
    assert_eq!(seat.next(&["a"]), Step::Wait(Some(at(1_000_250))));
    seat.now += 200;
    assert_eq!(seat.next(&["a", "b"]), Step::Wait(Some(at(1_000_250))), "more of it does not put it off");
    let (waited, told) = seat.turn(&["a", "b", "m"], well());
    assert_eq!((waited, told), (50, vec!["a".to_owned(), "b".to_owned(), "m".to_owned()]));
    assert_eq!(seat.next(&[]), Step::Wait(None));
}

#[test]
fn what_was_told_is_told_once_and_a_duty_that_is_left_is_brought_up_again_ever_later() {
    let mut seat = Seat::new();
    seat.turn(&["a", "m"], well());
    assert_eq!(seat.next(&["m"]), Step::Wait(None), "a message that was read is no duty");
    let mut seat = Seat::new();
    seat.turn(&["a", "m"], well());
    let waits: Vec<u64> = (0..4).map(|_| seat.turn(&["a", "m"], well()).0).collect();
    assert_eq!(waits, [15_000, 30_000, 60_000, 120_000]);
    let (waited, told) = seat.turn(&["a", "b", "m"], well());
    assert_eq!((waited, told), (500, vec!["b".to_owned()]), "news does not wait for that");
    assert_eq!(seat.turn(&["b"], well()).0, 15_000, "a step was taken: the pauses begin anew");
    assert_eq!(seat.turn(&["a"], well()).1, ["a"], "and what comes back is news");
}

#[test]
fn turns_that_follow_each_other_come_ever_slower_until_there_is_a_lull() {
    let mut seat = Seat::new();
    let keys: Vec<String> = (0..9).map(|number| format!("m{number}")).collect();
    let waits: Vec<u64> = keys.iter().map(|key| seat.turn(&[key], well()).0).collect();
    assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    seat.now += 40_000;
    assert_eq!(seat.turn(&["x"], well()).0, 250);
    assert_eq!(seat.turn(&["y"], well()).0, 500);
}

#[test]
fn who_brings_work_on_is_not_held_up() {
    let mut seat = Seat::new();
    let keys: Vec<String> = (0..9).map(|number| format!("a{number}")).collect();
    let waits: Vec<u64> = keys.iter().map(|key| seat.turn(&[key], well()).0).collect();
    assert_eq!(waits, [250, 500, 500, 500, 500, 500, 500, 500, 500]);
}

#[test]
fn one_that_leaves_work_and_tries_nothing_three_times_makes_way_and_one_that_tries_gets_more_time() {
    let idle = || Turned { acted: false, ..well() };
    let mut seat = Seat::new();
    (0..MOST_IDLE).for_each(|_| drop(seat.turn(&["a"], idle())));
    let failure = seat.end(&["a"]);
    assert_eq!((failure.remedy, failure.cause), (Remedy::Retry, FailureCause::NoChange));
    let mut tries = Seat::new();
    (0..MOST_VAIN).for_each(|_| drop(tries.turn(&["a"], well())));
    assert_eq!(tries.end(&["a"]).cause, FailureCause::NoChange);
    let mut works = Seat::new();
    for number in 0..20 {
        works.turn(&[&format!("a{number}")], idle());
    }
    let mut reads = Seat::new();
    for number in 0..20 {
        reads.turn(&[&format!("m{number}"), "m"], idle());
    }
    assert_eq!(reads.next(&["m"]), Step::Wait(None), "who has no work is not idle");
}

#[test]
fn what_is_spent_in_vain_is_bounded_and_what_brings_work_on_is_not() {
    let spent = |money: &str| Turned { spent: usd(money), ..well() };
    let mut seat = Seat::new();
    seat.turn(&["a"], spent("4.9"));
    seat.turn(&["b"], spent("9.8"));
    assert_eq!(seat.turn(&["c"], spent("14.9")).1, ["c"], "work has moved each time");
    assert_eq!(seat.end(&["c"]).cause, FailureCause::MoneySpent);
    let mut unlimited = Seat { turns: Turns::new(None), now: 0 };
    unlimited.turn(&["a"], spent("100"));
    unlimited.turn(&["a"], spent("200"));
}

#[test]
fn a_turn_that_failed_is_tried_again_twice_with_the_same_news_and_then_somebody_else_sits_there() {
    let network = || failed(Remedy::Retry, FailureCause::Network);
    let mut seat = Seat::new();
    let tries: Vec<_> = (0..MOST_FAILURES).map(|_| seat.turn(&["a"], network())).collect();
    assert_eq!(tries.iter().map(|(waited, _)| *waited).collect::<Vec<_>>(), [250, 2000, 4000]);
    assert!(tries.iter().all(|(_, told)| told == &["a"]), "nothing is lost");
    assert_eq!(seat.end(&["a"]).cause, FailureCause::Network);
    let mut better = Seat::new();
    for number in 0..9 {
        better.turn(&[&format!("a{number}")], network());
        better.turn(&[&format!("a{number}")], well());
    }
}

#[test]
fn what_no_other_turn_mends_ends_it_at_once() {
    let until = go_bus_api::Timestamp::from_unix_millis(5);
    let cases = [
        (Remedy::ParkUntil { until }, FailureCause::UsageLimit),
        (Remedy::Rotate, FailureCause::ContextFull),
        (Remedy::Escalate, FailureCause::ExtraUsage),
        (Remedy::Fatal, FailureCause::Refused),
        (Remedy::Retry, FailureCause::Loop),
        (Remedy::Retry, FailureCause::MoneySpent),
        (Remedy::Retry, FailureCause::TurnsSpent),
    ];
    for (remedy, cause) in cases {
        let mut seat = Seat::new();
        seat.turn(&["a"], failed(remedy.clone(), cause));
        assert_eq!((seat.end(&[]).remedy, cause), (remedy, cause));
    }
}

#[test]
fn a_conversation_has_so_many_turns_and_who_is_told_to_end_has_none() {
    let mut seat = Seat::new();
    for number in 0..MOST_TURNS {
        seat.turn(&[&format!("a{number}")], well());
    }
    assert_eq!((seat.end(&[]).remedy, seat.end(&["a"]).cause), (Remedy::Rotate, FailureCause::TurnsSpent));
    let over = Outlook { over: true, ..outlook(&["a"]) };
    assert_eq!(Seat::new().turns.next(&over, at(0)), Step::Over);
}
