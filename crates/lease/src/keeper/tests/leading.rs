//! Leading: fenced clients, renewals, losses, release.

use std::sync::{Arc, Mutex};

use go_bus_api::{AgentId, Epoch, TaskId};
use go_bus_client::BusError;
use go_clock::{Boottime, Clock as _, SystemClock};
use wiremock::matchers::{body_json, header};
use wiremock::{Request, Respond};

use super::{
    Duration, Fixture, LEASE, LeaseError, Mock, Problem, ProblemKind, ResponseTemplate, granted, json, method, path,
    problem, renewal,
};
use crate::{Lost, Phase};

#[tokio::test]
async fn the_leader_s_writes_carry_its_epoch() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    Mock::given(method("DELETE"))
        .and(path("/agents/w-1/token"))
        .and(header("lease-epoch", "7"))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&fixture.bus)
        .await;
    let lease = fixture.acquire().await.unwrap();
    assert_eq!((lease.epoch(), fixture.bids().await[0]["ttl_ms"].clone()), (Epoch(7), json!(125_000)));
    lease.client().unwrap().revoke_token(&AgentId::new("w-1").unwrap()).await.unwrap();
}

#[tokio::test]
async fn it_renews_in_the_background_under_its_epoch_and_the_trust_goes_on() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    renewal(7, granted(7)).expect(2..).mount(&fixture.bus).await;
    let lease = fixture.acquire().await.unwrap();
    let first = lease.trusted_until().unwrap();
    fixture.advance_until(130, || async { fixture.bids().await.len() >= 3 }).await;
    fixture.advance_until(5, || async { lease.trusted_until().is_ok_and(|until| until > first) }).await;
    assert!(lease.client().is_ok());
}

#[tokio::test]
async fn a_412_for_a_renewal_is_a_loss() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    renewal(7, problem(Problem::new(ProblemKind::StaleEpoch, ""))).expect(1).mount(&fixture.bus).await;
    let lease = fixture.acquire().await.unwrap();
    let lost = tokio::spawn(lease.lost());
    fixture.advance_until(70, || async { lost.is_finished() }).await;
    assert_eq!(lost.await.unwrap(), Lost::Superseded);
    assert_eq!(lease.client().unwrap_err(), Lost::Superseded);
    assert_eq!(lease.release().await, Err(LeaseError::Lost(Lost::Superseded)));
}

#[tokio::test]
async fn an_outage_longer_than_the_trust_stops_the_leader_until_it_is_renewed_under_the_same_epoch() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    let outage = renewal(7, ResponseTemplate::new(503)).mount_as_scoped(&fixture.bus).await;
    let lease = fixture.acquire().await.unwrap();
    let kept = lease.client().unwrap();
    fixture.advance_until(125, || async { lease.client().is_err() }).await;
    assert_eq!(lease.client().unwrap_err(), Lost::TrustOver);
    let task = TaskId::new("T-1").unwrap();
    assert_eq!(kept.task(&task).await, Err(BusError::Expired), "a client kept beyond the trust sends nothing");
    drop(outage);
    renewal(7, granted(7)).mount(&fixture.bus).await;
    fixture.advance_until(20, || async { lease.client().is_ok() }).await;
    assert_eq!(lease.trusted().await.unwrap().epoch(), Some(Epoch(7)));
}

#[tokio::test]
async fn a_release_names_holder_and_epoch_and_renews_no_more() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    Mock::given(method("DELETE"))
        .and(path(LEASE))
        .and(body_json(json!({"holder": "go-1", "epoch": 7})))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&fixture.bus)
        .await;
    let lease = fixture.acquire().await.unwrap();
    let (phase, lost, kept) = (lease.phase(), lease.lost(), lease.client().unwrap());
    assert_eq!(lease.release().await, Ok(()));
    let task = TaskId::new("T-1").unwrap();
    assert_eq!(kept.task(&task).await, Err(BusError::Expired), "a client kept beyond the release sends nothing");
    assert_eq!((lost.await, phase.borrow().clone()), (Lost::Released, Phase::Ended(Lost::Released)));
    fixture.clock.advance(Duration::from_secs(500));
    assert_eq!(fixture.bids().await.len(), 1);
}

#[tokio::test]
async fn what_is_being_ended_is_waited_for_until_the_lease_was_not_renewed_in_time() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    renewal(7, ResponseTemplate::new(503)).mount(&fixture.bus).await;
    let lease = Arc::new(fixture.acquire().await.unwrap());
    let ending = Arc::clone(&lease);
    let overrun = tokio::spawn(async move { ending.overrun().await });
    fixture.clock.advance(Duration::from_secs(122));
    assert!(lease.client().is_ok() && !overrun.is_finished());
    fixture.advance_until(125, || async { overrun.is_finished() }).await;
    assert_eq!(lease.client().unwrap_err(), Lost::TrustOver);
}

/// Answers with what it holds, and notes when it was asked.
struct Noted(ResponseTemplate, Arc<Mutex<Option<Boottime>>>);

impl Respond for Noted {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        *self.1.lock().unwrap() = Some(SystemClock.boottime());
        self.0.clone()
    }
}

#[tokio::test]
async fn a_renewal_under_way_is_not_cut_short_by_the_release() {
    const TAKES: Duration = Duration::from_millis(300);
    let fixture = Fixture::start().await;
    fixture.granting().await;
    let (renewed, released) = (Arc::default(), Arc::default());
    let renewal = Noted(granted(7).set_delay(TAKES), Arc::clone(&renewed));
    Mock::given(method("POST")).respond_with(renewal).expect(1).mount(&fixture.bus).await;
    let release = Noted(ResponseTemplate::new(204), Arc::clone(&released));
    Mock::given(method("DELETE")).respond_with(release).expect(1).mount(&fixture.bus).await;
    let lease = fixture.acquire().await.unwrap();
    fixture.advance_until(70, || async { fixture.bids().await.len() == 2 }).await;
    assert_eq!(lease.release().await, Ok(()));
    let [renewed, released] = [renewed, released].map(|noted| noted.lock().unwrap().unwrap());
    assert!(released.since(renewed) >= TAKES, "the release went out before the renewal had its answer");
}

#[tokio::test]
async fn a_dropped_lease_is_renewed_no_more() {
    let fixture = Fixture::start().await;
    fixture.granting().await;
    let lease = fixture.acquire().await.unwrap();
    let (mut phase, kept) = (lease.phase(), lease.client().unwrap());
    drop(lease);
    phase.wait_for(|phase| *phase == Phase::Ended(Lost::Released)).await.unwrap();
    assert_eq!(kept.task(&TaskId::new("T-1").unwrap()).await, Err(BusError::Expired));
    fixture.clock.advance(Duration::from_secs(500));
    assert_eq!(fixture.bids().await.len(), 1);
}
