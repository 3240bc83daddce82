//! What an orchestrator that thinks is told of, though nothing happens on the Bus.

use std::sync::Arc;
use std::time::Duration;

use go_agents::orchestrators::{HandConfig, OrchestratorConfig, Outlook, follow};
use go_bus_api::{AgentId, DriverKind};
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::{Clock, ManualClock};
use go_review::SeedPolicy;
use go_spawn::Handbook;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The longest that anything here may take.
const DEADLINE: Duration = Duration::from_secs(60);

const AT: &str = "2026-01-01T00:00:00.000Z";
const FREE_AT: &str = "2026-01-01T01:00:00.000Z";

/// A Bus where `T-1` waits for a hand, and the only account rests for an hour. Its stream tells nothing.
async fn bus() -> MockServer {
    let server = MockServer::start().await;
    let line = |kind: &str, resource: Value| format!("{}\n", json!({"type": kind, "resource": resource}));
    let snapshot = [
        line(
            "host",
            json!({"id": "h1", "state": "active", "slots": 2, "launcher": "a-l", "last_heartbeat": AT, "revision": 1}),
        ),
        line(
            "project",
            json!({"id": "p", "name": "p", "state": "active", "priority": "p1", "weight": 1, "driver": "claude",
                               "created_at": AT, "revision": 1}),
        ),
        line(
            "agent",
            json!({"id": "a-po", "role": "po", "host": "h1", "project": "p", "state": "ready", "driver": "claude",
                             "spawned_at": AT, "revision": 1}),
        ),
        line(
            "account",
            json!({"id": "work", "provider": "anthropic", "state": "active", "parked_until": FREE_AT, "created_at": AT,
                               "revision": 1}),
        ),
        line(
            "task",
            json!({"id": "T-1", "project": "p", "title": "t", "kind": "ticket", "priority": "p1", "state": "in_progress",
                            "assignee": "a-po", "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": AT,
                            "revision": 4}),
        ),
    ];
    let answer = ResponseTemplate::new(200).insert_header("Event-Seq", "7").set_body_string(snapshot.concat());
    Mock::given(method("GET")).and(path("/snapshot")).respond_with(answer).mount(&server).await;
    let silent = ResponseTemplate::new(200).set_body_raw("", "text/event-stream").set_delay(10 * DEADLINE);
    Mock::given(method("GET")).and(path("/events/stream")).respond_with(silent).mount(&server).await;
    server
}

fn keys(outlook: &Outlook) -> Vec<&str> {
    outlook.items.iter().map(|item| item.key.as_str()).collect()
}

/// The end of an account's rest is no event: it is looked again then, and not before.
#[tokio::test]
async fn it_is_told_once_an_account_takes_agents_again() {
    let server = bus().await;
    let clock = ManualClock::new(AT.parse().unwrap());
    let client = BusClient::new(Arc::new(HttpTransport::new(&server.uri()).unwrap()), Token::new("t").unwrap());
    let config = OrchestratorConfig {
        agent: AgentId::new("a-po").unwrap(),
        heartbeat: Duration::from_secs(30),
        hands: HandConfig { handbook: Handbook::default(), review: Arc::new(SeedPolicy), driver: DriverKind::Shell },
    };
    let (tell, mut told) = mpsc::unbounded_channel();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let watch = tokio::spawn(async move { follow(&config, &client, &shared, |new| drop(tell.send(new))).await });

    let first = tokio::time::timeout(DEADLINE, told.recv()).await.unwrap().unwrap();
    assert_eq!(keys(&first), ["T-1/1/rest"]);
    let next = async {
        loop {
            // It may not be asleep yet when the time moves; then it is asleep for the next.
            clock.advance(Duration::from_secs(3600));
            if let Ok(next) = tokio::time::timeout(Duration::from_millis(100), told.recv()).await {
                return next;
            }
        }
    };
    let next = tokio::time::timeout(DEADLINE, next).await.unwrap().unwrap();
    assert_eq!(keys(&next), ["T-1/1/spawn"]);
    watch.abort();
}
