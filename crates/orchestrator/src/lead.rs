//! One tenure: from the lease's acquisition to its loss, the plan's end or a stop.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{BusClient, BusError, Feed, FeedError, SubscribeError};
use go_clock::{Boottime, Clock};
use go_lease::{Lease, Lost};

use crate::config::GoConfig;
use crate::decide::next_wake;
use crate::finish::{Finished, finished};
use crate::handoff::HandoffDocument;
use crate::leader::{Leader, Ticked};
use crate::memory::Memory;
use crate::plan_desk::PlanDesk;
use crate::plan_view::PlanView;
use crate::retries::Retries;

/// The longest sleep: a wall clock that was stepped is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// How long to wait before the feed is started anew.
const FEED_PAUSE: Duration = Duration::from_secs(1);

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
    Feed(Result<go_bus_client::Changes, FeedError>),
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
                Ticked::Idle { next: None } if exit_when_done => {
                    let (world, limits) = (self.feed.world(), &self.policy.limits);
                    if let Some(finished) = finished(world, &self.view, limits, self.clock.wall()) {
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
                    let restarted = tokio::select! {
                        biased;
                        () = &mut stop => return Ended::Finished(Finished::Stopped),
                        lost = &mut lost => return Ended::Lost(lost),
                        feed = start_feed(bus, &self.clock) => feed,
                    };
                    let Ok(feed) = restarted else { return Ended::Unauthorized };
                    self.feed = feed;
                    self.memory.recall(self.feed.world());
                    self.view.unsettle();
                }
                Woken::Plan(Some(plan)) => self.view.replace(plan, self.policy),
                Woken::Plan(None) | Woken::Timer => {}
            }
        }
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

    /// Leaves everything to whoever comes next: the plan's statuses and the handoff (R4).
    async fn hand_off(&mut self, desk: Option<&mut PlanDesk>) {
        if let (Some(desk), Some(plan), Ok(_)) = (desk, self.view.plan(), self.lease.client()) {
            desk.flush(plan.clone(), self.feed.world()).await;
        }
        let document = HandoffDocument::of(self.feed.world(), self.feed.seq(), self.clock.wall());
        let Ok(bus) = self.lease.client() else { return };
        if let Err(error) = bus.put_handoff(&document.to_value()).await {
            tracing::warn!(%error, "no handoff was written; the next leader reconciles without it");
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

/// Starts a feed, as long as that takes; fails only where the Bus does not take the token.
async fn start_feed(bus: &BusClient, clock: &Arc<dyn Clock>) -> Result<Feed, ()> {
    loop {
        match Feed::start(bus.clone(), Arc::clone(clock)).await {
            Ok(feed) => return Ok(feed),
            Err(error) if is_unauthorized(&error) => return Err(()),
            Err(error) => tracing::warn!(%error, "the Bus can't be followed yet"),
        }
        clock.sleep(FEED_PAUSE).await;
    }
}

fn is_unauthorized(error: &FeedError) -> bool {
    matches!(error, FeedError::Snapshot(BusError::Unauthorized(_)) | FeedError::Events(SubscribeError::Unauthorized(_)))
}

/// The last leader's handoff, where there is one that can be read.
async fn read_handoff(bus: &BusClient) -> Option<HandoffDocument> {
    match bus.handoff().await {
        Ok(handoff) => HandoffDocument::read(&handoff?),
        Err(error) => {
            tracing::warn!(%error, "the handoff can't be read");
            None
        }
    }
}

/// Says where the last leader stood. The snapshot is younger than its handoff, so what happened in between is in it.
fn greet(handoff: Option<&HandoffDocument>, feed: &Feed) {
    match handoff {
        Some(handoff) if handoff.cursor > feed.seq() => {
            tracing::warn!(handoff = %handoff.cursor, seq = %feed.seq(), "the Bus is older than the handoff; it counts");
        }
        Some(handoff) => tracing::info!(running = handoff.running.len(), seq = %feed.seq(), "taking over"),
        None => tracing::info!(seq = %feed.seq(), "leading; nobody left a handoff"),
    }
}
