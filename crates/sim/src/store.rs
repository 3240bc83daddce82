//! The Bus's store as it stands on a disk that may ail, with whoever watches looking on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use go_bus_api::Seq;
use go_bus_store::{
    Action, Command, EventFilter, EventLine, Query, QueryAnswer, Receipt, Reject, Snapshot, SqliteStore, Store,
    StoreError,
};
use go_clock::Clock;
use tokio::sync::{Mutex, watch};

use crate::clock::NodeClock;
use crate::ground::Ground;
use crate::{Node, Seen};

/// More events than one commit has.
const MANY: usize = 10_000;

/// SQLite on the caller's thread, and what ails its disk.
pub(crate) struct WatchedStore {
    store: SqliteStore,
    ground: Arc<Ground>,
    clock: NodeClock,
    /// A disk does one thing after the other.
    turn: Mutex<()>,
}

impl WatchedStore {
    pub(crate) fn new(store: SqliteStore, ground: Arc<Ground>) -> Self {
        let clock = ground.clock(Node::Bus);
        Self { store, ground, clock, turn: Mutex::new(()) }
    }

    /// Takes half of what the disk takes longer: so a crash may come before the write or between it and its answer.
    async fn dawdle(&self) {
        let half = self.ground.disk.slower_by() / 2;
        if !half.is_zero() {
            self.clock.sleep(half).await;
        }
    }

    async fn tell(&self, before: Seq, commands: &[Command], answers: &[Result<Receipt, Reject>]) {
        for (command, answer) in commands.iter().zip(answers) {
            if let (Action::Spawn(_), Ok(Receipt { document: Some(document), .. })) = (&command.action, answer)
                && let Ok(agent) = serde_json::from_str(&document.json)
            {
                self.ground.note_spawned(&agent);
            }
        }
        let events = self.store.events(before, MANY, &EventFilter::default()).await.unwrap_or_default();
        self.ground.see(&Seen::Committed { commands, answers, events: &events });
    }
}

#[async_trait]
impl Store for WatchedStore {
    async fn commit(&self, commands: Vec<Command>) -> Vec<Result<Receipt, Reject>> {
        let _turn = self.turn.lock().await;
        self.dawdle().await;
        if self.ground.disk.is_full.load(Ordering::Relaxed) {
            let full = || Err(Reject::Store(StoreError::Full("the simulated disk is full".to_owned())));
            return commands.iter().map(|_| full()).collect();
        }
        let before = *self.store.wake().borrow();
        let answers = self.store.commit(commands.clone()).await;
        self.tell(before, &commands, &answers).await;
        self.dawdle().await;
        answers
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
