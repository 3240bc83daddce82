//! What the file keeps, and what happens where it can't be written.

use std::sync::Arc;

use go_bus_api::{Epoch, ResourceKind};

use crate::conformance::world::{World, acquire, ticket};
use crate::{Action, Actor, Policy, Query, QueryAnswer, Reject, SqliteStore, StoreError};

fn open(path: &std::path::Path) -> World {
    World::over(Arc::new(SqliteStore::open(path, Policy::default()).unwrap()))
}

#[tokio::test]
async fn a_reopened_file_has_everything_and_goes_on_counting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let world = open(&path);
    world.create_project("site").await;
    world.done(Action::AcquireLease(acquire("go-1"))).await;
    let before = world.ticket("T-1", &[]).await;
    let seq = world.seq().await;
    drop(world);

    let world = open(&path);
    assert_eq!(*world.store.wake().borrow(), seq);
    assert_eq!((world.seq().await, world.task("T-1").await), (seq, before));
    assert_eq!((world.lease().await.epoch, world.lease().await.holder.is_some()), (Epoch(1), true));
    world.ticket("T-2", &["T-1"]).await;
    let seqs: Vec<u64> = world.events().await.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, (1..=seq.0 + 1).collect::<Vec<_>>());
    let agents = world.store.read(Query::List(ResourceKind::Agent, Default::default())).await;
    assert!(matches!(agents, Ok(QueryAnswer::List(listing)) if listing.items.len() == 3), "the fixed three, once");
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_reads_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let store = SqliteStore::open(&path, Policy::default()).unwrap();
    let world = World::over(Arc::new(store));
    world.create_project("site").await;
    drop(world);
    let connection = super::super::schema::open(&path, super::super::Durability::Full).unwrap();
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages).unwrap();
    let (wake, _) = tokio::sync::watch::channel(super::super::tx::last_seq(&connection).unwrap());
    let writer = super::super::writer::Writer::start(connection, &path, Policy::default(), wake).unwrap();
    let world = open(&path);
    let mut last = None;
    for number in 0..200 {
        let command = world.command(Actor::Operator, Action::CreateTask(ticket(&format!("T-{number}"), &[])));
        let (answer, answered) = tokio::sync::oneshot::channel();
        assert!(writer.send(super::super::writer::Job { commands: vec![command], answer }).await);
        last = answered.await.unwrap().pop();
        if !matches!(last, Some(Ok(_))) {
            break;
        }
    }
    assert!(matches!(last, Some(Err(Reject::Store(StoreError::Unwritable(_))))), "{last:?}");
    assert_eq!(world.site().await.id.as_str(), "site");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_engine_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    std::fs::write(&path, "this is no database, however long it may be".repeat(100)).unwrap();
    let error = SqliteStore::open(&path, Policy::default()).unwrap_err();
    assert!(matches!(error, StoreError::Engine(_)), "{error:?}");
    let nowhere = folder.path().join("no/such/folder/bus.db");
    assert!(SqliteStore::open(nowhere, Policy::default()).is_err());
}

#[tokio::test]
async fn a_scratch_store_leaves_nothing_behind() {
    let store = SqliteStore::in_memory(Policy::default()).unwrap();
    let folder = store._scratch.as_ref().unwrap().path().to_owned();
    let world = World::over(Arc::new(store));
    world.create_project("site").await;
    assert!(folder.join("bus.db").exists());
    drop(world);
    assert!(!folder.exists());
}
