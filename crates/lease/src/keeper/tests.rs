//! The shell against a fake Bus, on a clock that moves when it is told to.

mod leading;
mod scripted;
mod session;
mod standby;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Problem, ProblemKind, Timestamp};
use go_bus_client::{BusClient, HttpTransport, Token};
use go_clock::ManualClock;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{Lease, LeaseKeeper};
use crate::{LeaseConfig, LeaseError};

const LEASE: &str = "/agents/000/lease";

struct Fixture {
    bus: MockServer,
    clock: ManualClock,
}

impl Fixture {
    async fn start() -> Self {
        Self { bus: MockServer::start().await, clock: ManualClock::new(Timestamp::from_unix_millis(0)) }
    }

    fn client(&self) -> BusClient {
        let transport = HttpTransport::new(&self.bus.uri()).unwrap();
        BusClient::new(Arc::new(transport), Token::new("t").unwrap())
    }

    fn keeper(&self, config: LeaseConfig) -> LeaseKeeper {
        LeaseKeeper::new(self.client(), config, Arc::new(self.clock.clone()))
    }

    async fn acquire(&self) -> Result<Lease, LeaseError> {
        self.keeper(config()).lead().await
    }

    /// The first bid is granted as epoch 7; what renewals meet is up to the test.
    async fn granting(&self) {
        bid(granted(7)).up_to_n_times(1).expect(1).mount(&self.bus).await;
    }

    /// The bodies of the bids so far.
    async fn bids(&self) -> Vec<Value> {
        self.requests("POST").await.iter().map(|request| request.body_json().unwrap()).collect()
    }

    async fn requests(&self, method: &str) -> Vec<Request> {
        let all = self.bus.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.method.as_str() == method && request.url.path() == LEASE).collect()
    }

    /// Moves the clock second by second until `done`, which is asked for some real milliseconds at each step.
    async fn advance_until<F: Future<Output = bool>>(&self, seconds: u64, mut done: impl FnMut() -> F) {
        let mut pace = tokio::time::interval(Duration::from_millis(1));
        for _ in 0..seconds {
            self.clock.advance(Duration::from_secs(1));
            for _ in 0..10 {
                if done().await {
                    return;
                }
                pace.tick().await;
            }
        }
        panic!("not within {seconds} s by the clock; the bids were {:?}", self.bids().await);
    }
}

fn config() -> LeaseConfig {
    LeaseConfig { holder: go_bus_api::HolderId::new("go-1").unwrap(), ..LeaseConfig::default() }
}

fn bid(answer: ResponseTemplate) -> Mock {
    Mock::given(method("POST")).and(path(LEASE)).respond_with(answer)
}

fn renewal(epoch: u64, answer: ResponseTemplate) -> Mock {
    let of_epoch = body_partial_json(json!({"holder": "go-1", "epoch": epoch}));
    Mock::given(method("POST")).and(path(LEASE)).and(of_epoch).respond_with(answer)
}

fn wait(epoch: &str, answer: ResponseTemplate) -> Mock {
    let of_epoch = query_param("epoch", epoch);
    Mock::given(method("GET")).and(path(format!("{LEASE}/wait"))).and(of_epoch).respond_with(answer)
}

fn granted(epoch: u64) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({
        "holder": "go-1", "epoch": epoch, "ttl_ms": 125_000, "remaining_ms": 125_000,
        "acquired_at": "2026-03-21T08:15:30.250Z", "handoff": null,
    }))
}

fn held(epoch: u64) -> ResponseTemplate {
    let more = json!({"holder": "go-2", "epoch": epoch, "remaining_ms": 100_000, "handoff": null});
    problem(Problem::new(ProblemKind::LeaseHeld, "").with(&more))
}

fn problem(problem: Problem) -> ResponseTemplate {
    ResponseTemplate::new(problem.status)
        .set_body_raw(serde_json::to_vec(&problem).unwrap(), "application/problem+json")
}

fn view(holder: Option<&str>, epoch: u64) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "holder": holder, "epoch": epoch, "remaining_ms": 0, "ttl_ms": 125_000, "handoff": null, "standbys": [],
    }))
}
