//! A ticket's whole way.

use go_bus_api::{TaskState, Timestamp};

use super::MakeStore;
use super::world::{World, assert_state, exited, read};
use crate::{Query, QueryAnswer};

/// A ticket is created, assigned, built and completed, and everyone is told in order.
pub async fn a_ticket_gets_done(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    assert_eq!(task.attempt.0, 1);
    let from = world.seq().await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its exit");
    let task = read(&world.complete(&task, &po, None).await.expect("a completion"));
    assert_state(&task, TaskState::Done);
    let told = world.told_since(from).await;
    let agent = format!("agents/{}", builder.id);
    let expected =
        [format!("agent.requested {agent}"), format!("agent.terminated {agent}"), "task.completed tasks/T-1".into()];
    assert_eq!(told, expected);
    let digest = match world.store.read(Query::Digest(Timestamp::from_unix_millis(0))).await {
        Ok(QueryAnswer::Digest(digest)) => digest,
        other => panic!("no digest: {other:?}"),
    };
    assert_eq!((digest.projects[0].done, digest.projects[0].percent.get(), digest.agents), (1, 100.0, 0));
}
