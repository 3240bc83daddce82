//! Events that are no longer kept: 410, and a client that goes on from a new snapshot. Slow clients that come again.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use go_bus_api::{EventKind, ProjectId, Seq};
use go_bus_client::{BusClient, Feed, HttpTransport, SubscribeError, Token};
use go_bus_store::{Policy, Retention, SqliteStore};
use go_clock::SystemClock;
use serde_json::json;
use support::{TestBus, start_on, start_with, within};

/// A Bus that keeps about a hundred events.
async fn forgetful() -> TestBus {
    let retention = Retention { events: 100, age: Duration::ZERO };
    let store = SqliteStore::in_memory(Policy { retention, ..Policy::default() }).unwrap();
    start_on(Arc::new(store), Arc::new(SystemClock), tempfile::tempdir().unwrap(), |_| {}).await
}

/// Posts events until the first one is no longer kept.
async fn until_the_first_has_gone(bus: &TestBus) {
    let gone = async {
        loop {
            let posts = (0..64).map(|_| bus.api.post("/events", json!({"kind": "check.filler"})));
            for answer in futures_util::future::join_all(posts).await {
                answer.expect(201);
            }
            if bus.api.get("/events?after=0&limit=1").await.status == 410 {
                return;
            }
        }
    };
    within(gone).await;
}

fn client(bus: &TestBus) -> BusClient {
    let transport = HttpTransport::new(&format!("http://{}", bus.api.address)).unwrap();
    BusClient::new(Arc::new(transport), Token::new(bus.api.token.clone().unwrap()).unwrap())
}

#[tokio::test]
async fn a_cursor_older_than_what_is_kept_is_410_for_pages_and_streams() {
    let bus = forgetful().await;
    until_the_first_has_gone(&bus).await;
    bus.api.get("/events").await.refused(410, "history-gone");
    bus.api.get("/events/stream?after=0").await.refused(410, "history-gone");
    bus.api.with("Last-Event-ID", 1).get("/events/stream").await.refused(410, "history-gone");
    let snapshot = bus.api.get("/snapshot").await;
    let seq = snapshot.header("event-seq").unwrap();
    bus.api.get(&format!("/events?after={seq}")).await.expect(200);
    bus.api.stream(&format!("/events/stream?after={seq}")).await;
}

#[tokio::test]
async fn a_subscription_says_that_its_history_is_gone() {
    let bus = forgetful().await;
    until_the_first_has_gone(&bus).await;
    let mut events = client(&bus).subscribe(Seq(0));
    assert_eq!(within(events.next()).await, Some(Err(SubscribeError::HistoryGone)));
}

#[tokio::test]
async fn a_feed_whose_history_is_gone_takes_a_new_snapshot_and_goes_on() {
    let mut first = forgetful().await;
    let mut feed = Feed::start(client(&first), Arc::new(SystemClock)).await.unwrap();
    // It does not read while the log moves past it, and its connection breaks.
    first.api.project("meanwhile").await;
    until_the_first_has_gone(&first).await;
    let address = first.api.address.clone();
    first.stop().await;
    let data = std::mem::replace(&mut first.data, tempfile::tempdir().unwrap());
    let again = start_on(Arc::clone(&first.store), Arc::new(SystemClock), data, |config| {
        config.listen = address.parse().unwrap();
    })
    .await;
    let reset = async { while !feed.next().await.unwrap().reset {} };
    within(reset).await;
    assert!(feed.world().project(&ProjectId::new("meanwhile").unwrap()).is_some(), "the snapshot is not in the World");
    again.api.project("later").await;
    let told = within(feed.next()).await.unwrap();
    assert_eq!(told.items.iter().map(|change| change.event.clone()).collect::<Vec<_>>(), [EventKind::ProjectCreated]);
}

#[tokio::test]
async fn a_slow_subscriber_is_cut_off_comes_again_and_misses_nothing() {
    let bus = start_with(Arc::new(SystemClock), |config| {
        config.limits.stall = Duration::from_millis(100);
        // The place of whoever looked whether there is one is soon free for the subscriber.
        config.limits.keep_alive = Duration::from_millis(50);
        config.limits.streams = 1;
    })
    .await;
    let mut events = client(&bus).subscribe(Seq(0));
    bus.api.post("/events", json!({"kind": "check.first"})).await.expect(201);
    assert_eq!(within(events.next()).await.unwrap().unwrap().seq, Seq(1));
    let padding = "x".repeat(900_000);
    for _ in 0..24 {
        bus.api.post("/events", json!({"kind": "check.big", "data": padding})).await.expect(201);
    }
    // More than its sockets hold waits for longer than the Bus bears with it: its place becomes free.
    bus.api.until_a_stream_has_a_place().await;
    for seq in 2..=25 {
        assert_eq!(within(events.next()).await.unwrap().unwrap().seq, Seq(seq));
    }
}
