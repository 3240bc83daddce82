//! Tokens and fencing: what goes along with each request.

use go_bus_api::{Epoch, HolderId, ProblemKind, Release};
use wiremock::matchers::{header, header_exists};

use super::{MockServer, ResponseTemplate, client, id, new_task, ok, on, problem};
use crate::{BusError, Token, TokenSource};

#[tokio::test]
async fn every_request_carries_the_token_and_only_fenced_writes_the_epoch() {
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", ok()).mount(&bus).await;
    on("POST", "/tasks", ok()).mount(&bus).await;
    let fenced = client(&bus).fenced(Epoch(7));
    fenced.task(&id()).await.unwrap();
    fenced.create_task(&new_task()).await.unwrap();
    fenced.unfenced().create_task(&new_task()).await.unwrap();
    let requests = bus.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.headers["authorization"] == "Bearer t0ken"));
    let epochs: Vec<_> = requests.iter().map(|r| r.headers.get("lease-epoch").map(|e| e.to_str().unwrap())).collect();
    assert_eq!(epochs, [None, Some("7"), None]);
}

#[tokio::test]
async fn a_release_has_a_body_though_it_is_a_delete() {
    let bus = MockServer::start().await;
    let release = Release { holder: HolderId::new("go-1").unwrap(), epoch: Epoch(7) };
    wiremock::Mock::given(wiremock::matchers::body_json(&release))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&bus)
        .await;
    client(&bus).release_lease(&release).await.unwrap();
}

#[tokio::test]
async fn a_rotated_token_is_read_again_on_a_401_even_for_what_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "old").unwrap();
    let bus = MockServer::start().await;
    let at = "/tasks/T-1/assign";
    let with = |token: &str| header("authorization", format!("Bearer {token}"));
    let mock = |token: &str, answer| {
        wiremock::Mock::given(wiremock::matchers::path(at)).and(with(token)).respond_with(answer).expect(1)
    };
    mock("old", problem(ProblemKind::Unauthorized)).mount(&bus).await;
    mock("new", ok()).mount(&bus).await;
    let client = client(&bus).with_token(TokenSource::file(&path).unwrap());
    std::fs::write(&path, "new").unwrap();
    client.assign(&id(), &go_bus_api::AgentId::new("po-1").unwrap()).await.unwrap();
    assert_eq!(client.token(), Token::new("new").unwrap());
}

#[tokio::test]
async fn a_401_with_no_newer_token_is_final() {
    let bus = MockServer::start().await;
    let get = wiremock::Mock::given(header_exists("authorization"));
    get.respond_with(problem(ProblemKind::Unauthorized)).expect(1).mount(&bus).await;
    assert!(matches!(client(&bus).task(&id()).await, Err(BusError::Unauthorized(_))));
}

#[tokio::test]
async fn a_client_sends_nothing_once_its_time_is_over() {
    let clock = go_clock::ManualClock::new(go_bus_api::Timestamp::from_unix_millis(0));
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", ok()).expect(1).mount(&bus).await;
    let until = go_clock::Clock::boottime(&clock) + super::Duration::from_secs(5);
    let client = client(&bus).with_clock(std::sync::Arc::new(clock.clone())).until(until);
    assert!(client.task(&id()).await.is_ok());
    clock.advance(super::Duration::from_secs(5));
    assert_eq!(client.task(&id()).await, Err(BusError::Expired));
}

#[tokio::test]
async fn a_client_waits_for_no_answer_beyond_its_time_but_for_as_long_as_that_is_moved_on() {
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", ok().set_delay(super::Duration::from_secs(60))).expect(1).mount(&bus).await;
    let clock = go_clock::ManualClock::new(go_bus_api::Timestamp::from_unix_millis(0));
    let second = super::Duration::from_secs(1);
    let deadline = crate::Deadline::new(go_clock::Clock::boottime(&clock) + second);
    let client = client(&bus).with_clock(std::sync::Arc::new(clock.clone())).held_to(&deadline);
    let call = tokio::spawn(async move { client.task(&id()).await });
    while bus.received_requests().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    deadline.set(go_clock::Clock::boottime(&clock) + second * 3);
    clock.advance(second * 2);
    tokio::task::yield_now().await;
    assert!(!call.is_finished(), "it was given up before its time");
    clock.advance(second);
    assert_eq!(call.await.unwrap(), Err(BusError::Abandoned));
}

/// A connection that takes its time, and a request that is sent once it is there.
#[derive(Debug, Default)]
struct SlowConnect {
    connected: tokio::sync::Notify,
    sent: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl crate::Transport for SlowConnect {
    async fn send(&self, _: crate::Request) -> Result<crate::Response, crate::TransportError> {
        self.connected.notified().await;
        self.sent.store(true, std::sync::atomic::Ordering::SeqCst);
        std::future::pending().await
    }

    async fn open_stream(&self, _: crate::Request, _: super::Duration) -> Result<crate::Opened, crate::TransportError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn after_a_pause_beyond_its_time_a_request_that_was_about_to_be_sent_is_not() {
    let clock = go_clock::ManualClock::new(go_bus_api::Timestamp::from_unix_millis(0));
    let transport = std::sync::Arc::new(SlowConnect::default());
    let until = go_clock::Clock::boottime(&clock) + super::Duration::from_secs(5);
    let client = crate::BusClient::new(transport.clone(), Token::new("t0ken").unwrap());
    let client = client.with_clock(std::sync::Arc::new(clock.clone())).until(until);
    let call = tokio::spawn(async move { client.task(&id()).await });
    tokio::task::yield_now().await;
    // Both have come to pass as it goes on: the connection stands, and its time is over.
    transport.connected.notify_one();
    clock.advance(super::Duration::from_secs(5));
    assert_eq!(call.await.unwrap(), Err(BusError::Abandoned));
    assert!(!transport.sent.load(std::sync::atomic::Ordering::SeqCst), "it was sent after its time");
}
