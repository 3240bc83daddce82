//! The feed: a World that follows, in batches, and starts anew where it must.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{EventKind, HostId, Resource, Seq};
use go_clock::SystemClock;
use serde_json::json;

use super::{Feed, FeedError};
use crate::fake_bus::{FakeBus, Script, event, frame, host, json as answer, snapshot, stream};
use crate::{BusClient, HttpTransport, SubscribeError, Token};

fn line(revision: u64) -> String {
    format!("{}\n", json!({"type": "host", "resource": host(revision)}))
}

async fn start(bus: &FakeBus) -> Result<Feed, FeedError> {
    let transport = Arc::new(HttpTransport::new(&bus.url).unwrap());
    Feed::start(BusClient::new(transport, Token::new("t").unwrap()), Arc::new(SystemClock)).await
}

fn revision(feed: &Feed) -> Option<u64> {
    feed.world().host(&HostId::new("h1").unwrap()).map(|host| host.revision.0)
}

fn gone() -> String {
    answer(410, &json!({"type": "/problems/history-gone", "title": "gone", "status": 410}))
}

#[tokio::test]
async fn it_begins_with_the_snapshot_and_goes_on_right_after_it() {
    let bus = FakeBus::play([Script::Cut(snapshot(7, &line(7))), Script::Hang(stream(&[frame(8)]))]);
    let mut feed = start(&bus).await.unwrap();
    assert_eq!((revision(&feed), feed.seq()), (Some(7), Seq(7)));
    let changes = feed.next().await.unwrap();
    assert_eq!((revision(&feed), feed.seq(), bus.resumed_after()), (Some(8), Seq(8), vec![7]));
    let ids: Vec<_> = changes.items.iter().map(|change| (change.id.as_str(), change.event.clone())).collect();
    assert_eq!((ids, changes.reset), (vec![("h1", EventKind::HostUpdated)], false));
}

#[tokio::test]
async fn whatever_has_arrived_is_applied_in_one_go() {
    let frames: Vec<_> = (1..=50).map(frame).collect();
    let bus = FakeBus::play([Script::Cut(snapshot(0, "")), Script::Hang(stream(&frames))]);
    let mut feed = start(&bus).await.unwrap();
    let (mut calls, mut events) = (0, 0);
    while events < 50 {
        events += feed.next().await.unwrap().len();
        calls += 1;
    }
    assert!(calls <= 10, "{calls} calls for events that came as one");
    assert_eq!(revision(&feed), Some(50));
}

#[tokio::test]
async fn one_s_own_write_is_seen_at_once_and_its_event_changes_nothing() {
    let bus = FakeBus::play([Script::Cut(snapshot(7, &line(7))), Script::Hang(stream(&[frame(8)]))]);
    let mut feed = start(&bus).await.unwrap();
    let own: go_bus_api::Host = serde_json::from_value(host(9)).unwrap();
    assert!(feed.apply(Resource::Host(own)));
    feed.next().await.unwrap();
    assert_eq!(revision(&feed), Some(9));
}

#[tokio::test]
async fn who_is_told_that_the_bus_is_back_does_not_wait_for_the_next_try() {
    // With their pauses these breaks would take more than a minute.
    let breaks = std::iter::repeat_n(Script::Cut(stream(&[])), BREAKS);
    let end = Script::Hang(stream(&[frame(8)]));
    let bus = FakeBus::play([Script::Cut(snapshot(7, &line(7)))].into_iter().chain(breaks).chain([end]));
    let mut feed = start(&bus).await.unwrap();
    let told = async {
        for connections in 1..=BREAKS {
            tokio::select! {
                changes = feed.next() => panic!("nothing has happened, but {changes:?}"),
                () = connected(&bus, connections) => feed.reconnect(),
            }
        }
        feed.next().await
    };
    let changes = tokio::time::timeout(Duration::from_secs(20), told).await.unwrap().unwrap();
    assert_eq!((changes.items[0].seq, feed.seq()), (Seq(8), Seq(8)));
}

const BREAKS: usize = 20;

/// Waits until so many streams were asked for.
async fn connected(bus: &FakeBus, count: usize) {
    while bus.resumed_after().len() < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn history_that_is_gone_leads_to_a_new_snapshot() {
    let bus = FakeBus::play([
        Script::Cut(snapshot(7, &line(7))),
        Script::Cut(gone()),
        Script::Cut(snapshot(90, &line(90))),
        Script::Hang(stream(&[frame(91)])),
    ]);
    let mut feed = start(&bus).await.unwrap();
    let changes = feed.next().await.unwrap();
    assert!(changes.reset && changes.items.is_empty());
    assert_eq!((revision(&feed), feed.seq()), (Some(90), Seq(90)));
    assert_eq!(feed.next().await.unwrap().len(), 1);
    assert_eq!(bus.resumed_after(), [7, 90]);
}

#[tokio::test]
async fn an_event_about_no_resource_is_handed_out_whole() {
    let mut lease = event(8);
    lease["kind"] = json!("lease.acquired");
    lease["subject"] = json!("agents/000/lease");
    let frame = format!("data: {lease}\n\n");
    let bus = FakeBus::play([Script::Cut(snapshot(7, "")), Script::Hang(stream(&[frame]))]);
    let mut feed = start(&bus).await.unwrap();
    let changes = feed.next().await.unwrap();
    assert_eq!(changes.others.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&EventKind::LeaseAcquired]);
    assert!(changes.items.is_empty());
}

#[tokio::test]
async fn a_refused_token_is_told_again_and_again() {
    let refused = json!({"type": "/problems/unauthorized", "title": "no", "status": 401});
    let bus = FakeBus::play([Script::Cut(snapshot(7, "")), Script::Cut(answer(401, &refused))]);
    let mut feed = start(&bus).await.unwrap();
    for _ in 0..2 {
        let error = feed.next().await.unwrap_err();
        assert!(matches!(error, FeedError::Events(SubscribeError::Unauthorized(_))), "{error:?}");
    }
}

#[tokio::test]
async fn a_snapshot_that_is_cut_short_is_taken_again() {
    let whole = snapshot(7, &line(7));
    let bus = FakeBus::play([
        Script::Cut(whole[..whole.len() - 20].to_owned()),
        Script::Cut(whole.clone()),
        Script::Hang(stream(&[])),
    ]);
    assert_eq!(revision(&start(&bus).await.unwrap()), Some(7));
}
