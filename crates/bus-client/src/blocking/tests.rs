//! The blocking client, without any runtime around it.

use std::time::Duration;

use go_bus_api::{AgentId, Epoch, Heartbeat, HolderId, Release, Seq};
use serde_json::json;

use super::{block_on, client};
use crate::fake_bus::{FakeBus, Script, json as answer};
use crate::{BusError, RetryPolicy, SubscribeError, Token};

fn token() -> Token {
    Token::new("t0ken").unwrap()
}

fn golden_agent() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../../fixtures/wire/agent.json")).unwrap()
}

#[test]
fn a_heartbeat_goes_out_with_its_token_and_survives_a_broken_connection() {
    let bus = FakeBus::play([Script::Cut(String::new()), Script::Cut(answer(200, &golden_agent()))]);
    let client = client(&bus.url, token()).unwrap();
    let agent = AgentId::new("w-1").unwrap();
    block_on(client.heartbeat(&agent, &Heartbeat::default())).unwrap();
    let requests = bus.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|head| head.starts_with("post /agents/w-1/heartbeat ")), "{requests:?}");
    assert!(requests.iter().all(|head| head.contains("authorization: bearer t0ken")), "{requests:?}");
}

#[test]
fn a_refusal_is_read_and_a_delete_may_have_a_body() {
    let problem = json!({"type": "/problems/stale-epoch", "title": "stale", "status": 412});
    let bus = FakeBus::play([Script::Cut(answer(412, &problem))]);
    let release = Release { holder: HolderId::new("go-1").unwrap(), epoch: Epoch(7) };
    let error = block_on(client(&bus.url, token()).unwrap().release_lease(&release)).unwrap_err();
    assert_eq!(error.problem(), Some(go_bus_api::ProblemKind::StaleEpoch));
    assert!(bus.requests()[0].contains("content-length: "), "{:?}", bus.requests());
}

#[test]
fn a_bus_that_hangs_or_is_not_there_is_told_apart() {
    let bus = FakeBus::play([Script::Hang(String::new())]);
    let bid = go_bus_api::Acquire { holder: HolderId::generate(), ttl_ms: None, handoff: None, url: None, epoch: None };
    let hanging = client(&bus.url, token()).unwrap().with_retry(RetryPolicy::Never);
    let error = block_on(hanging.acquire_lease_within(&bid, Duration::from_millis(200))).unwrap_err();
    assert!(matches!(error, BusError::TimedOut(_)), "{error:?}");
    let absent = client("http://127.0.0.1:9", token()).unwrap().with_retry(RetryPolicy::Never);
    let error = block_on(absent.ready()).unwrap_err();
    assert!(matches!(error, BusError::Unreachable(_)), "{error:?}");
    assert!(client("ftp://x", token()).is_err());
}

#[test]
fn it_follows_no_events_and_says_so() {
    let client = client("http://127.0.0.1:9", token()).unwrap();
    let next = block_on(futures_util::StreamExt::next(&mut client.subscribe(Seq(0))));
    assert!(matches!(next, Some(Err(SubscribeError::Unable(BusError::Unsupported(_))))), "{next:?}");
}
