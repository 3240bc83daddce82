//! Following the Bus from registration on: whoever gets the lease has a World that is up to date already (R3).

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Epoch, Resource, Seq, TaskId};
use go_bus_client::{BusClient, BusError, Changes, Feed, FeedError, SubscribeError, World};
use go_clock::Clock;
use go_rules::mutation::{Mutation, is_on};

use crate::activation::BootstrapFailed;
use crate::horizon::{Horizon, Past};
use crate::memory::Memory;

/// How long to wait before the feed is started anew.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the beginning of one's own epoch may be under way before the events are asked for on another connection.
const SOON: Duration = Duration::from_millis(25);

/// The longest that they may be under way before that: a Bus that is slow, or far away, gets to tell them on one connection in the end.
const LATE: Duration = Duration::from_secs(10);

/// The Bus does not take this instance's token any more.
#[derive(Debug)]
pub(crate) struct TokenVoid;

/// The mirror of the Bus, and what is remembered of what it showed. It outlives tenures: a leader's is its next standby's.
#[derive(Debug)]
pub(crate) struct Follower {
    bus: BusClient,
    clock: Arc<dyn Clock>,
    feed: Feed,
    horizon: Horizon,
    /// What GO remembers.
    pub(crate) memory: Memory,
}

impl Follower {
    /// Begins to follow, as long as that takes; fails only where the Bus does not take the token. To be called before a bid: then
    /// the beginning of the epoch that it brings is among the events to come.
    pub(crate) async fn start(bus: &BusClient, clock: &Arc<dyn Clock>) -> Result<Self, TokenVoid> {
        let feed = start_feed(bus, clock).await?;
        let mut memory = Memory::default();
        memory.recall(feed.world());
        Ok(Self { bus: bus.clone(), clock: Arc::clone(clock), feed, horizon: Horizon::before_any_bid(), memory })
    }

    /// The client that it follows with: not fenced.
    pub(crate) fn bus(&self) -> &BusClient {
        &self.bus
    }

    /// The state as of the last event.
    pub(crate) fn world(&self) -> &World {
        self.feed.world()
    }

    /// Takes note of how far activation is.
    pub(crate) fn observe_activation(&mut self) {
        self.memory.activation.observe(self.feed.world());
    }

    /// Whether the bootstrap skill has failed.
    pub(crate) fn bootstrap_failure(&self) -> Option<BootstrapFailed> {
        self.memory.activation.failure(self.feed.world())
    }

    /// The last event.
    pub(crate) fn seq(&self) -> Seq {
        self.feed.seq()
    }

    /// Takes note of whose turn an assignment uses, before its answer is folded in.
    pub(crate) fn note_start(&mut self, task: &TaskId) {
        let world = self.feed.world();
        let Some(task) = world.task(task) else { return };
        if let Some(project) = world.project(&task.project) {
            self.memory.turns.note(project, task);
        }
    }

    /// Folds in the answer of a write of one's own.
    pub(crate) fn apply(&mut self, resource: Resource) {
        self.feed.apply(resource);
    }

    /// Waits for events and takes note of them. May be dropped and called again at any time.
    pub(crate) async fn next(&mut self) -> Result<Changes, FeedError> {
        let changes = self.feed.next().await?;
        if changes.reset {
            self.horizon = Horizon::of_a_snapshot();
        }
        changes.others.iter().for_each(|event| self.horizon.note(event));
        self.memory.observe(self.feed.world(), &changes);
        Ok(changes)
    }

    /// Connects at once where it may be waiting for its next try: the Bus is back.
    pub(crate) fn reconnect(&mut self) {
        self.feed.reconnect();
    }

    /// Takes a new snapshot, as long as that takes.
    pub(crate) async fn begin_anew(&mut self) -> Result<(), TokenVoid> {
        self.feed = start_feed(&self.bus, &self.clock).await?;
        self.horizon = Horizon::of_a_snapshot();
        self.memory.recall(self.feed.world());
        Ok(())
    }

    /// Takes a new snapshot, where the Bus gives one now.
    pub(crate) async fn look_again(&mut self) -> Result<(), FeedError> {
        self.feed = Feed::start(self.bus.clone(), Arc::clone(&self.clock)).await?;
        self.horizon = Horizon::of_a_snapshot();
        self.memory.recall(self.feed.world());
        Ok(())
    }

    /// What a standby does while it waits: it takes note of what happens, and decides nothing. Completes only when the Bus does not
    /// take the token any more. May be dropped and called again at any time.
    pub(crate) async fn keep_up(&mut self) -> TokenVoid {
        loop {
            if let Err(error) = self.next().await {
                tracing::warn!(%error, "the events broke off; following anew");
                if let Err(void) = self.begin_anew().await {
                    return void;
                }
            }
        }
    }

    /// Waits until everything that happened before `epoch` is in the World: until one's own acquisition of it has been seen.
    pub(crate) async fn catch_up(&mut self, epoch: Epoch) -> Result<(), TokenVoid> {
        if is_on(Mutation::ActBeforeCaughtUp) {
            return Ok(());
        }
        let mut patience = SOON;
        loop {
            match self.horizon.before(epoch) {
                Past::Seen => return Ok(()),
                // Asked for after the grant, a snapshot has it all.
                Past::Unknown => return self.begin_anew().await,
                Past::ToCome => {}
            }
            let clock = Arc::clone(&self.clock);
            tokio::select! {
                biased;
                next = self.next() => if next.is_err() {
                    return self.begin_anew().await;
                },
                // A connection that fell silent would tell only much later that it is dead.
                () = clock.sleep(patience) => {
                    self.feed.reconnect();
                    patience = patience.saturating_mul(2).min(LATE);
                }
            }
        }
    }
}

/// Starts a feed, as long as it takes; fails only where the Bus does not take the token.
async fn start_feed(bus: &BusClient, clock: &Arc<dyn Clock>) -> Result<Feed, TokenVoid> {
    loop {
        match Feed::start(bus.clone(), Arc::clone(clock)).await {
            Ok(feed) => return Ok(feed),
            Err(error) if is_unauthorized(&error) => return Err(TokenVoid),
            Err(error) => tracing::warn!(%error, "the Bus can't be followed yet"),
        }
        clock.sleep(PAUSE).await;
    }
}

fn is_unauthorized(error: &FeedError) -> bool {
    matches!(error, FeedError::Snapshot(BusError::Unauthorized(_)) | FeedError::Events(SubscribeError::Unauthorized(_)))
}
