//! The lease.

use go_bus_api::{Acquire, Epoch, Millis, ProblemKind, Release, Role};

use super::MakeStore;
use super::world::{World, acquire, actor, expire_lease, id, new_agent, refused};
use crate::{Action, Actor, Outcome, Policy, Reject};

fn release(holder: &str, epoch: u64) -> Action {
    Action::ReleaseLease(Release { holder: id(holder), epoch: Epoch(epoch) })
}

/// Each grant is one epoch more: after a release, after an expiry, to the same holder again.
pub async fn epochs_only_grow(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    assert_eq!(world.lease().await.epoch, Epoch(0));
    for epoch in [1, 3, 5] {
        let granted = world.done(Action::AcquireLease(acquire("go-1"))).await;
        assert_eq!((granted.outcome, granted.lease.map(|lease| lease.epoch)), (Outcome::Created, Some(Epoch(epoch))));
        world.done(release("go-1", epoch)).await;
        let granted = world.done(Action::AcquireLease(acquire("go-2"))).await;
        assert_eq!(granted.lease.map(|lease| lease.epoch), Some(Epoch(epoch + 1)));
        world.bus(expire_lease(Epoch(epoch + 1), 0)).await;
        assert_eq!(world.lease().await.holder, None);
    }
}

/// An epoch that was granted before the database was restored is not granted again, and ends the lease that came back with it.
pub async fn a_raised_epoch_ends_an_older_lease(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    world.done(Action::AcquireLease(acquire("go-1"))).await;
    world.bus(Action::RaiseEpoch(Epoch(1))).await;
    assert!(world.lease().await.holder.is_some(), "it is no older");
    world.bus(Action::RaiseEpoch(Epoch(7))).await;
    let lease = world.lease().await;
    assert_eq!((lease.holder, lease.epoch), (None, Epoch(7)));
    let granted = world.done(Action::AcquireLease(acquire("go-2"))).await;
    assert_eq!(granted.lease.map(|lease| lease.epoch), Some(Epoch(8)));
}

/// A renewal keeps the epoch and moves the renewal count; without a word it makes no event. A wrong epoch is 412.
pub async fn a_renewal_keeps_the_epoch(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    world.epoch().await;
    let seq = world.seq().await;
    for (renewals, epoch) in [(1, None), (2, Some(Epoch(1)))] {
        let body = Acquire { epoch, ..acquire("go-1") };
        let renewed = world.done(Action::AcquireLease(body)).await;
        let lease = renewed.lease.expect("a lease");
        assert_eq!((renewed.outcome, lease.epoch, lease.renewals), (Outcome::Updated, Epoch(1), renewals));
        assert_eq!(lease.ttl, Millis(125_000));
    }
    let wrong = Acquire { epoch: Some(Epoch(2)), ..acquire("go-1") };
    assert_eq!(refused(world.act(Actor::Operator, Action::AcquireLease(wrong)).await), ProblemKind::StaleEpoch);
    assert_eq!(world.seq().await, seq);
}

/// Whoever names an epoch renews: where the lease is free by then, it is refused, and the lease stays free.
pub async fn a_renewal_after_the_release_takes_nothing(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    world.epoch().await;
    world.done(release("go-1", 1)).await;
    let seq = world.seq().await;
    for epoch in [0, 1, 2] {
        let late = Acquire { epoch: Some(Epoch(epoch)), ..acquire("go-1") };
        assert_eq!(refused(world.act(Actor::Operator, Action::AcquireLease(late)).await), ProblemKind::StaleEpoch);
    }
    assert_eq!((world.lease().await.holder, world.seq().await), (None, seq));
}

/// Another holder gets the record; another token neither renews nor releases; only GO instances and the operator bid.
pub async fn another_s_lease_is_left_alone(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let [mine, other] = [world.register(new_agent(Role::Go)).await, world.register(new_agent(Role::Go)).await];
    world.act(actor(&mine), Action::AcquireLease(acquire("go-1"))).await.expect("a lease");
    match world.act(actor(&other), Action::AcquireLease(acquire("go-2"))).await {
        Err(Reject::LeaseHeld { holder, lease }) => {
            assert_eq!((holder, lease.epoch, lease.agent), (id("go-1"), Epoch(1), Some(mine.id.clone())));
        }
        answer => panic!("not held: {answer:?}"),
    }
    let launcher = world.launcher("forge", "boot-1").await;
    let table = [
        (actor(&other), Action::AcquireLease(acquire("go-1")), ProblemKind::NotHolder),
        (Actor::Operator, Action::AcquireLease(acquire("go-1")), ProblemKind::NotHolder),
        (actor(&launcher), Action::AcquireLease(acquire("go-1")), ProblemKind::NotLeader),
        (actor(&other), release("go-1", 1), ProblemKind::NotHolder),
        (actor(&mine), release("go-2", 1), ProblemKind::StaleEpoch),
        (actor(&mine), release("go-1", 2), ProblemKind::StaleEpoch),
    ];
    for (who, action, expected) in table {
        assert_eq!(refused(world.act(who, action.clone()).await), expected, "{action:?}");
    }
    world.act(Actor::Operator, release("go-1", 1)).await.expect("the operator may release");
}

/// A timer ends the lease only as it was when the timer was armed.
pub async fn the_lease_expires_by_compare_and_swap(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    world.epoch().await;
    world.done(Action::AcquireLease(acquire("go-1"))).await;
    for (epoch, renewals) in [(1, 0), (0, 1), (2, 1)] {
        let expired = world.bus(expire_lease(Epoch(epoch), renewals)).await;
        assert_eq!(expired.outcome, Outcome::Unchanged, "epoch {epoch}, {renewals} renewals");
    }
    let expired = world.bus(expire_lease(Epoch(1), 1)).await;
    assert_eq!((expired.outcome, world.lease().await.holder), (Outcome::Updated, None));
    let again = world.bus(expire_lease(Epoch(1), 1)).await;
    assert_eq!(again.outcome, Outcome::Unchanged);
    let stolen = world.act(Actor::Operator, expire_lease(Epoch(1), 1)).await;
    assert_eq!(refused(stolen), ProblemKind::Forbidden);
}

/// 200 ms is the least.
pub async fn a_short_ttl_is_refused(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    let bid = |ttl| Action::AcquireLease(Acquire { ttl_ms: Some(Millis(ttl)), ..acquire("go-1") });
    for nonsense in [0, 199, u64::MAX] {
        assert_eq!(refused(world.act(Actor::Operator, bid(nonsense)).await), ProblemKind::Invalid, "{nonsense} ms");
    }
    assert_eq!(world.done(bid(200)).await.lease.map(|lease| lease.ttl), Some(Millis(200)));
}
