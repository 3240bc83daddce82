//! What is forgotten, when, and who is told.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::Seq;

use crate::conformance::world::{World, ticket};
use crate::{Action, EventFilter, Policy, Retention, SqliteStore, StoreError};

fn open(path: &Path, events: u64, age: Duration) -> World {
    let policy = Policy { retention: Retention { events, age }, ..Policy::default() };
    World::over(Arc::new(SqliteStore::open(path, policy).unwrap()))
}

async fn write(world: &World, count: u64, prefix: &str) {
    let commands = (0..count)
        .map(|n| world.command(crate::Actor::Operator, Action::CreateTask(ticket(&format!("{prefix}-{n}"), &[]))));
    for answer in world.store.commit(commands.collect()).await {
        answer.unwrap();
    }
}

/// The first event that is kept, as a reader with an old cursor is told.
async fn first_kept(world: &World) -> u64 {
    // A step comes after the answers of its batch, and before the next batch: an answer to a refusal tells that it is done.
    let refused = world.act(crate::Actor::Operator, Action::CreateTask(ticket("no", &["nowhere"]))).await;
    assert!(refused.is_err());
    match world.store.events(Seq(0), 1, &EventFilter::default()).await {
        Ok(lines) => lines[0].seq.0,
        Err(StoreError::HistoryGone { first }) => first.0,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_last_ones_are_kept_without_a_gap_and_an_older_cursor_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(&folder.path().join("bus.db"), 100, Duration::ZERO);
    world.create_project("site").await;
    for batch in 0..40 {
        world.pass(Duration::from_secs(1));
        write(&world, 50, &format!("T{batch}")).await;
    }
    let (last, first) = (world.seq().await.0, first_kept(&world).await);
    assert!(first <= last - 99, "one of the last hundred has gone: {first} of {last}");
    assert!(last - first <= 100 + 3 * 256, "too many are kept: {first} to {last}");
    let lines = world.store.events(Seq(first - 1), usize::MAX, &EventFilter::default()).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.seq.0).collect::<Vec<_>>(), (first..=last).collect::<Vec<_>>());
    let gone = world.store.events(Seq(first - 2), 1, &EventFilter::default()).await;
    assert_eq!(gone, Err(StoreError::HistoryGone { first: Seq(first) }));
    assert_eq!(world.task("T0-0").await.revision.0, 1, "resources stay");
}

#[tokio::test]
async fn what_is_young_stays_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let world = open(&folder.path().join("bus.db"), 10, Duration::from_secs(60));
    world.create_project("site").await;
    for batch in 0..20 {
        write(&world, 50, &format!("T{batch}")).await;
    }
    assert_eq!(first_kept(&world).await, 1);
    world.pass(Duration::from_secs(61));
    write(&world, 256, "late").await;
    assert!(first_kept(&world).await > 1, "nothing has gone");
}

#[tokio::test]
async fn a_backlog_of_a_longer_retention_shrinks_as_new_events_come() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let world = open(&path, 1_000_000, Duration::ZERO);
    world.create_project("site").await;
    for batch in 0..10 {
        write(&world, 200, &format!("T{batch}")).await;
    }
    drop(world);
    let world = open(&path, 10, Duration::ZERO);
    world.pass(Duration::from_secs(1));
    let before = first_kept(&world).await;
    write(&world, 256, "one").await;
    let one_step = first_kept(&world).await;
    assert_eq!((before, one_step), (1, 513), "a step is bounded");
}
