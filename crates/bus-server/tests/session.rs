//! The holder's session over HTTP: its ticks, and what its breaking leads to.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_server::SessionGrace;
use go_clock::{Clock as _, SystemClock};
use serde_json::json;
use support::{PROMPT, TestBus, start, start_on, start_with};

const LEASE: &str = "/agents/000/lease";

fn session_of(epoch: u64) -> String {
    format!("{LEASE}/session?holder=go-1&epoch={epoch}")
}

/// A Bus that loses a silent agent half as long again after the time that it lets a broken session be.
async fn with_grace(grace: Duration) -> TestBus {
    start_with(Arc::new(SystemClock), |config| adjust(config, grace)).await
}

fn adjust(config: &mut go_bus_server::Config, grace: Duration) {
    config.session_grace = SessionGrace::After(grace);
    config.agent_heartbeat = grace / 2;
}

/// Whether a lease has ended by itself once the timers have gone past a whole grace that begins now.
async fn lease_ends_within_a_grace(bus: &TestBus, epoch: u64) -> bool {
    let host = format!("h-{}", bus.api.last_seq().await);
    bus.api.post("/hosts", json!({"id": host, "slots": 1})).await.expect(201);
    let spawn = json!({"role": "ho", "host": host, "prompt": PROMPT});
    let silent = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201)["id"].as_str().unwrap().to_owned();
    let issued = bus.api.post(&format!("/agents/{silent}/token"), json!({})).await.expect(200);
    let ready = bus.api.using(issued["token"].as_str().unwrap());
    ready.post(&format!("/agents/{silent}/heartbeat"), json!({"state": "ready"})).await.expect(200);
    let mut events = bus.api.stream("/events/stream?after=0").await;
    let mut ended = false;
    loop {
        let event = events.event().await.data;
        ended |= event["kind"] == "lease.expired";
        // The same timers lose the agent, and later than they would end the lease.
        if event["kind"] == "agent.lost" && event["subject"] == format!("agents/{silent}") {
            return ended;
        }
    }
}

#[tokio::test]
async fn a_session_ticks_and_its_breaking_ends_the_lease_only_while_a_standby_waits() {
    let bus = with_grace(Duration::from_millis(200)).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let path = format!("{LEASE}/session?holder=go-1&epoch={epoch}");
    let mut session = bus.api.stream(&path).await;
    let opened = SystemClock.boottime();
    for number in 0..3 {
        let tick = session.event().await;
        assert_eq!((tick.event.as_deref(), &tick.data["grace_ms"]), (Some("tick"), &json!(200)));
        let elapsed = tick.data["elapsed_ms"].as_u64().unwrap();
        let most = SystemClock.boottime().since(opened) + Duration::from_millis(50);
        assert!(elapsed >= 50 * number && u128::from(elapsed) <= most.as_millis(), "{elapsed} ms at tick {number}");
    }
    drop(session);
    assert!(!lease_ends_within_a_grace(&bus, epoch).await, "a lease that nobody waits for was ended");
    let mut ended = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    bus.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
    let expired = ended.event().await.data["data"].clone();
    assert_eq!((&expired["cause"], &expired["epoch"]), (&json!("session"), &json!(epoch)), "{expired}");
    assert!(expired["silent_ms"].as_u64().unwrap() >= 200, "{expired}");
    assert_eq!(bus.api.lead("go-2", 20_000).await, epoch + 1);
}

#[tokio::test]
async fn a_grant_tells_the_least_grace_and_two_early_ends_double_that_of_a_session() {
    let bus = with_grace(Duration::from_millis(100)).await;
    let mut ended = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    for (early_ends, grace) in [100, 100, 200].into_iter().enumerate() {
        let grant = bus.api.post(LEASE, json!({"holder": "go-1", "ttl_ms": 20_000})).await.expect(201);
        assert_eq!(grant["session_grace_ms"], 100, "after {early_ends} early ends");
        let mut session = bus.api.stream(&session_of(grant["epoch"].as_u64().unwrap())).await;
        assert_eq!(session.event().await.data["grace_ms"], grace, "after {early_ends} early ends");
        bus.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
        drop(session);
        assert_eq!(ended.event().await.data["data"]["cause"], "session", "after {early_ends} early ends");
    }
    let off = start_with(Arc::new(SystemClock), |config| config.session_grace = SessionGrace::Off).await;
    let grant = off.api.post(LEASE, json!({"holder": "go-1"})).await.expect(201);
    assert_eq!(grant["session_grace_ms"], json!(null));
}

#[tokio::test]
async fn after_a_restart_of_the_bus_the_grace_counts_only_once_the_holder_has_opened_its_session_again() {
    let grace = Duration::from_millis(200);
    let mut first = with_grace(grace).await;
    let epoch = first.api.lead("go-1", 20_000).await;
    let session = first.api.stream(&session_of(epoch)).await;
    first.stop().await;
    drop(session);
    let (store, data) = (Arc::clone(&first.store), first.data);
    let second = start_on(store, Arc::new(SystemClock), data, |config| adjust(config, grace)).await;
    second.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
    assert!(!lease_ends_within_a_grace(&second, epoch).await, "before the holder had opened its session again");
    let mut ended = second.api.stream("/events/stream?after=0&kind=lease.expired").await;
    let mut session = second.api.stream(&session_of(epoch)).await;
    session.event().await;
    drop(session);
    assert_eq!(ended.event().await.data["data"]["cause"], "session");
}

#[tokio::test]
async fn a_session_that_is_opened_again_in_time_stands_and_one_never_opened_ends_nothing() {
    let bus = with_grace(Duration::from_millis(300)).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    bus.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
    let path = format!("{LEASE}/session?holder=go-1&epoch={epoch}");
    bus.api.send("HEAD", &path, b"").await.expect(200);
    assert!(!lease_ends_within_a_grace(&bus, epoch).await, "a session that was never opened broke");
    drop(bus.api.stream(&path).await);
    let _again = bus.api.stream(&path).await;
    assert!(!lease_ends_within_a_grace(&bus, epoch).await, "a session that was opened again ended the lease");
}

#[tokio::test]
async fn a_session_ends_with_its_lease() {
    let bus = with_grace(Duration::from_secs(2)).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let mut session = bus.api.stream(&format!("{LEASE}/session?holder=go-1&epoch={epoch}")).await;
    session.event().await;
    bus.api.delete(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.expect(204);
    while session.next().await.is_some() {}
}

#[tokio::test]
async fn a_session_is_for_the_holder_s_token_under_its_epoch_and_can_be_turned_off() {
    let bus = start().await;
    let go = bus.api.post("/agents", json!({"role": "go"})).await.expect(201);
    let go = bus.api.using(go["token"].as_str().unwrap());
    let epoch = go.lead("go-1", 20_000).await;
    let path = format!("{LEASE}/session?holder=go-1&epoch={epoch}");
    bus.api.get(&path).await.refused(403, "not-holder");
    go.get(&format!("{LEASE}/session?holder=go-1&epoch={}", epoch + 1)).await.refused(412, "stale-epoch");
    go.get(&format!("{LEASE}/session?holder=go-2&epoch={epoch}")).await.refused(412, "stale-epoch");
    go.stream(&path).await.event().await;
    let off = start_with(Arc::new(SystemClock), |config| config.session_grace = SessionGrace::Off).await;
    let epoch = off.api.lead("go-1", 20_000).await;
    off.api.get(&format!("{LEASE}/session?holder=go-1&epoch={epoch}")).await.refused(404, "not-found");
}
