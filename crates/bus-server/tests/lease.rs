//! The lease over HTTP: grants, standbys, waits, the holder's session.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_server::SessionGrace;
use go_clock::{Clock as _, SystemClock};
use serde_json::json;
use support::{PROMPT, TestBus, start, start_with, within};

const LEASE: &str = "/agents/000/lease";

/// A Bus that loses a silent agent half as long again after the time that it lets a broken session be.
async fn with_grace(grace: Duration) -> TestBus {
    start_with(Arc::new(SystemClock), |config| {
        config.session_grace = SessionGrace::After(grace);
        config.agent_heartbeat = grace / 2;
    })
    .await
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
async fn a_grant_is_201_a_renewal_200_under_the_same_epoch() {
    let bus = start().await;
    let bid = json!({"holder": "go-1", "ttl_ms": 20_000, "handoff": "/h.json"});
    let grant = bus.api.post(LEASE, bid.clone()).await.expect(201);
    assert_eq!((&grant["holder"], &grant["ttl_ms"]), (&json!("go-1"), &json!(20_000)));
    let remaining = grant["remaining_ms"].as_u64().unwrap();
    assert!((19_000..=20_000).contains(&remaining) && grant["acquired_at"].is_string(), "{grant}");
    let renewed = bus.api.post(LEASE, bid).await.expect(200);
    assert_eq!(renewed["epoch"], grant["epoch"]);
    let other_epoch = json!({"holder": "go-1", "epoch": 99});
    bus.api.post(LEASE, other_epoch).await.refused(412, "stale-epoch");
}

#[tokio::test]
async fn a_renewal_that_comes_after_the_release_is_412_and_takes_nothing() {
    let bus = start().await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    bus.api.delete(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.expect(204);
    bus.api.post(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.refused(412, "stale-epoch");
    let view = bus.api.get(LEASE).await.expect(200);
    assert_eq!((&view["holder"], &view["epoch"]), (&json!(null), &json!(epoch)));
    assert_eq!(bus.api.lead("go-1", 20_000).await, epoch + 1, "a bid without an epoch is a new one");
}

#[tokio::test]
async fn a_refused_bidder_is_told_all_and_listed_as_a_standby_until_it_wins() {
    let bus = start().await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let refused = bus.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
    assert_eq!((&refused["holder"], &refused["epoch"]), (&json!("go-1"), &json!(epoch)));
    assert!(refused["remaining_ms"].as_u64().unwrap() > 10_000 && refused.get("handoff").is_some(), "{refused}");
    let standbys = bus.api.get(LEASE).await.json()["standbys"].clone();
    assert!(
        standbys[0]["holder"] == "go-2" && standbys[0]["since"].is_string() && standbys[0]["last_seen"].is_string()
    );
    bus.api.delete(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.expect(204);
    assert_eq!(bus.api.lead("go-2", 20_000).await, epoch + 1);
    assert_eq!(bus.api.get(LEASE).await.json()["standbys"], json!([]));
}

#[tokio::test]
async fn a_release_needs_holder_and_epoch() {
    let bus = start().await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    for wrong in [json!({"holder": "go-2", "epoch": epoch}), json!({"holder": "go-1", "epoch": epoch + 1})] {
        bus.api.delete(LEASE, wrong).await.refused(412, "stale-epoch");
    }
    bus.api.delete(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.expect(204);
    let free = bus.api.get(LEASE).await.expect(200);
    assert_eq!((&free["holder"], &free["remaining_ms"], &free["epoch"]), (&json!(null), &json!(0), &json!(epoch)));
}

#[tokio::test]
async fn a_wait_answers_as_soon_as_the_lease_is_free_and_lists_who_waits_meanwhile() {
    let bus = start().await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let api = bus.api.clone();
    let wait = tokio::spawn(async move { api.get(&format!("{LEASE}/wait?epoch={epoch}&holder=go-2")).await });
    within(async {
        while bus.api.get(LEASE).await.json()["standbys"][0]["holder"] != "go-2" {
            assert!(!wait.is_finished(), "it answered while the lease was held");
        }
    })
    .await;
    let released = SystemClock.boottime();
    bus.api.delete(LEASE, json!({"holder": "go-1", "epoch": epoch})).await.expect(204);
    let view = within(wait).await.unwrap().expect(200);
    assert!(view["holder"].is_null(), "{view}");
    assert!(SystemClock.boottime().since(released) < Duration::from_millis(250));
}

#[tokio::test]
async fn a_wait_for_an_epoch_that_is_over_is_not_held() {
    let bus = start().await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let view = bus.api.get(&format!("{LEASE}/wait?epoch={}", epoch - 1)).await.expect(200);
    assert_eq!(view["holder"], "go-1");
    bus.api.get(&format!("{LEASE}/wait")).await.refused(400, "bad-request");
}

#[tokio::test]
async fn a_wait_is_held_for_its_time_and_then_answers_as_it_stands() {
    let bus = start_with(Arc::new(SystemClock), |config| config.limits.wait = Duration::from_millis(50)).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let view = bus.api.get(&format!("{LEASE}/wait?epoch={epoch}")).await.expect(200);
    assert_eq!(view["holder"], "go-1");
}

#[tokio::test]
async fn a_lease_ends_within_100_ms_after_its_ttl_and_never_before() {
    let bus = start().await;
    let mut ended = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    let asked = SystemClock.boottime();
    let epoch = bus.api.lead("go-1", 400).await;
    let granted = SystemClock.boottime();
    ended.event().await;
    let now = SystemClock.boottime();
    assert!(now.since(asked) >= Duration::from_millis(400), "{:?} after the bid", now.since(asked));
    assert!(now.since(granted) <= Duration::from_millis(500), "{:?} after the grant", now.since(granted));
    bus.api.fenced(epoch).post("/projects", json!({"id": "p"})).await.refused(412, "stale-epoch");
}

#[tokio::test]
async fn a_session_ticks_and_its_breaking_ends_the_lease_only_while_a_standby_waits() {
    let bus = with_grace(Duration::from_millis(200)).await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let path = format!("{LEASE}/session?holder=go-1&epoch={epoch}");
    let mut session = bus.api.stream(&path).await;
    for _ in 0..3 {
        let tick = session.event().await;
        assert_eq!((tick.event.as_deref(), &tick.data["grace_ms"]), (Some("tick"), &json!(200)));
    }
    drop(session);
    assert!(!lease_ends_within_a_grace(&bus, epoch).await, "a lease that nobody waits for was ended");
    let mut ended = bus.api.stream("/events/stream?after=0&kind=lease.expired").await;
    bus.api.post(LEASE, json!({"holder": "go-2"})).await.refused(409, "lease-held");
    ended.event().await;
    assert_eq!(bus.api.lead("go-2", 20_000).await, epoch + 1);
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

#[tokio::test]
async fn only_the_live_leader_writes_the_handoff() {
    let bus = start().await;
    let document = json!({"note": "in flight", "tasks": [1, 2]});
    bus.api.get("/agents/000/handoff").await.refused(404, "not-found");
    bus.api.put("/agents/000/handoff", document.clone()).await.refused(403, "not-leader");
    let epoch = bus.api.lead("go-1", 20_000).await;
    let written = bus.api.fenced(epoch).put("/agents/000/handoff", document.clone()).await.expect(200);
    assert_eq!((&written["epoch"], &written["document"]), (&json!(epoch), &document));
    bus.api.fenced(epoch + 1).put("/agents/000/handoff", json!(7)).await.refused(412, "stale-epoch");
    assert_eq!(bus.api.get("/agents/000/handoff").await.expect(200), written);
}

#[tokio::test]
async fn another_agent_s_token_can_neither_renew_nor_release_nor_lead() {
    let bus = start().await;
    bus.api.project("p").await;
    let epoch = bus.api.lead("go-1", 20_000).await;
    let spawn = json!({"role": "po", "project": "p", "prompt": PROMPT});
    let po = bus.api.fenced(epoch).post("/agents", spawn.clone()).await.expect(201);
    let issued = bus.api.post(&format!("/agents/{}/token", po["id"].as_str().unwrap()), json!({})).await.expect(200);
    let po = bus.api.using(issued["token"].as_str().unwrap());
    let grab = json!({"holder": "go-1", "epoch": epoch});
    assert_eq!(po.post(LEASE, grab.clone()).await.status, 403);
    assert_eq!(po.delete(LEASE, grab).await.status, 403);
    po.fenced(epoch).post("/agents", spawn).await.refused(403, "not-leader");
}
