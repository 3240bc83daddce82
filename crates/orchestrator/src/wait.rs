//! What a leader waits for between its ticks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{Changes, FeedError};
use go_lease::Lost;

use crate::chronicle::Written;
use crate::decide::next_wake;
use crate::leader::{Leader, Ticked};
use crate::plan_desk::PlanDesk;

/// The longest sleep: a wall clock that was stepped is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// What woke the leader.
pub(crate) enum Woken {
    /// It is to stop.
    Stop,
    /// The lease is lost.
    Lost(Lost),
    /// Something happened.
    Feed(Result<Changes, FeedError>),
    /// The plan's file has changed, or was written.
    Plan(Option<go_plan::Plan>),
    /// What closed sprints brought was written down, or could not be.
    Chronicle(Written),
    /// The Bus answers again after an outage.
    BusBack,
    /// Something is due.
    Timer,
}

impl Leader<'_> {
    /// Waits for whatever comes first. After a tick that acted it only looks whether anything has come.
    pub(crate) async fn wait<S: Future<Output = ()>>(
        &mut self,
        ticked: &Ticked,
        desk: &mut Option<&mut PlanDesk>,
        stop: Pin<&mut S>,
        lost: Pin<&mut impl Future<Output = Lost>>,
    ) -> Woken {
        let (clock, lease) = (Arc::clone(&self.clock), self.lease);
        let untrusted = *ticked == Ticked::Untrusted || lease.client().is_err();
        let sleep = self.until_next(ticked, desk.as_deref(), untrusted);
        tokio::select! {
            biased;
            () = stop => Woken::Stop,
            lost = lost => Woken::Lost(lost),
            changes = self.follower.next() => Woken::Feed(changes),
            plan = plan_changed(desk) => Woken::Plan(plan),
            written = self.chronicle.ended() => Woken::Chronicle(written),
            () = self.returns.next() => Woken::BusBack,
            _ = lease.trusted(), if untrusted => Woken::Timer,
            () = async { if !sleep.is_zero() { clock.sleep(sleep).await } } => Woken::Timer,
        }
    }

    /// How long there is nothing to do unless something happens. While the lease is not trusted there is nothing to do at all.
    fn until_next(&self, ticked: &Ticked, desk: Option<&PlanDesk>, untrusted: bool) -> Duration {
        let (wall, now) = (self.clock.wall(), self.clock.boottime());
        let retry = match ticked {
            _ if untrusted => return LONGEST_SLEEP,
            Ticked::Acted => return Duration::ZERO,
            Ticked::Idle { next } => *next,
            _ => None,
        };
        let wake = next_wake(self.policy, self.follower.world(), &self.follower.memory, wall).map(|at| at.since(wall));
        let writes = [desk.and_then(PlanDesk::next_write), self.handoff.next_write(), self.chronicle.next_write()];
        let timers = writes.into_iter().chain([retry]).flatten().map(|at| at.since(now)).chain(wake);
        timers.chain([LONGEST_SLEEP]).min().unwrap_or(LONGEST_SLEEP)
    }
}

async fn plan_changed(desk: &mut Option<&mut PlanDesk>) -> Option<go_plan::Plan> {
    match desk {
        Some(desk) => desk.changed().await,
        None => std::future::pending().await,
    }
}
