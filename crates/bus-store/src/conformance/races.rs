//! Many at once, one winner.

use std::sync::Arc;

use go_bus_api::{Assign, NewAgent, Role};

use super::MakeStore;
use super::world::{World, acquire, actor, host, id, new_agent, project};
use crate::{Action, Actor, Receipt, Reject};

/// Sixteen callers at once, each with its own action; how many succeeded.
async fn winners(world: &Arc<World>, who: &Actor, action: impl Fn(usize) -> Action) -> usize {
    let callers: Vec<_> = (0..16)
        .map(|caller| {
            let (world, who, action) = (world.clone(), who.clone(), action(caller));
            tokio::spawn(async move { world.act(who, action).await })
        })
        .collect();
    let mut won = 0;
    for caller in callers {
        let answer: Result<Receipt, Reject> = caller.await.expect("a caller");
        assert!(!matches!(answer, Err(Reject::Store(_))), "the engine failed: {answer:?}");
        won += usize::from(answer.is_ok());
    }
    won
}

/// The lease is granted once.
pub async fn one_bidder_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let bid = |caller: usize| Action::AcquireLease(acquire(&format!("go-{caller}")));
    assert_eq!(winners(&world, &Actor::Operator, bid).await, 1);
    assert_eq!(world.lease().await.epoch.0, 1);
}

/// A task is assigned once.
pub async fn one_assignment_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    let assign = |_| Action::AssignTask(id("T-1"), Assign { agent: po.id.clone() });
    assert_eq!(winners(&world, &Actor::Operator, assign).await, 1);
    assert_eq!(world.task("T-1").await.attempt.0, 1);
}

/// Four slots take four builders.
pub async fn slots_are_never_overrun(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    for caller in 0..16 {
        world.assigned(&format!("T-{caller}"), &po).await;
    }
    let spawn = |caller: usize| {
        let task = Some(id(&format!("T-{caller}")));
        Action::Spawn(NewAgent { host: Some(host()), task, ..new_agent(Role::Worker) })
    };
    assert_eq!(winners(&world, &actor(&po), spawn).await, 4);
}

/// A project has one PO.
pub async fn a_seat_is_taken_once(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let epoch = world.epoch().await;
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let world = world.clone();
            let body = NewAgent { project: Some(project()), ..new_agent(Role::Po) };
            tokio::spawn(async move { world.lead(epoch, Action::Spawn(body)).await.is_ok() })
        })
        .collect();
    let mut won = 0;
    for caller in callers {
        won += usize::from(caller.await.expect("a caller"));
    }
    assert_eq!(won, 1);
}
