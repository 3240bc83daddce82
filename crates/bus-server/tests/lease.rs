//! The lease over HTTP: grants, standbys, waits, ends.

mod support;

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Acquire, HolderId};
use go_bus_store::{Action, Actor, Command, Policy, SqliteStore, Store};
use go_clock::{Clock as _, SystemClock};
use serde_json::json;
use support::{PROMPT, start, start_on, start_with, within};

const LEASE: &str = "/agents/000/lease";

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
    let expired = ended.event().await.data;
    let now = SystemClock.boottime();
    assert_eq!((&expired["data"]["cause"], &expired["data"]["holder"]), (&json!("ttl"), &json!(null)), "{expired}");
    assert!((400..600).contains(&expired["data"]["silent_ms"].as_u64().unwrap()), "{expired}");
    assert!(now.since(asked) >= Duration::from_millis(400), "{:?} after the bid", now.since(asked));
    assert!(now.since(granted) <= Duration::from_millis(500), "{:?} after the grant", now.since(granted));
    bus.api.fenced(epoch).post("/projects", json!({"id": "p"})).await.refused(412, "stale-epoch");
}

#[tokio::test]
async fn a_restart_of_the_bus_gives_the_holder_its_whole_time_again_and_keeps_holder_and_epoch() {
    const TTL: u64 = 1500;
    let mut first = start().await;
    let epoch = first.api.lead("go-1", TTL).await;
    first.stop().await;
    let restarted = SystemClock.boottime();
    let (store, data) = (Arc::clone(&first.store), first.data);
    let second = start_on(store, Arc::new(SystemClock), data, |_| {}).await;
    let view = second.api.get(LEASE).await.expect(200);
    assert_eq!((&view["holder"], &view["epoch"]), (&json!("go-1"), &json!(epoch)));
    let mut ended = second.api.stream("/events/stream?after=0&kind=lease.expired").await;
    ended.event().await;
    assert!(SystemClock.boottime().since(restarted) >= Duration::from_millis(TTL));
    assert_eq!(second.api.lead("go-1", 20_000).await, epoch + 1);
}

#[tokio::test]
async fn a_database_that_was_restored_grants_no_epoch_again_and_its_holder_is_none() {
    let mut bus = start().await;
    for holder in ["go-1", "go-2", "go-3"] {
        let epoch = bus.api.lead(holder, 20_000).await;
        bus.api.delete(LEASE, json!({"holder": holder, "epoch": epoch})).await.expect(204);
    }
    bus.stop().await;
    // As it was when its first holder led.
    let backup: Arc<dyn Store> = Arc::new(SqliteStore::in_memory(Policy::default()).unwrap());
    let holder = HolderId::new("go-1").unwrap();
    let bid = Acquire { holder, ttl_ms: None, handoff: None, url: None, epoch: None };
    let bid = Command { actor: Actor::Operator, ..Command::of_bus(SystemClock.wall(), Action::AcquireLease(bid)) };
    backup.commit(vec![bid]).await.remove(0).unwrap();
    let restored = start_on(backup, Arc::new(SystemClock), bus.data, |_| {}).await;
    let view = restored.api.get(LEASE).await.expect(200);
    assert_eq!((&view["holder"], &view["epoch"]), (&json!(null), &json!(3)));
    let told = restored.api.get("/events?kind=lease.expired").await.expect(200);
    assert_eq!(told["items"][0]["data"]["cause"], "restored");
    assert_eq!(restored.api.lead("go-4", 20_000).await, 4);
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
