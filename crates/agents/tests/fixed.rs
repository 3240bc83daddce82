//! M0 and C0 against a fake of the Bus: how they take their place, and what they say.
#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use go_agents::fixed::{Duty, FixedConfig, FixedError, MacConfig, run_under};
use go_agents::orchestrators::Order;
use go_bus_api::{Message, Text};
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::SystemClock;
use go_review::SeedPolicy;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The longest that a run may take.
const DEADLINE: Duration = Duration::from_secs(20);

const AT: &str = "2026-01-01T00:00:00.000Z";

fn agent(id: &str) -> Value {
    json!({"id": id, "role": id, "state": "ready", "driver": "shell", "spawned_at": AT, "last_heartbeat": AT, "revision": 1})
}

fn task(run: &str) -> Value {
    json!({"id": "T-1", "project": "p", "title": "t", "kind": "ticket", "category": "chore", "priority": "p1", "run": run,
           "verify": ["test -s page"], "state": "in_progress", "assignee": "m0", "attempt": 1, "max_attempts": 3, "failures": 0,
           "losses": 0, "capabilities": ["browser"], "created_at": AT, "revision": 4})
}

fn message(read: bool) -> Value {
    let acknowledged_at = read.then_some(AT);
    json!({"id": "m-1", "from": "000", "to": "c0", "subject": "L2 T-1 waits for M0", "body": "b", "kind": "alert", "sent_at": AT,
           "acknowledged_at": acknowledged_at})
}

async fn answer(server: &MockServer, verb: &str, at: &str, body: Value) {
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(method(verb))
        .and(path(at))
        .and(header("authorization", "Bearer own"))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// A Bus that has these resources, and gives `id` a token of its own by the operator's.
async fn bus(id: &str, resources: &[(&str, Value)]) -> MockServer {
    let server = MockServer::start().await;
    let issued = json!({"token": "own", "expires_at": AT, "previous_valid_until": AT});
    Mock::given(method("POST"))
        .and(path(format!("/agents/{id}/token")))
        .and(header("authorization", "Bearer operator"))
        .respond_with(ResponseTemplate::new(200).set_body_json(issued))
        .expect(1)
        .mount(&server)
        .await;
    answer(&server, "POST", &format!("/agents/{id}/heartbeat"), agent(id)).await;
    answer(&server, "PATCH", &format!("/agents/{id}"), agent(id)).await;
    let lines = resources.iter().map(|(kind, resource)| format!("{}\n", json!({"type": kind, "resource": resource})));
    let snapshot =
        ResponseTemplate::new(200).insert_header("Event-Seq", "7").set_body_string(lines.collect::<String>());
    Mock::given(method("GET")).and(path("/snapshot")).respond_with(snapshot).mount(&server).await;
    let quiet = ResponseTemplate::new(200).set_body_raw(": quiet\n\n", "text/event-stream").set_delay(DEADLINE);
    Mock::given(method("GET")).and(path("/events/stream")).respond_with(quiet).mount(&server).await;
    server
}

/// Works until the Bus was asked at `until`, then is told to end.
async fn work(server: &MockServer, duty: Duty, until: &str) -> (Result<(), FixedError>, Vec<String>) {
    let operator =
        BusClient::new(Arc::new(HttpTransport::new(&server.uri()).unwrap()), Token::new("operator").unwrap());
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let hears = Arc::clone(&heard);
    let tell = Arc::new(move |message: &Message| hears.lock().unwrap().push(message.subject.to_string()));
    let config = FixedConfig { duty, heartbeat: Duration::from_secs(30), tell };
    let (tell, orders) = mpsc::channel(1);
    let asked = async {
        while !asked(server).await.iter().any(|path| path == until) {
            tokio::task::yield_now().await;
        }
        tell.send(Order::End).await.unwrap();
    };
    let running = run_under(config, operator, Arc::new(SystemClock), orders);
    let both = async { tokio::join!(running, asked).0 };
    let ended = tokio::time::timeout(DEADLINE, both).await.unwrap();
    let heard = heard.lock().unwrap().clone();
    (ended, heard)
}

async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.url.path().to_owned()).collect()
}

fn mac(folder: &std::path::Path) -> Duty {
    Duty::M0(MacConfig {
        folder: Some(folder.to_path_buf()),
        offers: vec![Text::clipped("browser")],
        logs: folder.to_path_buf(),
        grace: Duration::from_millis(50),
        review: Arc::new(SeedPolicy),
    })
}

#[tokio::test]
async fn c0_takes_its_place_hears_what_it_is_told_and_takes_note_of_it() {
    let server = bus("c0", &[("agent", agent("c0")), ("message", message(false))]).await;
    answer(&server, "POST", "/messages/m-1/ack", message(true)).await;
    let (ended, heard) = work(&server, Duty::C0, "/messages/m-1/ack").await;
    ended.unwrap();
    assert_eq!(heard, ["L2 T-1 waits for M0"]);
    assert!(!asked(&server).await.contains(&"/agents/c0".to_owned()), "it offers nothing");
}

#[tokio::test]
async fn m0_says_what_it_offers_and_that_it_begins_and_completes_with_what_it_verified() {
    let folder = tempfile::tempdir().unwrap();
    let server = bus("m0", &[("agent", agent("m0")), ("task", task("echo seen | tee page"))]).await;
    answer(&server, "POST", "/tasks/T-1/progress", task("")).await;
    let mut done = task("");
    done["state"] = json!("done");
    done["revision"] = json!(6);
    let answer = ResponseTemplate::new(200).set_body_json(done);
    let completed = json!({"attempt": 1, "summary": "seen (1 verification passed)"});
    Mock::given(method("POST"))
        .and(path("/tasks/T-1/complete"))
        .and(body_partial_json(completed))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    work(&server, mac(folder.path()), "/tasks/T-1/complete").await.0.unwrap();
    let asked = asked(&server).await;
    let place = |wanted: &str| asked.iter().position(|path| path == wanted).unwrap();
    assert!(place("/agents/m0") < place("/tasks/T-1/progress"), "{asked:?}");
    assert!(place("/tasks/T-1/progress") < place("/tasks/T-1/complete"), "{asked:?}");
}

#[tokio::test]
async fn m0_that_is_told_to_end_gives_back_what_it_has_in_hand() {
    let folder = tempfile::tempdir().unwrap();
    let server = bus("m0", &[("agent", agent("m0")), ("task", task("exec sleep 600"))]).await;
    answer(&server, "POST", "/tasks/T-1/progress", task("")).await;
    let failed = json!({"attempt": 1, "retryable": true, "error": "M0 was told to end while it was at it"});
    Mock::given(method("POST"))
        .and(path("/tasks/T-1/fail"))
        .and(body_partial_json(failed))
        .respond_with(ResponseTemplate::new(200).set_body_json(task("")))
        .expect(1)
        .mount(&server)
        .await;
    work(&server, mac(folder.path()), "/tasks/T-1/progress").await.0.unwrap();
}

#[tokio::test]
async fn an_operator_s_token_that_is_not_taken_ends_it() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let (ended, _) = work(&server, Duty::C0, "/agents/c0/token").await;
    assert!(matches!(ended, Err(FixedError::Bus(_))), "{ended:?}");
}
