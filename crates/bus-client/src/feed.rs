//! A World that follows the Bus: a snapshot, and the events after it.

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt};
use go_bus_api::{Event, EventKind, Resource, ResourceKind, Seq};
use go_clock::Clock;
use go_rules::backoff::Backoff;

use crate::subscribe::Away;
use crate::{BusClient, BusError, Scope, SubscribeError, Subscription, World};

/// The most events that one call of [`Feed::next`] applies, so that its caller gets to act under any load.
const BATCH: usize = 4096;

/// What ends a feed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeedError {
    /// No snapshot could be had.
    #[error("no snapshot of the Bus: {0}")]
    Snapshot(#[from] BusError),
    /// The events ended for good.
    #[error(transparent)]
    Events(#[from] SubscribeError),
}

/// One resource that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of resource.
    pub resource: ResourceKind,
    /// Its id.
    pub id: String,
    /// What happened to it.
    pub event: EventKind,
    /// The event's place in the log.
    pub seq: Seq,
}

/// What came of one [`Feed::next`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// The World was made anew from a snapshot: anything may have changed.
    pub reset: bool,
    /// The resources that events were about, in the order of the events; one that changed twice is there twice, and one that
    /// [`Feed::apply`] had folded in before is there too.
    pub items: Vec<Change>,
    /// Events that are about no resource of the World: `lease.*`, `handoff.written`, custom kinds and the like.
    pub others: Vec<Event>,
}

impl Changes {
    /// How many events these are.
    pub fn len(&self) -> usize {
        self.items.len().saturating_add(self.others.len())
    }

    /// Whether there was neither an event nor a new snapshot.
    pub fn is_empty(&self) -> bool {
        !self.reset && self.len() == 0
    }

    fn note(&mut self, event: Event) {
        let resource = event.subject.as_ref().and_then(|subject| subject.resource());
        match resource.filter(|(_, id)| event.kind.is_reserved() && !id.contains('/')) {
            Some((resource, id)) => {
                let id = id.to_owned();
                self.items.push(Change { resource, id, event: event.kind, seq: event.seq });
            }
            None => self.others.push(event),
        }
    }
}

/// A [`World`] that follows the Bus.
#[derive(Debug)]
pub struct Feed {
    client: BusClient,
    scope: Scope,
    world: World,
    seq: Seq,
    source: Source,
    away: Away,
}

/// Where the next events come from.
#[derive(Debug)]
enum Source {
    /// A new snapshot has to be taken first.
    Due,
    Live(Subscription),
    Ended(SubscribeError),
}

impl Feed {
    /// Takes a snapshot and subscribes to the events after it. Here a Bus that is not there is an error after the few tries of
    /// a call; later on it is waited for. `clock` paces every reconnect.
    pub async fn start(client: BusClient, clock: Arc<dyn Clock>) -> Result<Self, FeedError> {
        Self::start_with(client, clock, Scope::Open).await
    }

    /// The same with the tasks of `scope`.
    pub async fn start_with(client: BusClient, clock: Arc<dyn Clock>, scope: Scope) -> Result<Self, FeedError> {
        let client = client.with_clock(clock);
        let mut feed =
            Self { client, scope, world: World::new(scope), seq: Seq(0), source: Source::Due, away: Away::default() };
        let snapshot = feed.client.snapshot_of(scope).await?;
        feed.begin(snapshot);
        Ok(feed)
    }

    /// The state as of the last event applied.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The last event applied.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Folds in the answer of a write of one's own, so that the next look sees it before its event arrives. Whether it was
    /// news.
    pub fn apply(&mut self, resource: Resource) -> bool {
        self.world.apply(resource)
    }

    /// Waits for an event, applies it and all that have arrived with it, and tells what changed. May be dropped and called
    /// again at any time: nothing is lost. After an error every further call fails alike.
    pub async fn next(&mut self) -> Result<Changes, FeedError> {
        let mut changes = Changes::default();
        let first = match &mut self.source {
            Source::Due => return self.renewed().await,
            Source::Ended(error) => return Err(error.clone().into()),
            Source::Live(events) => events.next().await,
        };
        self.take(first, &mut changes);
        while changes.len() < BATCH {
            let Source::Live(events) = &mut self.source else { break };
            let Some(arrived) = events.next().now_or_never() else { break };
            self.take(arrived, &mut changes);
        }
        match &self.source {
            Source::Due if changes.is_empty() => self.renewed().await,
            Source::Ended(error) if changes.is_empty() => Err(error.clone().into()),
            _ => Ok(changes),
        }
    }

    /// Connects anew at once, from the last event applied, where it may be waiting for its next try. For who is told that the
    /// Bus is back.
    pub fn reconnect(&mut self) {
        if matches!(self.source, Source::Live(_)) {
            self.source = self.live();
        }
    }

    /// Applies one item of the subscription.
    fn take(&mut self, item: Option<Result<Event, SubscribeError>>, changes: &mut Changes) {
        match item {
            Some(Ok(event)) => {
                self.seq = event.seq;
                self.world.apply_event(&event);
                changes.note(event);
            }
            // A subscription ends with an error, so `None` is not met; a new snapshot is right in any case.
            Some(Err(SubscribeError::HistoryGone)) | None => self.source = Source::Due,
            Some(Err(error)) => self.source = Source::Ended(error),
        }
    }

    /// Begins anew from a snapshot, however long it takes until the Bus gives one.
    async fn renewed(&mut self) -> Result<Changes, FeedError> {
        let mut failures = 0_u32;
        let snapshot = loop {
            match self.client.snapshot_of(self.scope).await {
                Ok(snapshot) => break snapshot,
                Err(error) if error.is_retryable() => {
                    failures = failures.saturating_add(1);
                    self.client.pause(Backoff::REQUEST.pause(failures, self.client.jitter())).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        self.begin(snapshot);
        Ok(Changes { reset: true, ..Changes::default() })
    }

    fn begin(&mut self, (seq, world): (Seq, World)) {
        (self.seq, self.world) = (seq, world);
        self.source = self.live();
    }

    fn live(&self) -> Source {
        Source::Live(self.client.subscribe_from(self.seq, self.away.clone()))
    }
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests;
