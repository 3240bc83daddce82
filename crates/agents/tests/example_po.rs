//! The example of a third party's PO, against a fake of the Bus.
#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::AgentId;
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::SystemClock;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[path = "../examples/po.rs"]
#[expect(dead_code, reason = "its main is for a process of its own")]
mod po;

/// The longest that a run may take.
const DEADLINE: Duration = Duration::from_secs(20);

const AT: &str = "2026-01-01T00:00:00.000Z";

fn task(id: &str) -> Value {
    json!({"id": id, "project": "p", "title": id, "kind": "ticket", "category": "feature", "priority": "p1",
           "state": "in_progress", "assignee": "a-po", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
           "created_at": AT, "revision": 4})
}

fn hand(task: &str, state: &str, exit: &Value) -> Value {
    json!({"id": format!("hand-of-{task}"), "role": "specialist", "host": "h1", "project": "p", "parent": "a-po", "state": state,
           "driver": "shell", "task": task, "attempt": 1, "spawned_at": AT, "exit": exit, "revision": 2})
}

/// A Bus that has these tasks and hands beside a host, a project and the PO, and tells the PO to end once it follows.
async fn bus(tasks: &[Value], hands: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    let po = json!({"id": "a-po", "role": "po", "host": "h1", "project": "p", "state": "ready", "driver": "shell", "spawned_at": AT, "revision": 1});
    let host =
        json!({"id": "h1", "state": "active", "slots": 4, "launcher": "a-l", "last_heartbeat": AT, "revision": 1});
    let project = json!({"id": "p", "name": "p", "state": "active", "priority": "p1", "weight": 1, "created_at": AT, "revision": 1});
    let line = |kind: &str, resource: &Value| format!("{}\n", json!({"type": kind, "resource": resource}));
    let mut snapshot = line("host", &host) + &line("project", &project) + &line("agent", &po);
    snapshot.extend(tasks.iter().map(|task| line("task", task)).chain(hands.iter().map(|hand| line("agent", hand))));
    let answer = ResponseTemplate::new(200).insert_header("Event-Seq", "7").set_body_string(snapshot);
    Mock::given(method("GET")).and(path("/snapshot")).respond_with(answer).mount(&server).await;
    let beat = ResponseTemplate::new(200).set_body_json(&po);
    Mock::given(method("POST")).and(path("/agents/a-po/heartbeat")).respond_with(beat).expect(1..).mount(&server).await;
    let event = json!({"seq": 8, "kind": "agent.draining", "at": AT, "actor": "000", "epoch": 1, "subject": "agents/a-po",
                       "data": {"revision": 2, "state": "draining", "id": "a-po", "role": "po", "driver": "shell", "spawned_at": AT}});
    let frame = format!("id: 8\nevent: agent.draining\ndata: {event}\n\n");
    let stream = ResponseTemplate::new(200).set_body_raw(frame, "text/event-stream");
    Mock::given(method("GET")).and(path("/events/stream")).respond_with(stream).mount(&server).await;
    server
}

/// Runs the PO to its end.
async fn run(server: &MockServer) {
    let client = BusClient::new(Arc::new(HttpTransport::new(&server.uri()).unwrap()), Token::new("t").unwrap());
    let me = AgentId::new("a-po").unwrap();
    tokio::time::timeout(DEADLINE, po::run(&me, client, Arc::new(SystemClock))).await.unwrap().unwrap();
}

/// What the PO posted there, in order.
async fn posted(server: &MockServer, at: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let there = requests.iter().filter(|request| request.url.path() == at && request.method == "POST");
    there.map(|request| request.body_json().unwrap()).collect()
}

#[tokio::test]
async fn of_two_tickets_one_gets_a_hand_and_the_other_waits_for_it() {
    let server = bus(&[task("T-1"), task("T-2")], &[]).await;
    let spawned = ResponseTemplate::new(201).set_body_json(hand("T-1", "requested", &Value::Null));
    Mock::given(method("POST"))
        .and(path("/agents"))
        .and(body_partial_json(json!({"task": "T-1"})))
        .respond_with(spawned)
        .mount(&server)
        .await;
    run(&server).await;
    let asked = posted(&server, "/agents").await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(
        (&asked[0]["role"], &asked[0]["parent"], &asked[0]["attempt"]),
        (&json!("specialist"), &json!("a-po"), &json!(1))
    );
}

#[tokio::test]
async fn what_is_built_is_handed_over_for_review_and_what_failed_is_told_with_its_remedy() {
    let good = json!({"code": 0, "tail": "made", "at": AT});
    let failure = json!({"remedy": "rotate", "cause": "context_full", "detail": "full"});
    let bad = json!({"code": 1, "tail": "no room", "failure": failure, "at": AT});
    let hands = [hand("T-1", "terminated", &good), hand("T-2", "terminated", &bad)];
    let server = bus(&[task("T-1"), task("T-2")], &hands).await;
    for (id, how, state) in [("T-1", "complete", "in_review"), ("T-2", "fail", "pending")] {
        let mut after = task(id);
        after["state"] = json!(state);
        after["revision"] = json!(5);
        let answer = ResponseTemplate::new(200).set_body_json(after);
        Mock::given(method("POST"))
            .and(path(format!("/tasks/{id}/{how}")))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
    }
    run(&server).await;
    let complete = posted(&server, "/tasks/T-1/complete").await;
    assert_eq!((&complete[0]["summary"], &complete[0]["deliverable"]["significant"]), (&json!("made"), &json!(true)));
    let fail = posted(&server, "/tasks/T-2/fail").await;
    assert_eq!((&fail[0]["error"], &fail[0]["remedy"]["remedy"]), (&json!("no room"), &json!("rotate")));
}
