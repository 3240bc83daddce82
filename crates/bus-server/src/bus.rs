//! What every handler works with: the store, the clock, and what this process alone knows.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{ResourceKind, Timestamp};
use go_bus_store::{Actor, Command, Document, Lease, Query, QueryAnswer, Receipt, Reject, Store, StoreError};
use go_clock::{Boottime, Clock, Sleep};
use tokio::sync::{Notify, Semaphore, watch};

use crate::config::Config;
use crate::connection::turned;
use crate::denials::Denials;
use crate::lease::Desk;
use crate::liveness::Liveness;
use crate::metrics::Metrics;
use crate::permits::Permits;
use crate::problems::Refusal;
use crate::roles::Roles;
use crate::routes;

/// A cheap handle to the one Bus of this process.
#[derive(Clone)]
pub(crate) struct Bus(Arc<Inner>);

/// What is behind a [`Bus`].
pub(crate) struct Inner {
    /// The truth and the rules.
    pub(crate) store: Arc<dyn Store>,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
    /// The settings.
    pub(crate) config: Config,
    /// The timers, and the lease as last seen.
    pub(crate) liveness: Liveness,
    /// Standbys and the holder's session.
    pub(crate) desk: Desk,
    /// What each route needs of a role.
    pub(crate) permits: Permits,
    /// The roles, as [`crate::roles`] keeps them.
    pub(crate) roles: Roles,
    /// What RBAC would have blocked of late.
    pub(crate) denials: Denials,
    /// What this process counts.
    pub(crate) metrics: Metrics,
    /// Rings when a question was asked, here or at another Bus.
    pub(crate) question_asked: Notify,
    /// The places of event streams.
    pub(crate) streams: Arc<Semaphore>,
    /// The places of snapshots under way.
    pub(crate) snapshots: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
}

impl Deref for Bus {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Bus {
    /// A Bus over `store` that ends its streams and waits once `closing` turns true.
    pub(crate) fn new(
        config: Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        grace: Option<Duration>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        let liveness = Liveness::new(go_rules::liveness::agent_silence(config.agent_heartbeat), config.host_ttl);
        let desk = Desk::new(grace, config.limits.standby);
        let places = |most: usize| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        let (streams, snapshots) = (places(config.limits.streams), places(config.limits.snapshots));
        let (permits, roles) = (Permits::of(&routes::operations()), Roles::default());
        let (denials, metrics, question_asked) = (Denials::default(), Metrics::default(), Notify::new());
        Self(Arc::new(Inner {
            store,
            clock,
            config,
            liveness,
            desk,
            permits,
            roles,
            denials,
            metrics,
            question_asked,
            streams,
            snapshots,
            closing,
        }))
    }
}

impl Inner {
    /// The wall clock: what is written down.
    pub(crate) fn wall(&self) -> Timestamp {
        self.clock.wall()
    }

    /// The clock of deadlines.
    pub(crate) fn now(&self) -> Boottime {
        self.clock.boottime()
    }

    /// Completes when the Bus is to end; streams and waits end with it.
    pub(crate) async fn closing(&self) {
        let mut closing = self.closing.clone();
        // A sender that is gone means that the server is gone too.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    /// [`Self::closing`] for those who wait for it again and again.
    pub(crate) fn closing_signal(&self) -> Sleep {
        turned(self.closing.clone())
    }

    /// Commits one command, and lets the timers see what it shows.
    pub(crate) async fn commit(&self, command: Command) -> Result<Receipt, Reject> {
        let began = self.now();
        let Some(answer) = self.store.commit(vec![command]).await.pop() else {
            return Err(StoreError::Engine("no answer to a command".to_owned()).into());
        };
        self.metrics.committed(self.now().since(began));
        let receipt = answer?;
        self.liveness.see_receipt(&receipt, self.now());
        Ok(receipt)
    }

    /// Commits something of the Bus's own.
    pub(crate) async fn commit_own(&self, action: go_bus_store::Action) -> Result<Receipt, Reject> {
        self.commit(Command::of_bus(self.wall(), action)).await
    }

    /// One resource, `None` where it is not there.
    pub(crate) async fn find(&self, kind: ResourceKind, id: &str) -> Result<Option<Document>, StoreError> {
        match self.store.read(Query::One(kind, id.to_owned())).await? {
            QueryAnswer::One(found) => Ok(found),
            _ => Err(wrong_answer()),
        }
    }

    /// One resource, or 404.
    pub(crate) async fn one(&self, kind: ResourceKind, id: &str) -> Result<Document, Refusal> {
        let found = self.find(kind, id).await?;
        found.ok_or_else(|| Reject::missing(kind, id).into())
    }

    /// The lease's row, which the timers see too.
    pub(crate) async fn lease(&self) -> Result<Lease, StoreError> {
        match self.store.read(Query::Lease).await? {
            QueryAnswer::Lease(lease) => {
                self.liveness.see_lease(&lease, self.now());
                Ok(lease)
            }
            _ => Err(wrong_answer()),
        }
    }

    /// Whether `actor` owns the lease: it belongs to the token that acquired it.
    pub(crate) fn owns(actor: &Actor, lease: &Lease) -> bool {
        match actor {
            Actor::Agent { id, .. } => lease.agent.as_ref() == Some(id),
            Actor::Operator => lease.agent.is_none(),
            Actor::Shim { .. } | Actor::Bus => false,
        }
    }
}

/// The store answered another question: a defect of the engine.
pub(crate) fn wrong_answer() -> StoreError {
    StoreError::Corrupt("the answer is to another question".to_owned())
}
