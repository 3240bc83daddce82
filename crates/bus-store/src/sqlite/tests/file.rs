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
    let last_seq = super::super::tx::last_seq(&connection).unwrap();
    let news = super::super::writer::News::after_event(last_seq);
    let writer =
        super::super::writer::Writer::start(connection, &path, Policy::default(), news, Default::default()).unwrap();
    let world = World::over(Arc::new(SqliteStore::in_memory(Policy::default()).unwrap()));
    let readers = super::super::reader::Readers::new(path);
    let mut last = None;
    for number in 0..200 {
        let command = world.command(Actor::Operator, Action::CreateTask(ticket(&format!("T-{number}"), &[])));
        last = writer.commit(vec![command]).await.unwrap().pop();
        if !matches!(last, Some(Ok(_))) {
            break;
        }
    }
    assert!(matches!(last, Some(Err(Reject::Store(StoreError::Full(_))))), "{last:?}");
    let query = Query::One(ResourceKind::Project, "site".to_owned());
    let read = readers.with(|connection| super::super::select::answer(connection, &query));
    assert!(matches!(read, Ok(QueryAnswer::One(Some(_)))), "{read:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let text = "this is no database, however long it may be".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = SqliteStore::open(&path, Policy::default()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
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

#[tokio::test]
async fn one_store_has_a_file_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let first = SqliteStore::open(&path, Policy::default()).unwrap();
    assert_eq!(SqliteStore::open(&path, Policy::default()).unwrap_err(), StoreError::InUse);
    drop(first);
    assert!(SqliteStore::open(&path, Policy::default()).is_ok());
}

/// A database with a torn page, as a power cut on a lying disk leaves it; and a copy of its bytes.
async fn torn(path: &std::path::Path) -> Vec<u8> {
    let world = open(path);
    world.create_project("site").await;
    for number in 0..200 {
        world.ticket(&format!("T-{number}"), &[]).await;
    }
    drop(world);
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 3 * 4096].fill(0xa5);
    std::fs::write(path, &bytes).unwrap();
    bytes
}

#[tokio::test]
async fn a_clean_end_leaves_no_log_and_the_next_start_checks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    torn(&path).await;
    assert!(!folder.path().join("bus.db-wal").exists(), "the log was not brought over");
    assert!(SqliteStore::open(&path, Policy::default()).is_ok(), "it was checked without a reason");
}

#[tokio::test]
async fn damage_is_found_after_an_unclean_end_and_the_file_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.db");
    let bytes = torn(&path).await;
    std::fs::write(folder.path().join("bus.db-wal"), "").unwrap();
    let error = SqliteStore::open(&path, Policy::default()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}
