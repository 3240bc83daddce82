//! What holds for every path: problems, limits, versions, keys, pages, the order of the checks.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use serde_json::json;
use support::{TestBus, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let bus = start().await;
    bus.api.get("/no/such/path").await.refused(404, "not-found");
    bus.api.get("/tasks/no-such-task").await.refused(404, "not-found");
    bus.api.get("/tasks/").await.refused(404, "not-found");
    bus.api.send("POST", "/tasks", br#"{"title": "#).await.refused(400, "malformed-body");
    bus.api.post("/tasks", json!({"title": 7})).await.refused(422, "invalid");
    let answer = bus.api.delete("/tasks", json!({})).await;
    answer.refused(405, "method-not-allowed");
    let allowed = answer.header("allow").expect("a 405 tells what is allowed");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_bad_field_is_pointed_at() {
    let bus = start().await;
    bus.api.project("p").await;
    let answer = bus.api.post("/tasks", json!({"project": "p", "title": "t", "priority": "urgent"})).await;
    assert_eq!(answer.refused(422, "invalid")["errors"][0]["pointer"], "/priority");
    let answer = bus.api.post("/tasks", json!({"project": "none", "title": "t"})).await;
    assert_eq!(answer.refused(422, "invalid")["errors"][0]["pointer"], "/project");
}

#[tokio::test]
async fn an_id_that_cannot_be_one_names_nothing() {
    let bus = start().await;
    for path in ["/tasks/%00/assign", "/tasks/%ff/assign", "/tasks/a%2Fb/assign", "/tasks/..%2f..%2fetc/assign"] {
        bus.api.post(path, json!({"agent": "a"})).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_bad_query_is_the_client_s_fault() {
    let bus = start().await;
    let limits = ["/tasks?limit=x", "/tasks?limit=-1", "/tasks?limit=0", "/events?limit=1e9"];
    for path in limits.into_iter().chain(["/events?after=x", "/events?kind=", "/events?kind=two%20words"]) {
        bus.api.get(path).await.refused(400, "bad-request");
    }
    for path in ["/tasks?cursor=%25%25%25", "/events?cursor=%25", "/agents?state=%00", "/tasks?state=none"] {
        let status = bus.api.get(path).await.status;
        assert!((200..500).contains(&status), "{path}: {status}");
    }
    bus.api.get("/tasks?limit=5000&invented=1").await.expect(200);
}

/// Sends `head` and then megabytes of `chunk`; none of it may fail, or the client would never come to read the answer.
async fn answer_to_too_much(bus: &TestBus, head: &str, chunk: &[u8]) -> String {
    let mut connection = tokio::net::TcpStream::connect(&bus.api.address).await.unwrap();
    let token = bus.api.token.clone().unwrap();
    let head = format!("PUT /agents/000/handoff HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{head}\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..400 {
        connection.write_all(chunk).await.unwrap();
    }
    connection.shutdown().await.unwrap();
    let mut answer = String::new();
    support::within(connection.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn a_body_over_1_mib_gets_its_answer_though_the_client_sends_on() {
    let bus = start().await;
    let head = format!("content-length: {}\r\n", 400 << 16);
    let answer = answer_to_too_much(&bus, &head, &vec![b' '; 1 << 16]).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("/problems/too-large"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    let bus = start().await;
    let chunk = [format!("{:x}\r\n", 1 << 16).into_bytes(), vec![b' '; 1 << 16], b"\r\n".to_vec()].concat();
    let answer = answer_to_too_much(&bus, "transfer-encoding: chunked\r\n", &chunk).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_of_1_mib_is_read() {
    let bus = start().await;
    let body = format!("{{\"holder\": \"h\", \"more\": \"{}\"}}", "x".repeat((1 << 20) - 27));
    assert_eq!(body.len(), 1 << 20);
    bus.api.send("POST", "/agents/000/lease", body.as_bytes()).await.expect(201);
}

#[tokio::test]
async fn the_checks_come_in_the_contract_s_order() {
    let bus = start().await;
    let bad = json!({"attempt": "one"});
    // 412 before 404 and 422, 404 before 422.
    bus.api.fenced(99).post("/tasks/none/complete", bad.clone()).await.refused(412, "stale-epoch");
    bus.api.post("/tasks/none/complete", bad.clone()).await.refused(404, "not-found");
    bus.api.project("p").await;
    let task = bus.api.task("p").await;
    bus.api.post(&format!("/tasks/{task}/complete"), bad).await.refused(422, "invalid");
}

#[tokio::test]
async fn an_etag_guards_a_patch_in_every_form_of_if_match() {
    let bus = start().await;
    bus.api.project("p").await;
    let path = format!("/tasks/{}", bus.api.task("p").await);
    let read = bus.api.get(&path).await;
    let tag = read.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", read.json()["revision"]));
    let title = |text: &str| json!({ "title": text });
    bus.api.with("If-Match", "soon").patch(&path, title("no")).await.refused(400, "bad-request");
    let changed = bus.api.with("If-Match", &tag).patch(&path, title("Second")).await;
    assert_eq!(changed.header("etag").unwrap(), format!("\"{}\"", changed.expect(200)["revision"]));
    for stale in [tag.clone(), format!("W/{tag}"), tag.trim_matches('"').to_owned()] {
        bus.api.with("If-Match", stale).patch(&path, title("Third")).await.refused(412, "revision-mismatch");
    }
    bus.api.with("If-Match", "*").patch(&path, title("Fourth")).await.expect(200);
    assert_eq!(bus.api.get(&path).await.json()["title"], "Fourth");
}

#[tokio::test]
async fn a_key_repeats_the_first_answer_and_takes_no_other_body() {
    let bus = start().await;
    bus.api.project("p").await;
    let api = bus.api.with("Idempotency-Key", "k-1");
    let body = |title: &str| json!({"project": "p", "title": title});
    let first = api.post("/tasks", body("Once")).await.expect(201);
    assert_eq!(api.post("/tasks", body("Once")).await.expect(201), first);
    api.post("/tasks", body("Other")).await.refused(422, "idempotency-mismatch");
    api.post("/projects", json!({"id": "q"})).await.refused(422, "idempotency-mismatch");
    bus.api.with("Idempotency-Key", "").post("/tasks", body("x")).await.refused(400, "bad-request");
    assert_eq!(bus.api.get("/tasks").await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_malformed_epoch_is_no_ordinary_write() {
    let bus = start().await;
    bus.api.with("Lease-Epoch", "seven").post("/projects", json!({"id": "p"})).await.refused(400, "bad-request");
    bus.api.get("/projects/p").await.refused(404, "not-found");
}

#[tokio::test]
async fn lists_page_by_cursor_to_their_end() {
    let bus = start().await;
    bus.api.project("p").await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(bus.api.task("p").await);
    }
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bus.api.get(&format!("/tasks?project=p&limit=2{cursor}")).await.expect(200);
        read.extend(page["items"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    made.sort();
    read.sort();
    assert_eq!(read, made);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let bus = start().await;
    for path in ["/health", "/tasks", "/agents/000"] {
        let answer = bus.api.send("HEAD", path, b"").await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn nothing_that_is_sent_makes_a_5xx() {
    let bus = start().await;
    let deep = br#"{"a":"#.repeat(2000);
    let bodies = [
        &b""[..],
        b"null",
        b"[]",
        b"7",
        b"\"x\"",
        b"{",
        b"\xff\xfe",
        br#"{"title":"\ud800"}"#,
        br#"{"title":"\u0000"}"#,
        br#"{"usd":"1e999"}"#,
        br#"{"slots":1e400}"#,
        br#"{"ttl_ms":-5,"holder":""}"#,
        &deep,
        br#"{"ttl_ms":18446744073709551615,"holder":"h"}"#,
        br#"{"id":"../../etc","slots":1}"#,
    ];
    let paths = [
        "/tasks",
        "/agents",
        "/hosts",
        "/projects",
        "/events",
        "/messages",
        "/costs",
        "/audit",
        "/sprints",
        "/io/alerts",
        "/io/sessions",
        "/io/questions",
        "/agents/000/lease",
        "/agents/000/token",
        "/tasks/x/assign",
        "/tasks/x/complete",
        "/agents/x/heartbeat",
        "/agents/x/exit",
        "/hosts/x/heartbeat",
        "/io/questions/x/answer",
    ];
    for path in paths {
        for body in bodies {
            let answer = bus.api.send("POST", path, body).await;
            let shown = String::from_utf8_lossy(body.get(..40).unwrap_or(body)).into_owned();
            assert!((400..500).contains(&answer.status), "{path} {shown}: {} {}", answer.status, answer.text());
        }
    }
    assert!(bus.api.get("/agents/000/lease").await.json()["holder"].is_null(), "bad input took the lease");
}
