//! The stream against a Bus that breaks off, falls silent, repeats, skips and talks nonsense.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use go_bus_api::Seq;
use serde_json::json;

use super::{SubscribeError, Subscription};
use crate::fake_bus::{FakeBus, Script, event, frame, json as answer, stream};
use crate::{BusClient, HttpTransport, Token};

fn client(bus: &FakeBus) -> BusClient {
    BusClient::new(Arc::new(HttpTransport::new(&bus.url).unwrap()), Token::new("t").unwrap())
}

fn frames(seqs: impl IntoIterator<Item = u64>) -> Vec<String> {
    seqs.into_iter().map(frame).collect()
}

/// The numbers of the next `count` events.
async fn take(events: &mut Subscription, count: usize) -> Vec<u64> {
    let mut seqs = Vec::new();
    while seqs.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
        let event = next.unwrap_or_else(|_| panic!("only {seqs:?} came")).expect("an event or an error");
        seqs.push(event.expect("an event").seq.0);
    }
    seqs
}

async fn fatal(events: &mut Subscription) -> SubscribeError {
    let error = events.next().await.expect("an error").expect_err("the end of the subscription");
    assert!(events.next().await.is_none(), "it goes on after {error}");
    error
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_goes_on_where_it_was_with_no_half_event() {
    let whole = stream(&frames(1..=3));
    let second = whole.find("id: 2").unwrap();
    for cut in (second..whole.len()).step_by(37) {
        let bus = FakeBus::play([
            Script::Cut(whole[..cut].to_owned()),
            Script::Hang(stream(&frames(2..=5))),
            Script::Hang(stream(&frames(4..=5))),
        ]);
        let mut events = client(&bus).subscribe(Seq(0));
        assert_eq!(take(&mut events, 5).await, [1, 2, 3, 4, 5], "cut after {cut} bytes");
        let resumed = bus.resumed_after();
        assert_eq!(resumed[0], 0);
        assert!((1..=2).contains(&resumed[1]), "cut after {cut} bytes: {resumed:?}");
    }
}

#[tokio::test]
async fn it_resumes_exactly_after_the_last_event_it_yielded() {
    let bus = FakeBus::play([
        Script::Cut(stream(&frames(8..=9))),
        Script::Cut(stream(&frames(10..=12))),
        Script::Cut(stream(&[])),
        Script::Hang(stream(&frames(13..=13))),
    ]);
    let mut events = client(&bus).subscribe(Seq(7));
    assert_eq!(take(&mut events, 6).await, [8, 9, 10, 11, 12, 13]);
    assert_eq!(bus.resumed_after(), [7, 9, 12, 12]);
}

#[tokio::test]
async fn a_repeated_event_is_yielded_once() {
    let bus = FakeBus::play([Script::Hang(stream(&frames([1, 2, 2, 1, 3])))]);
    assert_eq!(take(&mut client(&bus).subscribe(Seq(0)), 3).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_gap_is_filled_page_by_page_before_what_comes_after_it() {
    let page = |seqs: std::ops::RangeInclusive<u64>| {
        answer(200, &json!({"items": seqs.map(event).collect::<Vec<_>>(), "next_cursor": null}))
    };
    let bus =
        FakeBus::play([Script::Hang(stream(&frames([1, 5, 6]))), Script::Cut(page(2..=3)), Script::Cut(page(4..=9))]);
    assert_eq!(take(&mut client(&bus).subscribe(Seq(0)), 6).await, [1, 2, 3, 4, 5, 6]);
    assert!(bus.requests()[2].starts_with("get /events?after=3&limit="), "{:?}", bus.requests());
}

#[tokio::test]
async fn silence_is_a_break() {
    let bus = FakeBus::play([Script::Hang(stream(&frames(1..=1))), Script::Hang(stream(&frames(2..=2)))]);
    let mut events = client(&bus).with_stream_idle(Duration::from_millis(200)).subscribe(Seq(0));
    assert_eq!(take(&mut events, 2).await, [1, 2]);
    assert_eq!(bus.resumed_after(), [0, 1]);
}

#[tokio::test]
async fn comments_keep_a_stream_without_events_open() {
    let mut drops = vec![stream(&[])];
    drops.extend(std::iter::repeat_n(":\n\n".to_owned(), 15));
    drops.push(frame(1));
    let bus = FakeBus::play([Script::Drip(drops, Duration::from_millis(100))]);
    let mut events = client(&bus).with_stream_idle(Duration::from_secs(1)).subscribe(Seq(0));
    assert_eq!(take(&mut events, 1).await, [1]);
    assert_eq!(bus.resumed_after(), [0]);
}

#[tokio::test]
async fn an_answer_that_is_no_event_stream_is_nonsense() {
    let page = answer(200, &json!({"hello": "I am another service"}));
    let bus = FakeBus::play(std::iter::repeat_n(Script::Cut(page), 20));
    let error = fatal(&mut client(&bus).subscribe(Seq(0))).await;
    assert!(matches!(&error, SubscribeError::Garbage(what) if what.contains("another service")), "{error:?}");
}

#[tokio::test]
async fn history_that_is_gone_ends_the_subscription() {
    let gone = json!({"type": "/problems/history-gone", "title": "gone", "status": 410});
    let bus = FakeBus::play([Script::Cut(stream(&frames(1..=1))), Script::Cut(answer(410, &gone))]);
    let mut events = client(&bus).subscribe(Seq(0));
    assert_eq!(take(&mut events, 1).await, [1]);
    assert_eq!(fatal(&mut events).await, SubscribeError::HistoryGone);
}

#[tokio::test]
async fn a_refused_token_ends_the_subscription() {
    let refused = json!({"type": "/problems/unauthorized", "title": "no", "status": 401});
    let bus = FakeBus::play([Script::Cut(answer(401, &refused))]);
    let mut events = client(&bus).subscribe(Seq(0));
    assert!(matches!(fatal(&mut events).await, SubscribeError::Unauthorized(_)));
}

#[tokio::test]
async fn a_bus_that_is_down_or_fails_for_a_while_is_waited_for() {
    let failing = answer(503, &json!({"type": "/problems/storage-unavailable", "title": "busy", "status": 503}));
    let bus = FakeBus::play([
        Script::Cut(String::new()),
        Script::Cut(failing),
        Script::Cut("HTTP/1.1 200 OK\r\n".to_owned()),
        Script::Hang(stream(&frames(1..=1))),
    ]);
    assert_eq!(take(&mut client(&bus).subscribe(Seq(0)), 1).await, [1]);
}

#[tokio::test]
async fn one_frame_of_nonsense_is_a_break_and_nothing_but_nonsense_the_end() {
    let nonsense = || stream(&["data: {\"seq\": \"x\"}\n\n".to_owned()]);
    let bus = FakeBus::play([Script::Hang(nonsense()), Script::Hang(stream(&frames(1..=1)))]);
    assert_eq!(take(&mut client(&bus).subscribe(Seq(0)), 1).await, [1]);
    let bus = FakeBus::play(std::iter::repeat_with(|| Script::Hang(nonsense())).take(20));
    let mut events = client(&bus).subscribe(Seq(0));
    assert!(matches!(fatal(&mut events).await, SubscribeError::Garbage(_)));
}

#[tokio::test]
async fn waiting_for_an_event_can_be_given_up_and_taken_up_again() {
    let bus = FakeBus::play([Script::Cut(stream(&frames(1..=2))), Script::Hang(stream(&frames(3..=4)))]);
    let mut events = client(&bus).subscribe(Seq(0));
    let mut seqs = Vec::new();
    while seqs.len() < 4 {
        // Each poll is dropped after a moment, also in the middle of connecting.
        if let Ok(event) = tokio::time::timeout(Duration::from_micros(300), events.next()).await {
            seqs.push(event.unwrap().unwrap().seq.0);
        }
    }
    assert_eq!(seqs, [1, 2, 3, 4]);
}
