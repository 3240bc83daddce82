//! Bidding and standing by.

use go_bus_api::Epoch;

use super::{
    Duration, Fixture, LeaseConfig, LeaseError, LeaseKeeper, Problem, ProblemKind, ResponseTemplate, bid, config,
    granted, held, problem, view, wait,
};
use crate::Phase;

/// Leads while the clock moves on by itself.
async fn lead(fixture: &Fixture, keeper: LeaseKeeper) -> Result<crate::Lease, LeaseError> {
    let leading = keeper.lead();
    tokio::pin!(leading);
    for _ in 0..1000 {
        if let Ok(lease) = tokio::time::timeout(Duration::from_millis(10), &mut leading).await {
            return lease;
        }
        fixture.clock.advance(Duration::from_millis(100));
    }
    panic!("no lease; the bids were {:?}", fixture.bids().await);
}

#[tokio::test]
async fn a_held_lease_is_waited_for_and_taken_once_it_is_free() {
    let fixture = Fixture::start().await;
    bid(held(5)).up_to_n_times(1).expect(1).mount(&fixture.bus).await;
    wait("5", view(Some("go-3"), 6)).expect(1).mount(&fixture.bus).await;
    wait("6", view(None, 6)).expect(1).mount(&fixture.bus).await;
    bid(granted(7)).expect(1).mount(&fixture.bus).await;
    let keeper = fixture.keeper(config());
    let phase = keeper.phase();
    let lease = lead(&fixture, keeper).await.unwrap();
    assert_eq!(lease.epoch(), Epoch(7));
    assert!(matches!(*phase.borrow(), Phase::Leading(tenure) if tenure.epoch == Epoch(7)));
}

#[tokio::test]
async fn a_standby_says_so_while_it_waits() {
    let fixture = Fixture::start().await;
    bid(held(5)).up_to_n_times(1).mount(&fixture.bus).await;
    wait("5", view(None, 5).set_delay(Duration::from_millis(100))).mount(&fixture.bus).await;
    bid(granted(7)).mount(&fixture.bus).await;
    let keeper = fixture.keeper(config());
    let mut phase = keeper.phase();
    let standby = tokio::spawn(async move { phase.wait_for(|phase| *phase == Phase::Standby(Epoch(5))).await.is_ok() });
    lead(&fixture, keeper).await.unwrap();
    assert!(standby.await.unwrap());
}

#[tokio::test]
async fn without_leave_to_stand_by_a_held_lease_is_an_error_that_names_the_holder() {
    let fixture = Fixture::start().await;
    bid(held(5)).expect(1).mount(&fixture.bus).await;
    let keeper = fixture.keeper(LeaseConfig { standby_ok: false, ..config() });
    let error = keeper.lead().await.unwrap_err();
    assert_eq!(error.to_string(), "the lease is held by go-2 under epoch 5");
}

#[tokio::test]
async fn a_lost_answer_costs_one_more_bid_and_no_wait() {
    let fixture = Fixture::start().await;
    bid(ResponseTemplate::new(502)).up_to_n_times(1).expect(1).mount(&fixture.bus).await;
    bid(granted(7)).expect(1).mount(&fixture.bus).await;
    let lease = lead(&fixture, fixture.keeper(config())).await.unwrap();
    assert_eq!(lease.epoch(), Epoch(7));
    let bids = fixture.bids().await;
    assert_eq!(bids[0], bids[1], "the same holder bids again, which the Bus takes for a renewal");
}

#[tokio::test]
async fn a_token_that_may_not_lead_is_an_error_at_once() {
    let fixture = Fixture::start().await;
    bid(problem(Problem::new(ProblemKind::NotLeader, "only GO"))).expect(1).mount(&fixture.bus).await;
    let error = fixture.acquire().await.unwrap_err();
    assert!(matches!(error, LeaseError::Bus(error) if error.problem() == Some(ProblemKind::NotLeader)));
}
