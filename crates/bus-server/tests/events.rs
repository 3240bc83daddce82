//! The event log over HTTP: pages, streams, exact resume, slow clients, the snapshot.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_clock::SystemClock;
use serde_json::{Value, json};
use support::{start, start_with, within};
use tokio::io::AsyncReadExt as _;

fn seqs(items: &Value) -> Vec<u64> {
    items.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_stream_resumes_with_nothing_missed_and_nothing_twice() {
    let bus = start().await;
    bus.api.project("p").await;
    for _ in 0..3 {
        bus.api.task("p").await;
    }
    let mut first = bus.api.stream("/events/stream?after=0").await;
    let mut seen = vec![first.event().await.id.unwrap(), first.event().await.id.unwrap()];
    drop(first);
    bus.api.task("p").await;
    // The header of a client that comes again wins over the query it began with.
    let mut again = bus.api.with("Last-Event-ID", seen[1]).stream("/events/stream?after=0").await;
    for _ in 0..3 {
        seen.push(again.event().await.id.unwrap());
    }
    let log = bus.api.get("/events?after=0").await.expect(200);
    assert_eq!(seen, seqs(&log["items"]));
}

#[tokio::test]
async fn a_frame_is_the_event_as_the_log_has_it() {
    let bus = start().await;
    let mut stream = bus.api.stream("/events/stream").await;
    bus.api.project("p").await;
    let frame = stream.event().await;
    let logged = bus.api.get("/events?limit=1").await.expect(200)["items"][0].clone();
    assert_eq!((frame.id, frame.event.as_deref()), (logged["seq"].as_u64(), Some("project.created")));
    assert_eq!(frame.data, logged);
    assert_eq!((&logged["subject"], &logged["data"]["id"]), (&json!("projects/p"), &json!("p")));
}

#[tokio::test]
async fn a_live_reader_sees_every_write_of_many_writers_once_and_in_order() {
    let bus = start().await;
    bus.api.project("p").await;
    let mut stream = bus.api.stream("/events/stream?after=0").await;
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let api = bus.api.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    api.task("p").await;
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    while seen.len() < 81 {
        seen.push(stream.event().await.id.unwrap());
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen, (1..=81).collect::<Vec<_>>());
}

#[tokio::test]
async fn filters_by_kind_and_subject_hold_for_pages_and_streams() {
    let bus = start().await;
    let post = |kind: &str, n: u64| bus.api.post("/events", json!({"kind": kind, "subject": "things/1", "data": n}));
    for n in 0..3 {
        let posted = post("check.mine", n).await.expect(201);
        assert_eq!(
            (&posted["kind"], &posted["data"], &posted["actor"]),
            (&json!("check.mine"), &json!(n), &json!("operator"))
        );
        post("check.other", n).await.expect(201);
    }
    let page = bus.api.get("/events?kind=check.mine&limit=2").await.expect(200);
    assert_eq!(
        page["items"].as_array().unwrap().iter().map(|e| &e["data"]).collect::<Vec<_>>(),
        [&json!(0), &json!(1)]
    );
    let rest = format!("/events?kind=check.mine&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = bus.api.get(&rest).await.expect(200);
    assert_eq!((rest["items"][0]["data"].clone(), &rest["next_cursor"]), (json!(2), &json!(null)));
    assert_eq!(seqs(&bus.api.get("/events?subject=things/1").await.expect(200)["items"]).len(), 6);
    let mut stream = bus.api.stream("/events/stream?after=0&kind=check.mine").await;
    for n in 0..3 {
        assert_eq!(stream.event().await.data["data"], n);
    }
    post("check.other", 3).await.expect(201);
    post("check.mine", 3).await.expect(201);
    assert_eq!(stream.event().await.data["data"], 3);
}

#[tokio::test]
async fn the_bus_s_own_kinds_cannot_be_forged_but_the_watchdog_s_may_be_posted() {
    let bus = start().await;
    for kind in ["lease.acquired", "task.invented"] {
        bus.api.post("/events", json!({ "kind": kind })).await.refused(422, "reserved-kind");
    }
    bus.api.post("/events", json!({"kind": "two words"})).await.refused(422, "invalid");
    bus.api.post("/events", json!({"kind": "alert:go-restarted"})).await.expect(201);
}

#[tokio::test]
async fn a_silent_stream_says_that_it_lives() {
    let bus = start_with(Arc::new(SystemClock), |config| config.limits.keep_alive = Duration::from_millis(20)).await;
    let mut stream = bus.api.stream("/events/stream").await;
    for _ in 0..2 {
        assert_eq!(stream.next().await, Some(support::Frame::default()));
    }
}

#[tokio::test]
async fn a_cursor_that_is_none_is_refused() {
    let bus = start().await;
    bus.api.with("Last-Event-ID", "x").get("/events/stream").await.refused(400, "bad-request");
    bus.api.get("/events/stream?after=x").await.refused(400, "bad-request");
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off_and_holds_nobody_up() {
    let bus = start_with(Arc::new(SystemClock), |config| {
        config.limits.stall = Duration::from_millis(200);
        config.limits.streams = 2;
    })
    .await;
    let mut slow = bus.api.stream("/events/stream?after=0").await;
    let mut quick = bus.api.stream("/events/stream?after=0&kind=check.last").await;
    let padding = "x".repeat(900_000);
    for _ in 0..24 {
        bus.api.post("/events", json!({"kind": "check.big", "data": padding})).await.expect(201);
    }
    bus.api.post("/events", json!({"kind": "check.last"})).await.expect(201);
    quick.event().await;
    // Nobody but the Bus ends a stream here, so a place for a third one is the slow one's.
    bus.api.until_a_stream_has_a_place().await;
    bus.api.post("/events", json!({"kind": "check.last"})).await.expect(201);
    quick.event().await;
    // Only now is it read: what the sockets held, and then an end.
    let mut held = Vec::new();
    let _ = within(slow.connection.read_to_end(&mut held)).await;
    assert!(held.len() < 24 * padding.len(), "all of it came: {} bytes", held.len());
}

#[tokio::test]
async fn the_snapshot_and_the_events_after_it_are_the_state() {
    let bus = start().await;
    bus.api.project("p").await;
    let before = bus.api.task("p").await;
    let snapshot = bus.api.get("/snapshot").await;
    assert_eq!(snapshot.header("content-type"), Some("application/x-ndjson"));
    let seq: u64 = snapshot.header("event-seq").unwrap().parse().unwrap();
    let after = bus.api.task("p").await;
    let lines: Vec<go_bus_api::Resource> =
        snapshot.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let tasks: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            go_bus_api::Resource::Task(task) => Some(task.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(tasks, [before.as_str()]);
    let rest = within(bus.api.get(&format!("/events?after={seq}"))).await.expect(200);
    assert_eq!(rest["items"][0]["subject"], format!("tasks/{after}"));
}
