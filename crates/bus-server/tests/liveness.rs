//! Silence, on a clock that the test moves: what is lost, when, and what is not.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::Timestamp;
use go_clock::{Clock as _, ManualClock};
use serde_json::{Value, json};
use support::{PROMPT, Stream, TestBus, start_on, start_with, within};

/// 2026-03-21T08:00:00Z.
const START: i64 = 1_774_080_000_000;

const SECOND: Duration = Duration::from_secs(1);

fn clock() -> ManualClock {
    ManualClock::new(Timestamp::from_unix_millis(START))
}

async fn start_at(clock: &ManualClock) -> TestBus {
    start_with(Arc::new(clock.clone()), |_| {}).await
}

/// The next event, and how many seconds after `since` the Bus noticed.
async fn noticed(events: &mut Stream, since: Timestamp) -> (Value, u64) {
    let event = events.event().await.data;
    let at: Timestamp = event["at"].as_str().unwrap().parse().unwrap();
    (event, at.since(since).as_secs())
}

/// Lets time pass in steps, and waits after each until the Bus has looked at the clock: its lease view is fresh then.
async fn pass(bus: &TestBus, clock: &ManualClock, seconds: u32) {
    for _ in 0..seconds {
        clock.advance(SECOND);
        bus.api.get("/agents/000/lease").await.expect(200);
    }
}

/// A launcher of the new host `h1` that holds its lease: its id and token.
async fn launcher(bus: &TestBus) -> (String, String) {
    bus.api.post("/hosts", json!({"id": "h1", "slots": 2})).await.expect(201);
    let registered = bus.api.post("/agents", json!({"role": "launcher", "host": "h1"})).await.expect(201);
    let (id, token) = (registered["id"].as_str().unwrap().to_owned(), registered["token"].as_str().unwrap().to_owned());
    beat(bus, &id, &token).await;
    (id, token)
}

async fn beat(bus: &TestBus, launcher: &str, token: &str) {
    let body = json!({"boot_id": "b-1", "launcher": launcher});
    bus.api.using(token).post("/hosts/h1/heartbeat", body).await.expect(200);
}

/// A running PO: its id and token.
async fn po(bus: &TestBus) -> (String, String) {
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 3_600_000).await;
    let spawn = json!({"role": "po", "project": "p", "prompt": PROMPT});
    let id = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201)["id"].as_str().unwrap().to_owned();
    let issued = bus.api.post(&format!("/agents/{id}/token"), json!({})).await.expect(200);
    let token = issued["token"].as_str().unwrap().to_owned();
    bus.api.using(&token).post(&format!("/agents/{id}/heartbeat"), json!({"state": "ready"})).await.expect(200);
    (id, token)
}

#[tokio::test]
async fn a_lease_that_is_not_renewed_expires_at_its_ttl() {
    let clock = clock();
    let bus = start_at(&clock).await;
    let mut expired = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    bus.api.lead("go-1", 20_000).await;
    pass(&bus, &clock, 15).await;
    let renewed = clock.wall();
    let renewal = bus.api.post("/agents/000/lease", json!({"holder": "go-1", "ttl_ms": 20_000})).await;
    assert_eq!(renewal.expect(200)["remaining_ms"], 20_000);
    pass(&bus, &clock, 5).await;
    assert_eq!(bus.api.get("/agents/000/lease").await.json()["remaining_ms"], 15_000);
    pass(&bus, &clock, 15).await;
    assert_eq!(noticed(&mut expired, renewed).await.1, 20);
}

#[tokio::test]
async fn a_step_of_the_wall_clock_ends_no_lease() {
    let clock = clock();
    let bus = start_at(&clock).await;
    bus.api.lead("go-1", 20_000).await;
    clock.step_wall(Timestamp::from_unix_millis(START + 10 * 24 * 3_600_000));
    pass(&bus, &clock, 1).await;
    clock.step_wall(Timestamp::from_unix_millis(START - 10 * 24 * 3_600_000));
    pass(&bus, &clock, 1).await;
    assert_eq!(bus.api.get("/agents/000/lease").await.json()["remaining_ms"], 18_000);
}

#[tokio::test]
async fn a_restart_arms_the_lease_in_full() {
    let clock = clock();
    let mut bus = start_at(&clock).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    pass(&bus, &clock, 15).await;
    bus.stop().await;
    let TestBus { store, data, .. } = bus;
    clock.advance(100 * SECOND);
    let bus = start_on(store, Arc::new(clock.clone()), data, |_| {}).await;
    let lease = bus.api.get("/agents/000/lease").await.expect(200);
    assert_eq!((&lease["holder"], &lease["epoch"]), (&json!("go-1"), &json!(epoch)));
    assert_eq!(lease["remaining_ms"], 20_000);
    let restarted = clock.wall();
    let mut expired = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    pass(&bus, &clock, 20).await;
    assert_eq!(noticed(&mut expired, restarted).await.1, 20);
}

#[tokio::test]
async fn an_agent_that_is_silent_for_three_heartbeats_is_lost_and_its_token_void() {
    let clock = clock();
    let bus = start_at(&clock).await;
    let (id, token) = po(&bus).await;
    let mut lost = bus.api.stream("/events/stream?after=0&kind=agent.lost").await;
    pass(&bus, &clock, 80).await;
    bus.api.using(&token).post(&format!("/agents/{id}/heartbeat"), json!({})).await.expect(200);
    let last_heard = clock.wall();
    pass(&bus, &clock, 90).await;
    let (event, after) = noticed(&mut lost, last_heard).await;
    assert_eq!((after, &event["data"]["id"]), (90, &json!(id)));
    bus.api.using(&token).get("/tasks").await.refused(401, "unauthorized");
}

#[tokio::test]
async fn an_agent_that_was_only_asked_for_is_not_reaped_for_silence() {
    let clock = clock();
    let bus = start_at(&clock).await;
    let (_, _) = po(&bus).await;
    bus.api.project("q").await;
    let epoch = bus.api.get("/agents/000/lease").await.json()["epoch"].as_u64().unwrap();
    let spawn = json!({"role": "po", "project": "q", "prompt": PROMPT});
    let asked = bus.api.fenced(epoch).post("/agents", spawn).await.expect(201);
    let mut lost = bus.api.stream("/events/stream?after=0&kind=agent.lost").await;
    pass(&bus, &clock, 100).await;
    // The running one is lost by now, and nobody else is.
    assert_ne!(lost.event().await.data["data"]["id"], asked["id"]);
    let states: Vec<_> = [asked["id"].as_str().unwrap(), "000", "m0", "c0"].map(|id| format!("/agents/{id}")).into();
    for path in states {
        assert_ne!(bus.api.get(&path).await.expect(200)["state"], "lost", "{path}");
    }
}

#[tokio::test]
async fn a_standby_that_only_waits_is_not_lost() {
    let clock = clock();
    let bus = start_at(&clock).await;
    bus.api.lead("go-1", 3_600_000).await;
    let standby = bus.api.post("/agents", json!({"role": "go"})).await.expect(201);
    let api = bus.api.using(standby["token"].as_str().unwrap());
    for _ in 0..6 {
        pass(&bus, &clock, 30).await;
        // For another epoch than the live one, it is answered at once.
        api.get("/agents/000/lease/wait?epoch=99&holder=go-2").await.expect(200);
    }
    let path = format!("/agents/{}", standby["id"].as_str().unwrap());
    assert_eq!(bus.api.get(&path).await.expect(200)["state"], "ready");
}

#[tokio::test]
async fn an_outage_of_the_bus_makes_nobody_lost() {
    let clock = clock();
    let mut bus = start_at(&clock).await;
    let (id, token) = po(&bus).await;
    bus.stop().await;
    let TestBus { store, data, .. } = bus;
    clock.advance(1000 * SECOND);
    let bus = start_on(store, Arc::new(clock.clone()), data, |_| {}).await;
    pass(&bus, &clock, 89).await;
    assert_eq!(bus.api.get(&format!("/agents/{id}")).await.expect(200)["state"], "ready");
    bus.api.using(&token).post(&format!("/agents/{id}/heartbeat"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_host_whose_launcher_is_silent_expires_and_one_that_beats_does_not() {
    let clock = clock();
    let bus = start_at(&clock).await;
    let (id, token) = launcher(&bus).await;
    let mut expired = bus.api.stream("/events/stream?after=0&kind=host.expired").await;
    for _ in 0..5 {
        pass(&bus, &clock, 15).await;
        beat(&bus, &id, &token).await;
    }
    let last_beat = clock.wall();
    pass(&bus, &clock, 60).await;
    let (event, after) = noticed(&mut expired, last_beat).await;
    assert_eq!((after, &event["subject"]), (60, &json!("hosts/h1")));
    assert!(event["data"]["launcher"].is_null(), "{event}");
}

#[tokio::test]
async fn two_buses_on_one_database_do_not_end_what_the_other_renews() {
    let clock = clock();
    let first = start_at(&clock).await;
    let data = tempfile::tempdir().unwrap();
    std::fs::copy(first.data.path().join("operator.token"), data.path().join("operator.token")).unwrap();
    first.api.lead("go-1", 20_000).await;
    let second = start_on(Arc::clone(&first.store), Arc::new(clock.clone()), data, |_| {}).await;
    for _ in 0..6 {
        pass(&second, &clock, 10).await;
        let renewal = json!({"holder": "go-1", "ttl_ms": 20_000});
        first.api.post("/agents/000/lease", renewal).await.expect(200);
    }
    let mut expired = second.api.stream("/events/stream?after=0&kind=lease.expired").await;
    let renewed = clock.wall();
    pass(&second, &clock, 20).await;
    assert_eq!(within(noticed(&mut expired, renewed)).await.1, 20);
}
