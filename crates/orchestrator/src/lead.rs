//! One tenure: from the lease's acquisition to its loss, the plan's end or a stop.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{BusClient, Changes, FeedError};
use go_clock::{Boottime, Clock};
use go_lease::{Lease, Lost};

use crate::config::GoConfig;
use crate::decide::next_wake;
use crate::finish::{Finished, finished};
use crate::follow::start_feed;
use crate::leader::{Leader, Ticked};
use crate::memory::Memory;
use crate::plan_desk::PlanDesk;
use crate::plan_view::PlanView;
use crate::retries::Retries;
use crate::takeover::{greet, read_handoff};

/// The longest sleep: a wall clock that was stepped is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How a tenure ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// On purpose: the plan's end, or a stop.
    Finished(Finished),
    /// The lease is lost.
    Lost(Lost),
    /// The Bus does not take this instance's token any more.
    Unauthorized,
}

/// What woke the leader.
enum Woken {
    Stop,
    Lost(Lost),
    Feed(Result<Changes, FeedError>),
    Plan(Option<go_plan::Plan>),
    Timer,
}

/// Leads until the lease is lost, the plan has ended, or `stop` completes.
pub(crate) async fn lead<S: Future<Output = ()>>(
    config: &GoConfig,
    bus: &BusClient,
    lease: &Lease,
    clock: &Arc<dyn Clock>,
    desk: &mut Option<(PlanDesk, PlanView)>,
    mut stop: Pin<&mut S>,
) -> Ended {
    let handoff = read_handoff(bus).await;
    let mut lost = std::pin::pin!(lease.lost());
    let feed = tokio::select! {
        biased;
        () = &mut stop => return Ended::Finished(Finished::Stopped),
        lost = &mut lost => return Ended::Lost(lost),
        feed = start_feed(bus, clock) => feed,
    };
    let Ok(feed) = feed else { return Ended::Unauthorized };
    greet(handoff.as_ref(), &feed);
    let (mut desk, view) = match desk {
        Some((desk, view)) => {
            view.unsettle();
            if let Some(plan) = desk.reread() {
                view.replace(plan, &config.policy);
            }
            (Some(desk), view.clone())
        }
        None => (None, PlanView::none(&config.policy)),
    };
    let (policy, clock) = (&config.policy, Arc::clone(clock));
    let (memory, retries) = (Memory::default(), Retries::default());
    let mut leader = Leader { policy, lease, clock, feed, view, memory, retries };
    leader.memory.recall(leader.feed.world());
    let ended = leader.run(config.exit_when_done, bus, &mut desk, stop, lost).await;
    if let Ended::Finished(_) = &ended {
        leader.take_rest(config.rest.as_ref(), bus).await;
        leader.hand_off(desk).await;
    }
    ended
}

impl Leader<'_> {
    async fn run<S: Future<Output = ()>>(
        &mut self,
        exit_when_done: bool,
        bus: &BusClient,
        desk: &mut Option<&mut PlanDesk>,
        mut stop: Pin<&mut S>,
        mut lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Ended {
        if let Some(desk) = desk {
            desk.touch(self.clock.boottime());
        }
        loop {
            let ticked = self.tick().await;
            match &ticked {
                Ticked::Lost(lost) => return Ended::Lost(lost.clone()),
                Ticked::Unauthorized => return Ended::Unauthorized,
                Ticked::Idle { next } if exit_when_done => {
                    if let Some(finished) = self.finished(next.is_none()) {
                        return Ended::Finished(finished);
                    }
                }
                Ticked::Acted => touch(desk, self.clock.boottime()),
                Ticked::Idle { .. } | Ticked::Untrusted => {}
            }
            self.write_plan(desk);
            match self.wait(&ticked, desk, stop.as_mut(), lost.as_mut()).await {
                Woken::Stop => return Ended::Finished(Finished::Stopped),
                Woken::Lost(lost) => return Ended::Lost(lost),
                Woken::Feed(Ok(changes)) => {
                    self.observe(&changes);
                    touch(desk, self.clock.boottime());
                }
                Woken::Feed(Err(error)) => {
                    tracing::warn!(%error, "the events broke off; following anew");
                    if let Some(ended) = self.follow_anew(bus, stop.as_mut(), lost.as_mut()).await {
                        return ended;
                    }
                }
                Woken::Plan(Some(plan)) => self.view.replace(plan, self.policy),
                Woken::Plan(None) | Woken::Timer => {}
            }
        }
    }

    /// Starts a new feed; tells where that ends the tenure.
    async fn follow_anew<S: Future<Output = ()>>(
        &mut self,
        bus: &BusClient,
        stop: Pin<&mut S>,
        lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Option<Ended> {
        let feed = tokio::select! {
            biased;
            () = stop => return Some(Ended::Finished(Finished::Stopped)),
            lost = lost => return Some(Ended::Lost(lost)),
            feed = start_feed(bus, &self.clock) => feed,
        };
        let Ok(feed) = feed else { return Some(Ended::Unauthorized) };
        self.feed = feed;
        self.memory.recall(self.feed.world());
        self.view.unsettle();
        None
    }

    /// Whether the plan has come to its end. While something waits for its retry it may be done, but not stuck.
    fn finished(&self, nothing_waits: bool) -> Option<Finished> {
        let finished = finished(self.feed.world(), &self.view, &self.policy.limits, self.clock.wall())?;
        (nothing_waits || finished == Finished::Done).then_some(finished)
    }

    /// Waits for whatever comes first. After a tick that acted it only looks whether anything has come.
    async fn wait<S: Future<Output = ()>>(
        &mut self,
        ticked: &Ticked,
        desk: &mut Option<&mut PlanDesk>,
        stop: Pin<&mut S>,
        lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Woken {
        let sleep = self.until_next(ticked, desk.as_deref());
        let clock = Arc::clone(&self.clock);
        let lease = self.lease;
        let untrusted = *ticked == Ticked::Untrusted;
        tokio::select! {
            biased;
            () = stop => Woken::Stop,
            lost = lost => Woken::Lost(lost),
            changes = self.feed.next() => Woken::Feed(changes),
            plan = plan_changed(desk) => Woken::Plan(plan),
            _ = lease.trusted(), if untrusted => Woken::Timer,
            () = async { if !sleep.is_zero() { clock.sleep(sleep).await } } => Woken::Timer,
        }
    }

    /// How long there is nothing to do unless something happens.
    fn until_next(&self, ticked: &Ticked, desk: Option<&PlanDesk>) -> Duration {
        let (wall, now) = (self.clock.wall(), self.clock.boottime());
        let retry = match ticked {
            Ticked::Acted => return Duration::ZERO,
            Ticked::Idle { next } => *next,
            _ => None,
        };
        let wake = next_wake(self.feed.world(), &self.memory, wall).map(|at| at.since(wall));
        let write = desk.and_then(PlanDesk::next_write);
        let timers = [retry, write].into_iter().flatten().map(|at| at.since(now)).chain(wake);
        timers.chain([LONGEST_SLEEP]).min().unwrap_or(LONGEST_SLEEP)
    }

    /// Begins to write what has become of the tickets, where that is due and this instance may.
    fn write_plan(&mut self, desk: &mut Option<&mut PlanDesk>) {
        if let (Some(desk), Some(plan), Ok(_)) = (desk, self.view.plan(), self.lease.client()) {
            desk.write_if_due(plan, self.feed.world(), self.clock.boottime());
        }
    }
}

fn touch(desk: &mut Option<&mut PlanDesk>, now: Boottime) {
    if let Some(desk) = desk {
        desk.touch(now);
    }
}

async fn plan_changed(desk: &mut Option<&mut PlanDesk>) -> Option<go_plan::Plan> {
    match desk {
        Some(desk) => desk.changed().await,
        None => std::future::pending().await,
    }
}
