//! One tenure: from the lease's acquisition to its loss, the plan's end or a stop.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use go_clock::{Boottime, Clock};
use go_lease::{Lease, Lost};

use crate::activation::BootstrapFailed;
use crate::chronicle::{ChronicleDesk, LastWrites};
use crate::config::GoConfig;
use crate::finish::{Finished, finished};
use crate::follow::Follower;
use crate::handoff::HandoffDesk;
use crate::leader::{Leader, Ticked};
use crate::plan_desk::PlanDesk;
use crate::plan_view::PlanView;
use crate::retries::Retries;
use crate::stewards;
use crate::takeover::get_ready;
use crate::wait::Woken;

/// How a tenure ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// On purpose: the plan's end, or a stop.
    Finished(Finished),
    /// The lease is lost.
    Lost(Lost),
    /// The Bus does not take this instance's token any more.
    Unauthorized,
    /// Nothing may start.
    Bootstrap(BootstrapFailed),
}

/// Leads until the lease is lost, the plan has ended, or `stop` completes; answers also what is to be written once the lease is released.
pub(crate) async fn lead<S: Future<Output = ()>>(
    config: &GoConfig,
    follower: &mut Follower,
    lease: &Lease,
    clock: &Arc<dyn Clock>,
    desk: &mut Option<(PlanDesk, PlanView)>,
    mut stop: Pin<&mut S>,
) -> (Ended, LastWrites) {
    let mut lost = std::pin::pin!(lease.lost());
    let nothing = LastWrites::default();
    // Nothing has been done yet: whoever ends here leaves nothing, and the predecessor's handoff holds.
    let handed = tokio::select! {
        biased;
        () = &mut stop => return (Ended::Finished(Finished::Stopped), nothing),
        lost = &mut lost => return (Ended::Lost(lost), nothing),
        handed = get_ready(config, follower, lease.epoch(), desk) => handed,
    };
    let Ok(handed) = handed else { return (Ended::Unauthorized, nothing) };
    let mut handoff = HandoffDesk::new(config.lease.heartbeat, config.handoff_file.clone());
    handoff.decided.inherit(handed.map(|handed| handed.decided).unwrap_or_default());
    let (bus, follow_clock) = (follower.bus().clone(), Arc::clone(clock));
    let (policy, clock, retries) = (&config.policy, Arc::clone(clock), Retries::default());
    let mut none = PlanView::none(policy);
    let (mut desk, view) = match desk {
        Some((desk, view)) => (Some(desk), view),
        None => (None, &mut none),
    };
    let (returns, chronicle) = (lease.returns(), ChronicleDesk::new(config.chronicle.clone()));
    let mut leader = Leader { policy, lease, returns, clock, follower, view, retries, handoff, chronicle };
    let ended = tokio::select! {
        ended = leader.run(config.exit_when_done, &mut desk, stop, lost) => ended,
        never = stewards::follow(config.steward.as_ref(), lease, &bus, &follow_clock) => match never {},
    };
    if !matches!(ended, Ended::Finished(_)) {
        return (ended, nothing);
    }
    leader.take_rest(config.rest.as_ref()).await;
    let left = leader.hand_off(desk).await;
    (ended, left)
}

impl Leader<'_> {
    async fn run<S: Future<Output = ()>>(
        &mut self,
        exit_when_done: bool,
        desk: &mut Option<&mut PlanDesk>,
        mut stop: Pin<&mut S>,
        mut lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Ended {
        touch(desk, self.clock.boottime());
        self.handoff.touch(self.clock.boottime());
        self.chronicle.touch(self.clock.boottime());
        loop {
            let ticked = self.tick().await;
            if let Some(failed) = self.follower.bootstrap_failure() {
                return Ended::Bootstrap(failed);
            }
            match &ticked {
                Ticked::Lost(lost) => return Ended::Lost(lost.clone()),
                Ticked::Unauthorized => return Ended::Unauthorized,
                Ticked::Idle { next } if exit_when_done => {
                    if let Some(finished) = self.finished(next.is_none()) {
                        return Ended::Finished(finished);
                    }
                }
                Ticked::Acted => {
                    touch(desk, self.clock.boottime());
                    self.handoff.touch(self.clock.boottime());
                }
                Ticked::Idle { .. } | Ticked::Untrusted => {}
            }
            self.write_plan(desk);
            self.write_chronicle();
            if matches!(ticked, Ticked::Idle { .. }) {
                self.write_handoff();
            }
            match self.wait(&ticked, desk, stop.as_mut(), lost.as_mut()).await {
                Woken::Stop => return Ended::Finished(Finished::Stopped),
                Woken::Lost(lost) => return Ended::Lost(lost),
                Woken::Feed(Ok(changes)) => {
                    self.observe(&changes);
                    touch(desk, self.clock.boottime());
                }
                Woken::Feed(Err(error)) => {
                    tracing::warn!(%error, "the events broke off; following anew");
                    if let Some(ended) = self.follow_anew(stop.as_mut(), lost.as_mut()).await {
                        return ended;
                    }
                }
                Woken::Plan(Some(plan)) => self.view.replace(plan, self.policy),
                Woken::Chronicle(written) => {
                    self.chronicle.take(written, self.clock.boottime());
                }
                Woken::BusBack => self.follower.reconnect(),
                Woken::Plan(None) | Woken::Timer => {}
            }
        }
    }

    /// Starts a new feed; tells where that ends the tenure.
    async fn follow_anew<S: Future<Output = ()>>(
        &mut self,
        stop: Pin<&mut S>,
        lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Option<Ended> {
        let begun = tokio::select! {
            biased;
            () = stop => return Some(Ended::Finished(Finished::Stopped)),
            lost = lost => return Some(Ended::Lost(lost)),
            begun = self.follower.begin_anew() => begun,
        };
        if begun.is_err() {
            return Some(Ended::Unauthorized);
        }
        self.view.unsettle();
        self.chronicle.touch(self.clock.boottime());
        None
    }

    /// Whether the plan has come to its end. While something waits for its retry it may be done, but not stuck.
    fn finished(&self, nothing_waits: bool) -> Option<Finished> {
        let finished = finished(self.follower.world(), self.view, &self.policy.limits, self.clock.wall())?;
        (nothing_waits || finished == Finished::Done).then_some(finished)
    }

    /// Begins to write what has become of the tickets, where that is due and this instance may.
    fn write_plan(&mut self, desk: &mut Option<&mut PlanDesk>) {
        if let (Some(desk), Some(plan), Ok(_)) = (desk, self.view.plan(), self.lease.client()) {
            desk.write_if_due(plan, self.follower.world(), self.clock.boottime());
        }
    }

    /// Begins to write down what closed sprints brought, where that is due and this instance may.
    fn write_chronicle(&mut self) {
        if let Ok(bus) = self.lease.client() {
            self.chronicle.write_if_due(self.follower.world(), self.clock.boottime(), bus);
        }
    }
}

fn touch(desk: &mut Option<&mut PlanDesk>, now: Boottime) {
    if let Some(desk) = desk {
        desk.touch(now);
    }
}
