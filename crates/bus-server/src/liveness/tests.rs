//! What the timers learn from rows and receipts.

use super::*;
use go_bus_api::HolderId;

const SILENCE: Duration = Duration::from_secs(90);
const HOST_TTL: Duration = Duration::from_secs(60);

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(1000 + seconds))
}

fn held(epoch: u64, renewals: u64) -> Lease {
    let holder = Some(HolderId::new("go-1").unwrap());
    Lease { epoch: Epoch(epoch), renewals, holder, ttl: Millis(20_000), ..Lease::default() }
}

fn document(kind: ResourceKind, json: serde_json::Value) -> Document {
    let id = json["id"].as_str().unwrap().to_owned();
    Document { kind, id, revision: go_bus_api::Revision(1), json: json.to_string().into() }
}

fn liveness() -> Liveness {
    Liveness::new(SILENCE, HOST_TTL)
}

#[test]
fn a_renewal_arms_the_lease_in_full_and_a_late_row_does_not_take_it_back() {
    let liveness = liveness();
    liveness.see_lease(&held(1, 0), at(0));
    liveness.see_lease(&held(1, 1), at(10));
    liveness.see_lease(&held(1, 0), at(15));
    assert_eq!(liveness.lease_remaining(&held(1, 1), at(15)), Millis(15_000));
    assert_eq!(liveness.watch_lease().borrow().renewals, 1);
}

#[test]
fn a_released_lease_is_not_taken_for_held_by_a_row_read_before() {
    let liveness = liveness();
    let free = Lease { holder: None, ..held(1, 0) };
    liveness.see_lease(&held(1, 0), at(0));
    liveness.see_lease(&free, at(1));
    liveness.see_lease(&held(1, 0), at(2));
    assert_eq!(liveness.next(), None);
    assert_eq!(liveness.lease_remaining(&free, at(2)), Millis(0));
    liveness.see_lease(&held(2, 0), at(3));
    assert_eq!(liveness.next(), Some(at(23)));
}

#[test]
fn a_host_is_watched_until_its_lease_has_ended_though_its_launcher_is_gone_before() {
    let liveness = liveness();
    let host = |launcher: Option<&str>, boot: Option<&str>, beat: i64| {
        let last_heartbeat = Timestamp::from_unix_millis(beat).to_string();
        let json = serde_json::json!({
            "id": "h1", "launcher": launcher, "boot_id": boot, "last_heartbeat": last_heartbeat,
        });
        document(ResourceKind::Host, json)
    };
    liveness.see_document(&host(None, None, 0), at(0), Source::Truth);
    assert_eq!(liveness.next(), None, "no launcher ever, nothing to watch");
    liveness.see_document(&host(Some("a-1"), Some("b-1"), 1), at(10), Source::Truth);
    liveness.see_document(&host(None, Some("b-1"), 1), at(20), Source::Truth);
    assert_eq!(liveness.next(), Some(at(70)));
    liveness.see_document(&host(None, None, 1), at(70), Source::Truth);
    assert_eq!(liveness.next(), None, "expired");
}

#[test]
fn a_repeated_answer_does_not_stop_the_watch() {
    let liveness = liveness();
    let agent = |state: &str| {
        document(ResourceKind::Agent, serde_json::json!({"id": "a-1", "state": state, "last_heartbeat": null}))
    };
    liveness.see_document(&agent("busy"), at(0), Source::Truth);
    liveness.see_document(&agent("requested"), at(1), Source::Receipt);
    assert_eq!(liveness.next(), Some(at(90)));
    liveness.see_document(&agent("terminated"), at(2), Source::Truth);
    assert_eq!(liveness.next(), None);
}

#[test]
fn any_request_of_an_agent_shows_that_it_lives() {
    let liveness = liveness();
    let json = serde_json::json!({"id": "a-1", "state": "busy", "last_heartbeat": null});
    liveness.see_document(&document(ResourceKind::Agent, json), at(0), Source::Truth);
    let agent = go_bus_api::AgentId::new("a-1").unwrap();
    liveness.hear(&Actor::Agent { id: agent.clone(), role: go_bus_api::Role::Worker }, at(50));
    assert_eq!(liveness.next(), Some(at(140)));
    liveness.hear(&Actor::Shim { agent }, at(60));
    assert_eq!(liveness.next(), Some(at(150)));
}
