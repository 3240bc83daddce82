//! An orchestrator against a fake of the Bus: what it posts for what it finds.
#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use std::sync::Arc;
use std::time::Duration;

use go_agents::orchestrators::{HandConfig, OrchestratorConfig, OrchestratorError, run};
use go_bus_api::{AgentId, DriverKind};
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::SystemClock;
use go_review::SeedPolicy;
use go_spawn::Handbook;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The longest that a run may take.
const DEADLINE: Duration = Duration::from_secs(10);

const AT: &str = "2026-01-01T00:00:00.000Z";

fn line(kind: &str, resource: &Value) -> String {
    format!("{}\n", json!({"type": kind, "resource": resource}))
}

fn po(state: &str) -> Value {
    json!({"id": "a-po", "role": "po", "host": "h1", "project": "p", "state": state, "driver": "shell",
           "spawned_at": AT, "revision": 1})
}

fn task() -> Value {
    json!({"id": "T-1", "project": "p", "title": "t", "kind": "ticket", "category": "feature", "priority": "p1",
           "state": "in_progress", "assignee": "a-po", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0,
           "created_at": AT, "revision": 4})
}

fn hand(state: &str, exit: &Value) -> Value {
    json!({"id": "a-hand", "role": "specialist", "host": "h1", "project": "p", "parent": "a-po", "state": state,
           "driver": "shell", "task": "T-1", "attempt": 1, "spawned_at": AT, "exit": exit, "revision": 2})
}

/// A Bus whose snapshot holds a host, a project, the PO and `more`.
async fn bus(more: String) -> MockServer {
    let server = MockServer::start().await;
    let host =
        json!({"id": "h1", "state": "active", "slots": 2, "launcher": "a-l", "last_heartbeat": AT, "revision": 1});
    let project = json!({"id": "p", "name": "p", "state": "active", "priority": "p1", "weight": 1, "created_at": AT, "revision": 1});
    let snapshot = line("host", &host) + &line("project", &project) + &line("agent", &po("ready")) + &more;
    let answer = ResponseTemplate::new(200).insert_header("Event-Seq", "7").set_body_string(snapshot);
    Mock::given(method("GET")).and(path("/snapshot")).respond_with(answer).expect(1).mount(&server).await;
    let beat = ResponseTemplate::new(200).set_body_json(po("ready"));
    Mock::given(method("POST")).and(path("/agents/a-po/heartbeat")).respond_with(beat).expect(1..).mount(&server).await;
    server
}

/// A stream that tells the PO to end, so that `run` comes back once it has looked at everything.
async fn then_end(server: &MockServer) {
    let event = json!({"seq": 8, "kind": "agent.draining", "at": AT, "actor": "000", "epoch": 1, "subject": "agents/a-po",
                       "data": {"revision": 2, "state": "draining", "id": "a-po", "role": "po", "driver": "shell", "spawned_at": AT}});
    let frame = format!("id: 8\nevent: agent.draining\ndata: {event}\n\n");
    let stream = ResponseTemplate::new(200).set_body_raw(frame, "text/event-stream");
    Mock::given(method("GET")).and(path("/events/stream")).respond_with(stream).mount(server).await;
}

async fn work(server: &MockServer) -> Result<(), OrchestratorError> {
    let client = BusClient::new(Arc::new(HttpTransport::new(&server.uri()).unwrap()), Token::new("t").unwrap());
    let config = OrchestratorConfig {
        agent: AgentId::new("a-po").unwrap(),
        heartbeat: Duration::from_secs(30),
        hands: HandConfig { handbook: Handbook::default(), review: Arc::new(SeedPolicy), driver: DriverKind::Shell },
    };
    tokio::time::timeout(DEADLINE, run(config, client, Arc::new(SystemClock))).await.unwrap()
}

#[tokio::test]
async fn an_assigned_task_without_a_hand_gets_a_builder_on_a_free_host() {
    let server = bus(line("task", &task())).await;
    let wanted =
        json!({"role": "specialist", "task": "T-1", "attempt": 1, "host": "h1", "project": "p", "parent": "a-po"});
    let answer = ResponseTemplate::new(201).set_body_json(hand("requested", &Value::Null));
    Mock::given(method("POST"))
        .and(path("/agents"))
        .and(body_partial_json(wanted))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    then_end(&server).await;
    work(&server).await.unwrap();
}

#[tokio::test]
async fn a_successor_judges_what_ended_before_it_came_and_spawns_nothing() {
    let exit = json!({"code": 0, "tail": "made", "verify": [], "at": AT});
    let server = bus(line("agent", &hand("terminated", &exit)) + &line("task", &task())).await;
    let done = json!({"attempt": 1, "summary": "made", "deliverable": {"kind": "feature", "significant": true}});
    let mut delivered = task();
    delivered["state"] = json!("in_review");
    delivered["revision"] = json!(5);
    let answer = ResponseTemplate::new(200).set_body_json(delivered);
    Mock::given(method("POST"))
        .and(path("/tasks/T-1/complete"))
        .and(body_partial_json(done))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/agents"))
        .respond_with(ResponseTemplate::new(500))
        .expect(0)
        .mount(&server)
        .await;
    then_end(&server).await;
    work(&server).await.unwrap();
}

#[tokio::test]
async fn what_is_done_is_told_while_a_hand_is_asked_for() {
    let exit = json!({"code": 0, "tail": "made", "verify": [], "at": AT});
    let mut done = task();
    done["id"] = json!("T-2");
    let mut ended = hand("terminated", &exit);
    ended["task"] = json!("T-2");
    let server = bus(line("task", &task()) + &line("task", &done) + &line("agent", &ended)).await;
    let slow = ResponseTemplate::new(201).set_body_json(hand("requested", &Value::Null)).set_delay(DEADLINE * 2);
    Mock::given(method("POST")).and(path("/agents")).respond_with(slow).expect(1).mount(&server).await;
    let answer = ResponseTemplate::new(200).set_body_json(done);
    Mock::given(method("POST")).and(path("/tasks/T-2/complete")).respond_with(answer).mount(&server).await;
    let told = async {
        while asked(&server, "/tasks/T-2/complete").await == 0 || asked(&server, "/agents").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = work(&server) => panic!("it waited for the hand: {ended:?}"),
        () = told => {}
    }
}

#[tokio::test]
async fn a_refusal_for_want_of_a_slot_is_left_to_the_next_event() {
    let server = bus(line("task", &task())).await;
    let problem = go_bus_api::Problem::new(go_bus_api::ProblemKind::NoSlot, "no slot is free");
    let answer =
        ResponseTemplate::new(409).set_body_raw(serde_json::to_vec(&problem).unwrap(), "application/problem+json");
    Mock::given(method("POST")).and(path("/agents")).respond_with(answer).expect(1).mount(&server).await;
    then_end(&server).await;
    work(&server).await.unwrap();
}

/// With their pauses these broken streams would take more than the ten seconds that `work` has.
#[tokio::test]
async fn one_that_is_told_that_the_bus_is_back_follows_it_at_once() {
    let server = bus(String::new()).await;
    let away = ResponseTemplate::new(503);
    let stream = Mock::given(method("GET")).and(path("/events/stream")).respond_with(away);
    stream.up_to_n_times(12).expect(12).mount(&server).await;
    then_end(&server).await;
    let me = rustix::process::getpid();
    let told = async {
        for tried in 1..=12 {
            while asked(&server, "/events/stream").await < tried {
                tokio::task::yield_now().await;
            }
            rustix::process::kill_process(me, rustix::process::Signal::CONT).unwrap();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ended = work(&server) => ended.unwrap(),
        () = told => {}
    }
}

/// How often the Bus was asked at this path.
async fn asked(server: &MockServer, at: &str) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.url.path() == at).count()
}

#[tokio::test]
async fn a_revoked_token_ends_it_with_an_error() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    assert!(matches!(work(&server).await, Err(OrchestratorError::Bus(_))));
}

#[tokio::test]
async fn a_bus_that_can_t_answer_yet_is_waited_for() {
    let server = MockServer::start().await;
    let later = || ResponseTemplate::new(503);
    let beats = Mock::given(method("POST")).and(path("/agents/a-po/heartbeat")).respond_with(later());
    beats.up_to_n_times(6).expect(6).mount(&server).await;
    let snapshots = Mock::given(method("GET")).and(path("/snapshot")).respond_with(later());
    snapshots.up_to_n_times(6).expect(6).mount(&server).await;
    let beat = ResponseTemplate::new(200).set_body_json(po("ready"));
    Mock::given(method("POST")).and(path("/agents/a-po/heartbeat")).respond_with(beat).mount(&server).await;
    let snapshot =
        ResponseTemplate::new(200).insert_header("Event-Seq", "7").set_body_string(line("agent", &po("ready")));
    Mock::given(method("GET")).and(path("/snapshot")).respond_with(snapshot).expect(1).mount(&server).await;
    then_end(&server).await;
    work(&server).await.unwrap();
}

fn message(id: &str, from: &str, to: &str, kind: &str) -> Value {
    json!({"id": id, "from": from, "to": to, "subject": "s", "body": "b", "kind": kind, "sent_at": AT, "acknowledged_at": null})
}

/// Takes note of what the server was asked, in order, but for beats and reading.
async fn writes(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let is_write = |path: &str| path.starts_with("/messages");
    requests.iter().map(|request| request.url.path().to_owned()).filter(|path| is_write(path)).collect()
}

#[tokio::test]
async fn one_that_is_asked_to_hand_over_says_what_it_knows_before_it_acknowledges_that_and_works_on() {
    let busy = hand("busy", &Value::Null);
    let server = bus(line("message", &message("m-1", "000", "a-po", "rotation"))
        + &line("task", &task())
        + &line("agent", &busy))
    .await;
    let said = json!({"to": "000", "kind": "handoff", "subject": "handoff of a-po"});
    let sent = ResponseTemplate::new(201).set_body_json(message("m-2", "a-po", "000", "handoff"));
    Mock::given(method("POST"))
        .and(path("/messages"))
        .and(body_partial_json(said))
        .respond_with(sent)
        .expect(1)
        .mount(&server)
        .await;
    let mut read = message("m-1", "000", "a-po", "rotation");
    read["acknowledged_at"] = json!(AT);
    let noted = ResponseTemplate::new(200).set_body_json(read);
    Mock::given(method("POST")).and(path("/messages/m-1/ack")).respond_with(noted).expect(1).mount(&server).await;
    then_end(&server).await;
    work(&server).await.unwrap();
    assert_eq!(writes(&server).await, ["/messages", "/messages/m-1/ack"]);
}

#[tokio::test]
async fn one_whose_acknowledgement_was_lost_does_not_hand_over_twice() {
    let both = line("message", &message("m-1", "000", "a-po", "rotation"))
        + &line("message", &message("m-2", "a-po", "000", "handoff"));
    let server = bus(both).await;
    let noted = ResponseTemplate::new(200).set_body_json(message("m-1", "000", "a-po", "rotation"));
    Mock::given(method("POST")).and(path("/messages/m-1/ack")).respond_with(noted).mount(&server).await;
    then_end(&server).await;
    work(&server).await.unwrap();
    assert!(writes(&server).await.iter().all(|path| path == "/messages/m-1/ack"));
}
