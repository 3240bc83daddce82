//! A storage that can't be written for a while: writes are refused with 503, reads go on, and then writes do too.

#![expect(clippy::unwrap_used, reason = "a test's way to say that a step failed")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::Seq;
use go_bus_store::{
    Command, EventFilter, EventLine, Policy, Query, QueryAnswer, Receipt, Reject, SqliteStore, Store, StoreError,
};
use go_clock::SystemClock;
use serde_json::json;
use support::{TestBus, start_on};
use tokio::sync::watch;

/// What its writes come to.
#[derive(Debug, Clone)]
enum Mood {
    Well,
    Failing(StoreError),
    Hanging,
}

/// A store whose writes fail as the test says.
struct Moody {
    store: SqliteStore,
    mood: Mutex<Mood>,
}

#[async_trait]
impl Store for Moody {
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>> {
        let mood = self.mood.lock().unwrap().clone();
        match mood {
            Mood::Well => self.store.commit(commands).await,
            Mood::Failing(error) => commands.iter().map(|_| Err(Reject::Store(error.clone()))).collect(),
            Mood::Hanging => std::future::pending().await,
        }
    }

    async fn read(&self, query: Query) -> Result<QueryAnswer, StoreError> {
        self.store.read(query).await
    }

    async fn snapshot(&self) -> Result<go_bus_store::Snapshot, StoreError> {
        self.store.snapshot().await
    }

    async fn events(&self, after: Seq, limit: usize, filter: &EventFilter) -> Result<Vec<EventLine>, StoreError> {
        self.store.events(after, limit, filter).await
    }

    fn wake(&self) -> watch::Receiver<Seq> {
        self.store.wake()
    }

    fn batches(&self) -> go_bus_store::Batches {
        self.store.batches()
    }
}

async fn moody() -> (TestBus, Arc<Moody>) {
    let store =
        Arc::new(Moody { store: SqliteStore::in_memory(Policy::default()).unwrap(), mood: Mutex::new(Mood::Well) });
    let data = tempfile::tempdir().unwrap();
    let bus = start_on(store.clone(), Arc::new(SystemClock), data, |config| {
        config.limits.request = Duration::from_millis(200);
    })
    .await;
    (bus, store)
}

#[tokio::test]
async fn a_full_disk_and_a_read_only_one_are_told_apart_and_survived() {
    let (bus, store) = moody().await;
    bus.api.project("p").await;
    let words = || "/secret/bus.db".to_owned();
    for (error, told) in [
        (StoreError::Full(words()), "full"),
        (StoreError::ReadOnly(words()), "read-only"),
        (StoreError::Unwritable(words()), "no writes"),
    ] {
        *store.mood.lock().unwrap() = Mood::Failing(error);
        let answer = bus.api.post("/tasks", json!({"project": "p", "title": "t"})).await;
        let problem = answer.refused(503, "storage-unavailable");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(told) && !detail.contains("secret"), "{detail}");
        assert_eq!(answer.header("retry-after"), Some("1"));
        bus.api.get("/projects/p").await.expect(200);
        bus.api.get("/snapshot").await.expect(200);
        bus.api.stream("/events/stream?after=0").await.event().await;
        *store.mood.lock().unwrap() = Mood::Well;
        bus.api.task("p").await;
    }
}

#[tokio::test]
async fn a_storage_that_hangs_holds_no_client_for_ever() {
    let (bus, store) = moody().await;
    bus.api.project("p").await;
    *store.mood.lock().unwrap() = Mood::Hanging;
    let answer = bus.api.post("/tasks", json!({"project": "p", "title": "t"})).await;
    answer.refused(503, "storage-unavailable");
    bus.api.get("/projects/p").await.expect(200);
    *store.mood.lock().unwrap() = Mood::Well;
    bus.api.task("p").await;
}
