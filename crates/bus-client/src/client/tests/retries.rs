//! How often each call goes out: again only where a repeat is harmless.

use go_bus_api::{
    AgentId, AgentPatch, Attempt, Complete, ExitReport, Fail, Heartbeat, HostHeartbeat, HostId, MessageId, Review,
    Text, Verdict,
};

use super::{
    Duration, Mock, MockServer, ProblemKind, ResponseTemplate, client, id, new_task, ok, on, problem, task_json,
};
use crate::{BusClient, BusError};

/// Counts the requests that one call makes of a Bus that always fails with 503.
async fn tries<F: Future<Output = Result<(), BusError>>>(call: impl FnOnce(BusClient) -> F) -> usize {
    let bus = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(problem(ProblemKind::StorageUnavailable)).mount(&bus).await;
    let error = call(client(&bus)).await.unwrap_err();
    assert_eq!(error.problem(), Some(ProblemKind::StorageUnavailable));
    bus.received_requests().await.unwrap().len()
}

fn agent() -> AgentId {
    AgentId::new("w-1").unwrap()
}

#[tokio::test]
async fn reads_ends_creations_and_what_the_contract_makes_idempotent_go_out_four_times() {
    let done = Complete::of(Attempt(1), Text::default());
    let beat = HostHeartbeat { boot_id: go_bus_api::BootId::new("b").unwrap(), launcher: agent() };
    let (host, message) = (HostId::new("h1").unwrap(), MessageId::new("m-1").unwrap());
    let counts = [
        tries(async |bus| bus.task(&id()).await.map(drop)).await,
        tries(async |bus| bus.terminate(&agent()).await.map(drop)).await,
        tries(async |bus| bus.put_handoff(&serde_json::json!({})).await.map(drop)).await,
        tries(async |bus| bus.create_task(&new_task()).await.map(drop)).await,
        tries(async |bus| bus.heartbeat(&agent(), &Heartbeat::default()).await.map(drop)).await,
        tries(async |bus| bus.report_exit(&agent(), &ExitReport::default()).await.map(drop)).await,
        tries(async |bus| bus.complete(&id(), &done).await.map(drop)).await,
        tries(async |bus| bus.heartbeat_host(&host, &beat).await.map(drop)).await,
        tries(async |bus| bus.acknowledge_message(&message).await.map(drop)).await,
    ];
    assert_eq!(counts, [4; 9]);
}

#[tokio::test]
async fn whatever_counts_goes_out_once() {
    let fail = Fail { attempt: Attempt(1), error: Text::default(), retryable: true, remedy: None };
    let review = Review { verdict: Verdict::Approve, notes: Text::default() };
    let counts = [
        tries(async |bus| bus.assign(&id(), &agent()).await.map(drop)).await,
        tries(async |bus| bus.fail(&id(), &fail).await.map(drop)).await,
        tries(async |bus| bus.review(&id(), &review).await.map(drop)).await,
        tries(async |bus| bus.patch_agent(&agent(), &AgentPatch::default()).await.map(drop)).await,
        tries(async |bus| bus.rotate_token(&agent()).await.map(drop)).await,
        tries(async |bus| bus.issue_shim_token(&agent()).await.map(drop)).await,
    ];
    assert_eq!(counts, [1; 6]);
}

#[tokio::test]
async fn a_passing_failure_is_healed_by_the_next_try() {
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", ResponseTemplate::new(502)).up_to_n_times(2).expect(2).mount(&bus).await;
    on("GET", "/tasks/T-1", ok()).expect(1).mount(&bus).await;
    assert!(client(&bus).task(&id()).await.is_ok());
}

#[tokio::test]
async fn every_try_of_a_creation_has_the_same_key_and_every_creation_another() {
    let bus = MockServer::start().await;
    on("POST", "/tasks", ResponseTemplate::new(502)).up_to_n_times(1).mount(&bus).await;
    on("POST", "/tasks", ok()).expect(2).mount(&bus).await;
    client(&bus).create_task(&new_task()).await.unwrap();
    client(&bus).create_task(&new_task()).await.unwrap();
    let requests = bus.received_requests().await.unwrap();
    let keys: Vec<_> = requests.iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
}

#[tokio::test]
async fn a_refusal_that_will_not_pass_is_not_tried_again() {
    let bus = MockServer::start().await;
    on("GET", "/tasks/T-1", problem(ProblemKind::NotFound)).expect(1).mount(&bus).await;
    assert_eq!(client(&bus).task(&id()).await.unwrap_err().problem(), Some(ProblemKind::NotFound));
}

/// Finds no connection `refusals` times, then answers.
#[derive(Debug)]
struct Absent {
    refusals: std::sync::atomic::AtomicU32,
}

#[async_trait::async_trait]
impl crate::Transport for Absent {
    async fn send(&self, _: crate::Request) -> Result<crate::Response, crate::TransportError> {
        if self.refusals.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) > 0 {
            return Err(crate::TransportError::NotSent("refused".to_owned()));
        }
        let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
        Ok(crate::Response { status, headers, body: task_json().to_string().into() })
    }

    async fn open_stream(&self, _: crate::Request, _: Duration) -> Result<crate::Opened, crate::TransportError> {
        Err(crate::TransportError::Unsupported("no streams here"))
    }
}

#[tokio::test]
async fn even_what_counts_goes_out_again_where_no_connection_came_about() {
    let absent = std::sync::Arc::new(Absent { refusals: 2.into() });
    let client = BusClient::new(absent, crate::Token::new("t").unwrap());
    assert!(client.assign(&id(), &agent()).await.is_ok());
    let never = client.with_retry(crate::RetryPolicy::Never);
    let absent = std::sync::Arc::new(Absent { refusals: 1.into() });
    let never = BusClient { transport: absent, ..never };
    assert!(matches!(never.assign(&id(), &agent()).await, Err(BusError::Unreachable(_))));
}
