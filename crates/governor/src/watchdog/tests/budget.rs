//! Pauses between restarts, and the breaker.

use super::{at, away, held, policy, seen};
use crate::watchdog::BusPlace::Embedded;
use crate::watchdog::{Breaker, Notice, Record, Response, Session, decide};

const HOUR: u64 = 3600;

/// A GO that is found dead every `step` seconds until `end`: when it was restarted, and what is remembered.
fn crashing(mut record: Record, from: u64, end: u64, step: usize) -> (Vec<u64>, Record) {
    let mut restarts = Vec::new();
    for second in (from..end).step_by(step) {
        let decision = decide(&seen(away(), Session::Absent), &record, &policy(Embedded), at(second));
        if matches!(decision.response, Response::Restart { .. }) {
            restarts.push(second);
        }
        record = decision.record;
    }
    (restarts, record)
}

fn given_up(record: &Record) -> usize {
    record.notices.iter().filter(|notice| matches!(notice, Notice::GivenUp { .. })).count()
}

#[test]
fn the_pause_doubles_from_a_quarter_of_the_interval() {
    let (restarts, _) = crashing(Record::default(), 0, 1000, 1);
    assert_eq!(restarts, [0, 30, 90, 210, 450]);
}

#[test]
fn after_five_restarts_in_an_hour_the_breaker_opens_and_says_so_once() {
    let (restarts, record) = crashing(Record::default(), 0, HOUR, 10);
    assert_eq!((restarts.len(), given_up(&record)), (5, 1));
    assert!(matches!(record.breaker, Breaker::Open { .. }));
}

#[test]
fn an_hour_later_one_restart_is_tried_and_if_it_does_not_help_none_for_another_hour() {
    let (_, record) = crashing(Record::default(), 0, 600, 10);
    let Breaker::Open { since } = record.breaker else { panic!("{record:?}") };
    let opened = since.since(at(0)).as_secs();
    let (restarts, record) = crashing(record, 600, opened + 2 * HOUR, 10);
    assert_eq!((restarts, given_up(&record)), (vec![opened + HOUR], 2));
}

#[test]
fn a_trial_that_helps_closes_the_breaker_and_still_counts() {
    let (_, record) = crashing(Record::default(), 0, 600, 10);
    let (trial, record) = crashing(record, 600 + HOUR, 600 + HOUR + 1, 10);
    assert_eq!((trial.len(), record.breaker), (1, Breaker::HalfOpen));
    let decision = decide(&seen(held(), Session::Absent), &record, &policy(Embedded), at(800 + HOUR));
    assert_eq!((decision.record.breaker, decision.record.restarts.len()), (Breaker::Closed, 1));
}

#[test]
fn a_clock_that_was_set_back_holds_no_restart_for_longer_than_an_hour() {
    let record = Record { restarts: vec![at(900_000); 5], ..Record::default() };
    let (restarts, record) = crashing(record, 0, HOUR, 10);
    assert_eq!((restarts.len(), given_up(&record)), (0, 1));
    let (restarts, _) = crashing(record, HOUR, 2 * HOUR, 10);
    assert_eq!(restarts.len(), 1);
    let open = Record { breaker: Breaker::Open { since: at(900_000) }, ..Record::default() };
    assert_eq!(crashing(open, 0, HOUR + 20, 10).0.len(), 1);
}

#[test]
fn what_the_bus_was_not_told_is_bounded_and_the_latest_is_kept() {
    let mut record = Record::default();
    for n in 0..100 {
        record.note(Notice::Restarted { at: at(n), why: String::new(), nth: 1 });
    }
    assert_eq!(record.notices.len(), 32);
    assert!(matches!(record.notices.last(), Some(Notice::Restarted { at: last, .. }) if *last == at(99)));
}

#[test]
fn a_record_reads_back_as_it_was_written_and_a_sparse_one_is_filled_up() {
    let (_, record) = crashing(Record::default(), 0, HOUR, 10);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    assert_eq!(serde_json::from_str::<Record>(r#"{"version":1}"#).unwrap(), Record::default());
}
