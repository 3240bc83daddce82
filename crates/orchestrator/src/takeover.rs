//! From one leader to the next: what is looked at before the first act of a tenure, and left after its last (R3, R4).

use go_bus_api::Epoch;

use crate::activation::Activation;
use crate::chronicle::LastWrites;
use crate::config::GoConfig;
use crate::follow::{Follower, TokenVoid};
use crate::handoff::{self, HandoffDocument};
use crate::leader::Leader;
use crate::plan_desk::PlanDesk;
use crate::plan_view::PlanView;
use crate::rest::Rest;
use crate::stewards;

/// Gets ready for the first act under `epoch`: the World has everything that happened before it, the predecessor's handoff is
/// read, and the plan is as it is on disk now. All at once, for the work waits meanwhile.
pub(crate) async fn get_ready(
    config: &GoConfig,
    follower: &mut Follower,
    epoch: Epoch,
    desk: &mut Option<(PlanDesk, PlanView)>,
) -> Result<Option<HandoffDocument>, TokenVoid> {
    let bus = follower.bus().clone();
    let handoff = handoff::read(&bus, config.handoff_file.clone(), epoch);
    let reread = async {
        if let Some((desk, view)) = desk {
            // What the predecessor left half done shows only where the Bus is compared with the whole plan.
            view.unsettle();
            if let Some(plan) = desk.reread().await {
                view.replace(plan, &config.policy);
            }
        }
    };
    let refreshed = stewards::refresh(config.steward.as_ref());
    let (caught_up, handoff, (), ()) = tokio::join!(follower.catch_up(epoch), handoff, reread, refreshed);
    caught_up?;
    let activation = config.steward.as_ref().map(|steward| Activation::of(&steward.library()));
    follower.memory.activation = activation.unwrap_or_default();
    greet(handoff.as_ref(), follower);
    Ok(handoff)
}

/// Says where the last leader stood.
fn greet(handoff: Option<&HandoffDocument>, follower: &Follower) {
    let seq = follower.seq();
    match handoff {
        Some(handoff) if handoff.cursor > seq => {
            tracing::warn!(handoff = %handoff.cursor, %seq, "the Bus is older than the handoff; it counts");
        }
        Some(handoff) => tracing::info!(running = handoff.running.len(), from = %handoff.epoch, %seq, "taking over"),
        None => tracing::info!(%seq, "leading; nobody left a handoff"),
    }
}

impl Leader<'_> {
    /// Starts nothing any more while others end what runs, and then looks at what has become of it.
    pub(crate) async fn take_rest(&mut self, rest: Option<&Rest>) {
        let Some(rest) = rest else { return };
        tokio::select! {
            () = rest.take() => {}
            // What can't be written any more is not waited for.
            () = self.lease.overrun() => return,
        }
        if let Err(error) = self.follower.look_again().await {
            tracing::warn!(%error, "what the agents' end changed is not seen");
        }
    }

    /// Leaves everything to whoever comes next: the plan's statuses and the handoff (R4). Answers what is left to write once the lease
    /// is released: where a standby waits for that, it does not wait for the chronicle.
    pub(crate) async fn hand_off(&mut self, desk: Option<&mut PlanDesk>) -> LastWrites {
        let document = self.document();
        let trusted = tokio::select! {
            trusted = self.lease.trusted() => trusted,
            () = self.lease.overrun() => return LastWrites::default(),
        };
        let Ok(bus) = trusted else { return LastWrites::default() };
        let Self { follower, view, handoff, chronicle, lease, clock, .. } = self;
        let world = follower.world();
        let write_plan = async {
            if let (Some(desk), Some(plan)) = (desk, view.plan()) {
                desk.flush(plan.clone(), world).await;
            }
        };
        let write_chronicle = async {
            let left = chronicle.leave(world);
            if !left.is_nothing() && bus.lease().await.is_ok_and(|lease| !lease.standbys.is_empty()) {
                return left;
            }
            chronicle.flush(world, lease, clock).await;
            LastWrites::default()
        };
        let ((), (), left) = tokio::join!(handoff.flush(document, &bus), write_plan, write_chronicle);
        left
    }

    /// Begins to write the handoff, where that is due and this instance may.
    pub(crate) fn write_handoff(&mut self) {
        let (now, epoch) = (self.clock.boottime(), self.lease.epoch());
        let Ok(bus) = self.lease.client() else { return };
        let Self { follower, policy, clock, handoff, .. } = self;
        let make = || HandoffDocument::of(follower.world(), follower.seq(), epoch, &policy.limits, clock.wall());
        handoff.write_if_due(now, &bus, make);
    }
}
