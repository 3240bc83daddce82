//! The engine without threads.

use std::sync::Arc;

use async_trait::async_trait;
use go_bus_api::Seq;
use tempfile::TempDir;
use tokio::sync::watch;

use super::super::SqliteStore;
use crate::conformance::world::World;
use crate::{
    Command, EventFilter, EventLine, Policy, Query, QueryAnswer, Receipt, Reject, Snapshot, Store, StoreError,
    for_each_property,
};

/// Its file goes with it.
struct Scratch {
    store: SqliteStore,
    _folder: TempDir,
}

#[async_trait]
impl Store for Scratch {
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>> {
        self.store.commit(commands).await
    }
    async fn read(&self, query: Query) -> Result<QueryAnswer, StoreError> {
        self.store.read(query).await
    }
    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.store.snapshot().await
    }
    async fn events(&self, after: Seq, limit: usize, filter: &EventFilter) -> Result<Vec<EventLine>, StoreError> {
        self.store.events(after, limit, filter).await
    }
    fn wake(&self) -> watch::Receiver<Seq> {
        self.store.wake()
    }
}

fn make(policy: Policy) -> Arc<dyn Store> {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::inline(folder.path().join("bus.db"), policy).unwrap();
    Arc::new(Scratch { store, _folder: folder })
}

#[tokio::test]
async fn who_opens_the_file_again_finds_everything_and_nobody_else_was_at_it() {
    let folder = tempfile::tempdir().unwrap();
    let open = || World::over(Arc::new(SqliteStore::inline(folder.path().join("bus.db"), Policy::default()).unwrap()));
    let world = open();
    world.create_project("site").await;
    let (before, seq) = (world.ticket("T-1", &[]).await, world.seq().await);
    assert_eq!(*world.store.wake().borrow(), seq);
    drop(world);
    let world = open();
    assert_eq!((world.task("T-1").await, world.seq().await), (before, seq));
    assert_eq!(world.store.snapshot().await.unwrap().seq(), seq);
}

macro_rules! one_test_each {
    ($($module:ident :: $name:ident),* $(,)?) => {
        $(mod $name {
            #[tokio::test]
            async fn holds() {
                crate::conformance::$module::$name(&super::make).await;
            }
        })*
    };
}

for_each_property!(one_test_each);
