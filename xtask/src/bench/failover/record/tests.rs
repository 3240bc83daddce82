//! Stories of takeovers, and what is read from them.

use super::*;

/// A log from `kind epoch` pairs; an epoch of 0 is none.
fn log(of: &[(&str, u64)]) -> Vec<Event> {
    let event = |(index, (kind, epoch)): (usize, &(&str, u64))| {
        let epoch = if *epoch == 0 { Value::Null } else { Value::from(*epoch) };
        let text = serde_json::json!({"seq": index + 1, "kind": kind, "at": "2026-03-21T08:15:30.250Z", "subject": "tasks/A",
            "epoch": epoch, "data": {"epoch": epoch, "attempt": 1}});
        Event::read(&text.to_string(), Duration::ZERO).unwrap()
    };
    of.iter().enumerate().map(event).collect()
}

const TAKEOVER: &[(&str, u64)] = &[
    ("lease.acquired", 1),
    ("task.assigned", 1),
    ("handoff.written", 1),
    ("lease.released", 1),
    ("agent.terminated", 0),
    ("lease.acquired", 2),
    ("handoff.written", 2),
    ("task.assigned", 2),
];

#[test]
fn a_takeover_is_read_from_the_last_write_of_one_to_the_first_act_of_the_next() {
    let log = log(TAKEOVER);
    let seq = |event: Option<&Event>| event.map(|event| event.seq);
    assert_eq!(seq(last_write(&log, 1)), Some(3));
    assert_eq!(seq(ended(&log, 1)), Some(4));
    assert_eq!(seq(acquired(&log, 2)), Some(6));
    assert_eq!(seq(first_act(&log, 2)), Some(8));
    assert_eq!((seq(first_act(&log, 3)), tenures(&log)), (None, 2));
}

#[test]
fn a_write_of_an_epoch_that_is_over_is_found_before_and_after_the_next_began() {
    assert_eq!(stale_writes(&log(TAKEOVER)), 0);
    let late = |at: usize| {
        let mut events = TAKEOVER.to_vec();
        events.insert(at, ("task.assigned", 1));
        stale_writes(&log(&events))
    };
    assert_eq!((late(3), late(4), late(7)), (0, 1, 1));
}

#[test]
fn a_second_builder_a_second_attempt_and_a_seat_filled_twice_are_restarts() {
    let agent = |role: &str, task: Option<&str>| {
        serde_json::json!({"seq": 1, "kind": "agent.requested", "at": "2026-03-21T08:15:30.250Z", "epoch": 1, "subject": "agents/x",
            "data": {"role": role, "host": "h1", "task": task}})
        .to_string()
    };
    let read = |texts: &[String]| {
        let events: Vec<_> = texts.iter().map(|text| Event::read(text, Duration::ZERO).unwrap()).collect();
        restarts(&events).len()
    };
    let (po, a, b) = (agent("po", None), agent("worker", Some("A")), agent("worker", Some("B")));
    assert_eq!(read(&[po.clone(), a.clone(), b]), 0);
    assert_eq!(read(&[po.clone(), po]), 1);
    assert_eq!(read(&[a.clone(), a]), 1);
    let mut again = log(TAKEOVER);
    again[7].data = serde_json::json!({"attempt": 2});
    assert_eq!(restarts(&again), ["tasks/A was assigned again"]);
}

#[test]
fn milliseconds_are_counted_over_midnight() {
    assert_eq!(of_the_day("2026-03-21T08:15:30.250Z"), Some(29_730_250));
    assert_eq!(of_the_day("tomorrow"), None);
    assert_eq!((between(1000, 1050), between(1050, 1000)), (50.0, -50.0));
    assert_eq!(between(of_the_day("x T23:59:59.990Z").unwrap(), 10), 20.0);
}
