//! What one client can hold, over raw TCP: connections, heads, bodies, streams, time. Nothing here takes the Bus down.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_server::Limits;
use go_clock::SystemClock;
use serde_json::json;
use support::{TestBus, start, start_with, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SHORT: Duration = Duration::from_millis(100);

/// A Bus within these limits.
async fn limited(adjust: impl FnOnce(&mut Limits)) -> TestBus {
    start_with(Arc::new(SystemClock), |config| adjust(&mut config.limits)).await
}

async fn connect(bus: &TestBus) -> TcpStream {
    TcpStream::connect(&bus.api.address).await.unwrap()
}

/// All that comes on a connection until the Bus closes it.
async fn rest(connection: &mut TcpStream) -> String {
    let mut said = Vec::new();
    // A reset ends it as well as a close does.
    let _ = within(connection.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// The answer to bytes that are sent as they are.
async fn answer(bus: &TestBus, bytes: &[u8]) -> String {
    let mut connection = connect(bus).await;
    // The Bus may have closed before it has taken all.
    let _ = connection.write_all(bytes).await;
    rest(&mut connection).await
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_the_next_finds_a_place_again() {
    let bus = limited(|limits| limits.connections = 2).await;
    let held = [connect(&bus).await, connect(&bus).await];
    // Their places are taken once one more is refused.
    let refused = loop {
        let answer = bus.api.get("/ready").await;
        if answer.status != 200 {
            break answer;
        }
    };
    refused.refused(429, "too-many");
    assert_eq!(refused.header("retry-after"), Some("1"));
    drop(held);
    within(async { while bus.api.get("/ready").await.status != 200 {} }).await;
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off_and_holds_nobody_up() {
    let bus = limited(|limits| limits.head = SHORT).await;
    let mut slow = connect(&bus).await;
    slow.write_all(b"GET /ready HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    bus.api.get("/ready").await.expect(200);
    // A byte now and then does not help: the time is for the whole head.
    let trickle = async {
        let mut pace = tokio::time::interval(SHORT / 4);
        loop {
            pace.tick().await;
            if slow.write_all(b"x").await.is_err() {
                return;
            }
        }
    };
    within(trickle).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_stream_is_not_idle() {
    let bus = limited(|limits| {
        limits.idle = SHORT;
        limits.keep_alive = SHORT / 2;
    })
    .await;
    let mut stream = bus.api.stream("/events/stream").await;
    let mut idle = connect(&bus).await;
    idle.write_all(b"GET /ready HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 200"), "its request is answered, and only then it is closed");
    assert_eq!(rest(&mut connect(&bus).await).await, "", "one that never asks is closed too");
    for _ in 0..4 {
        assert!(stream.next().await.is_some(), "the stream has ended");
    }
}

#[tokio::test]
async fn a_body_that_trickles_in_is_refused() {
    let bus = limited(|limits| limits.body_time = SHORT).await;
    let token = bus.api.token.clone().unwrap();
    let head =
        format!("POST /projects HTTP/1.0\r\nauthorization: Bearer {token}\r\ncontent-length: 20\r\n\r\n{{\"id\":");
    let said = answer(&bus, head.as_bytes()).await;
    assert!(said.contains(" 400 ") && said.contains("did not arrive in time"), "{said}");
}

#[tokio::test]
async fn too_many_headers_and_too_long_ones_are_431() {
    let bus = start().await;
    let many = (0..101).fold("GET /ready HTTP/1.1\r\n".to_owned(), |head, n| head + &format!("x-{n}: 1\r\n"));
    let long = format!("GET /ready HTTP/1.1\r\nx: {}\r\n", "x".repeat(300_000));
    for head in [many, long] {
        let mut connection = connect(&bus).await;
        // The Bus may have answered before it has taken all.
        let _ = connection.write_all(format!("{head}\r\n").as_bytes()).await;
        let _ = connection.shutdown().await;
        let said = rest(&mut connection).await;
        assert!(said.starts_with("HTTP/1.1 431"), "{} bytes: {said:?}", head.len());
    }
    bus.api.get("/ready").await.expect(200);
}

#[tokio::test]
async fn what_is_no_http_is_no_trouble() {
    let bus = start().await;
    let noise: Vec<u8> = (0..=255).cycle().take(4096).collect();
    let broken: [&[u8]; 7] = [
        &noise,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  /ready\r\n\r\n",
        b"POST /tasks HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /tasks HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        b"POST /tasks HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ];
    for bytes in broken {
        let mut connection = connect(&bus).await;
        let _ = connection.write_all(bytes).await;
        let _ = connection.shutdown().await;
        let said = rest(&mut connection).await;
        assert!(!said.contains(" 50"), "{said}");
    }
    bus.api.get("/ready").await.expect(200);
}

#[tokio::test]
async fn json_of_any_depth_is_an_answer_of_the_400s() {
    let bus = start().await;
    for depth in [100, 1_000, 200_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        for body in [
            format!("{open}{close}"),
            format!("{{\"kind\": \"check.deep\", \"data\": {open}{close}}}"),
            format!("{{\"kind\": \"check.deep\", \"data\": {objects}}}"),
            format!("{{\"project\": \"p\", \"title\": \"t\", \"unknown\": {open}{close}}}"),
            open,
        ] {
            for path in ["/events", "/tasks", "/agents/000/lease"] {
                let status = bus.api.send("POST", path, body.as_bytes()).await.status;
                assert!((200..500).contains(&status), "{path} at depth {depth}: {status}");
            }
        }
        let handoff = bus.api.fenced(1).send("PUT", "/agents/000/handoff", objects.as_bytes()).await.status;
        assert!((200..500).contains(&handoff), "a handoff of depth {depth}: {handoff}");
    }
    bus.api.get("/ready").await.expect(200);
}

#[tokio::test]
async fn a_stream_too_many_is_refused_until_one_ends() {
    let bus = limited(|limits| limits.streams = 2).await;
    let first = bus.api.stream("/events/stream").await;
    let _second = bus.api.stream("/events/stream").await;
    bus.api.get("/events/stream").await.refused(429, "too-many");
    bus.api.project("p").await;
    drop(first);
    bus.api.until_a_stream_has_a_place().await;
}

#[tokio::test]
async fn a_page_of_long_events_ends_early_and_goes_on_by_its_cursor() {
    let bus = start().await;
    let padding = "x".repeat(700_000);
    for n in 0..5 {
        bus.api.post("/events", json!({"kind": "check.big", "data": {"n": n, "padding": padding}})).await.expect(201);
    }
    let (mut seen, mut path) = (Vec::new(), "/events?limit=1000".to_owned());
    loop {
        let page = bus.api.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2, "{} events of 0.7 MB in one answer", items.len());
        seen.extend(items.iter().map(|event| event["data"]["n"].as_u64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/events?limit=1000&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, [0, 1, 2, 3, 4]);
}
