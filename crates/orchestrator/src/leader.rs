//! A tick of the leader: plan, then perform all of it, folding each answer into the World at once.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use go_bus_api::Resource;
use go_bus_client::{BusError, Changes, Feed};
use go_clock::{Boottime, Clock};
use go_lease::{Lease, Lost};

use crate::act::{AT_ONCE, perform, stages};
use crate::action::Action;
use crate::answer::{Meaning, meaning};
use crate::decide::plan;
use crate::memory::Memory;
use crate::plan_view::PlanView;
use crate::policy::Policy;
use crate::retries::{Retries, Tried};

/// What a leader holds while it leads.
#[derive(Debug)]
pub(crate) struct Leader<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) lease: &'a Lease,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) feed: Feed,
    pub(crate) view: PlanView,
    pub(crate) memory: Memory,
    pub(crate) retries: Retries,
}

/// What came of a tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ticked {
    /// Something was tried: look again.
    Acted,
    /// There was nothing to do; what waits for its retry is due at `next`.
    Idle {
        /// When that is.
        next: Option<Boottime>,
    },
    /// The lease is not trusted just now; nothing may be begun.
    Untrusted,
    /// This instance leads no more.
    Lost(Lost),
    /// The Bus does not take its token any more.
    Unauthorized,
}

impl Leader<'_> {
    /// Plans on the World as it is, and performs what is due: all of a stage at once.
    pub(crate) async fn tick(&mut self) -> Ticked {
        let (wall, now) = (self.clock.wall(), self.clock.boottime());
        let planned = plan(self.policy, self.feed.world(), &self.view, &self.memory, wall);
        if !planned.iter().any(|action| matches!(action, Action::Change(_))) {
            self.view.settle();
        }
        let admitted = self.retries.admit(planned, now);
        if admitted.due.is_empty() {
            return Ticked::Idle { next: admitted.next };
        }
        for stage in stages(admitted.due) {
            if let Some(over) = self.perform_all(stage).await {
                return over;
            }
        }
        Ticked::Acted
    }

    /// Performs a stage; tells where it ends the tick.
    async fn perform_all(&mut self, stage: Vec<Action>) -> Option<Ticked> {
        let bus = match self.lease.client() {
            Ok(bus) => bus,
            Err(Lost::TrustOver) => return Some(Ticked::Untrusted),
            Err(lost) => return Some(Ticked::Lost(lost)),
        };
        let one = |action: Action| {
            let bus = bus.clone();
            async move {
                let answer = perform(&action, &bus).await;
                (action, answer)
            }
        };
        let mut answers = stream::iter(stage.into_iter().map(one)).buffer_unordered(AT_ONCE);
        let mut over = None;
        while let Some((action, answer)) = answers.next().await {
            let ends = match answer {
                Ok(resource) => {
                    self.take(&action, resource);
                    None
                }
                Err(error) => self.refused(&action, &error),
            };
            over = over.or(ends);
        }
        over
    }

    fn take(&mut self, action: &Action, resource: Resource) {
        tracing::info!(%action, "done");
        if let Action::Assign { project, .. } = action
            && let Some(project) = self.feed.world().project(project)
        {
            self.memory.turns.take(project);
        }
        self.feed.apply(resource);
        self.retries.note(action.key(), Tried::Taken, self.clock.boottime());
    }

    fn refused(&mut self, action: &Action, error: &BusError) -> Option<Ticked> {
        let tried = match meaning(action, error) {
            Meaning::AlreadySo => {
                tracing::debug!(%action, %error, "it is so already");
                Tried::Soon
            }
            Meaning::Retry(tried) => {
                tracing::warn!(%action, %error, "not done; it is tried again");
                tried
            }
            Meaning::Unauthorized => return Some(Ticked::Unauthorized),
            Meaning::NotLeader => {
                // The keeper tells a trust that may come back from a lease that is lost.
                return Some(match self.lease.client() {
                    Ok(_) => Ticked::Lost(Lost::Superseded),
                    Err(Lost::TrustOver) => Ticked::Untrusted,
                    Err(lost) => Ticked::Lost(lost),
                });
            }
        };
        self.retries.note(action.key(), tried, self.clock.boottime());
        None
    }

    /// Takes note of what the feed has brought.
    pub(crate) fn observe(&mut self, changes: &Changes) {
        self.memory.observe(self.feed.world(), changes);
        if changes.reset {
            self.view.unsettle();
        }
    }
}
