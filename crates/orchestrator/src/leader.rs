//! A tick of the leader: plan, then perform all of it, folding each answer into the World at once.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use go_bus_api::{Resource, ResourceKind};
use go_bus_client::{BusError, Changes};
use go_clock::{Boottime, Clock};
use go_lease::{Lease, Lost, Returns};

use crate::act::{AT_ONCE, perform, stages};
use crate::action::Action;
use crate::answer::{Meaning, meaning};
use crate::chronicle::ChronicleDesk;
use crate::decide::plan;
use crate::follow::Follower;
use crate::handoff::{HandoffDesk, HandoffDocument};
use crate::plan_view::PlanView;
use crate::policy::Policy;
use crate::retries::{Retries, Tried};

/// What a leader holds while it leads.
#[derive(Debug)]
pub(crate) struct Leader<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) lease: &'a Lease,
    /// The keeper of the lease hears first that the Bus is back.
    pub(crate) returns: Returns,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) follower: &'a mut Follower,
    pub(crate) view: &'a mut PlanView,
    pub(crate) retries: Retries,
    pub(crate) handoff: HandoffDesk,
    pub(crate) chronicle: ChronicleDesk,
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
        self.follower.observe_activation();
        let planned = plan(self.policy, self.follower.world(), self.view, &self.follower.memory, wall);
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
        if let Err(lost) = self.lease.client() {
            return Some(untrusted_or_lost(lost));
        }
        let lease = self.lease;
        let one = |action: Action| async move {
            // Asked for anew each time: the trust grows while a long stage is performed.
            let answer = match lease.client() {
                Ok(bus) => perform(&action, &bus).await,
                Err(_) => Err(BusError::Expired),
            };
            (action, answer)
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
        if let Action::Assign { task, .. } = action {
            self.follower.note_start(task);
        }
        // A sprint's end brings pushes, of which the answer says nothing: the events tell of them first, and of the end after them.
        if !matches!(action, Action::CloseSprint { .. }) {
            self.follower.apply(resource);
        }
        self.handoff.decided.note(action, self.clock.wall());
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
            // A trust that was over for a moment only is no loss.
            Meaning::Expired => match self.lease.client() {
                Ok(_) => Tried::Soon,
                Err(lost) => return Some(untrusted_or_lost(lost)),
            },
            Meaning::NotLeader => {
                // The keeper tells a trust that may come back from a lease that is lost.
                return Some(self.lease.client().map_or_else(untrusted_or_lost, |_| Ticked::Lost(Lost::Superseded)));
            }
        };
        self.retries.note(action.key(), tried, self.clock.boottime());
        None
    }

    /// Takes note of what the feed has brought.
    pub(crate) fn observe(&mut self, changes: &Changes) {
        if changes.reset {
            self.view.unsettle();
        }
        if changes.reset || !changes.items.is_empty() {
            self.handoff.touch(self.clock.boottime());
        }
        if changes.reset || changes.items.iter().any(|change| change.resource == ResourceKind::Sprint) {
            self.chronicle.touch(self.clock.boottime());
        }
    }

    /// The handoff as it would be now.
    pub(crate) fn document(&self) -> HandoffDocument {
        let (world, cursor, epoch) = (self.follower.world(), self.follower.seq(), self.lease.epoch());
        HandoffDocument::of(world, cursor, epoch, &self.policy.limits, self.clock.wall())
    }
}

fn untrusted_or_lost(lost: Lost) -> Ticked {
    match lost {
        Lost::TrustOver => Ticked::Untrusted,
        lost => Ticked::Lost(lost),
    }
}
