//! The loop: look, begin what is missing, wait for news.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, Resource};
use go_bus_client::Feed;
use go_clock::{Boottime, Clock};
use tokio::sync::watch;

use super::collisions::Trials;
use super::host_lease::{self, Holding};
use super::jobs::{self, Jobs};
use super::local::{Keeper, LocalState, LocalWorkplace};
use super::room::Room;
use super::spec::Order;
use super::worker::Worker;
use super::{LaunchAction, LauncherError, Shutdown, Step, adopt, reconcile};

/// How much longer than an agent's grace a launcher that stops them waits for the last reports.
const LAST_REPORTS: Duration = Duration::from_secs(5);

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// The launcher was told to end.
    Ended,
    /// It has to register anew.
    Unregistered,
}

/// What a launcher has in hand; it outlives a registration.
pub(super) struct Session {
    local: LocalState,
    jobs: Jobs,
    room: Room,
    trials: Trials,
    stop_by: Option<Boottime>,
}

impl Session {
    /// What is found on this host at the start; living keepers are told that the Bus is there, and watched from now on.
    pub(super) fn found(worker: &Worker, feed: &Feed) -> Result<Self, LauncherError> {
        let local = adopt::look(&worker.config, feed.world())?;
        wake_all(worker, &local);
        let mut jobs = Jobs::default();
        for (agent, mine) in &local.agents {
            if let Keeper::Alive(keeper) = mine.keeper {
                jobs.watch(worker, agent.clone(), keeper);
            }
        }
        Ok(Self { local, jobs, room: Room::default(), trials: Trials::default(), stop_by: None })
    }

    /// Ends without a registration: keepers that have to stop are told so, and report for themselves.
    pub(super) async fn end_unregistered(&mut self, worker: &Worker, feed: &mut Feed, how: Shutdown) {
        if how == Shutdown::LeaveRunning {
            return;
        }
        let limit = self.stop_by(worker);
        self.local.stopping = true;
        for action in reconcile(&worker.config.host, feed.world(), &self.local, worker.clock.boottime()) {
            if let LaunchAction::Do(agent, step @ Step::Stop(_)) = action {
                self.jobs.begin(worker, &mut self.local, agent, step, None);
            }
        }
        while self.local.agents.values().any(|mine| matches!(mine.keeper, Keeper::Alive(_))) {
            tokio::select! {
                Some(done) = self.jobs.tasks.join_next() => self.take(worker, feed, done),
                () = sleep_until(&worker.clock, Some(limit)) => return,
            }
        }
    }

    /// Until when agents that are stopped from now on may take.
    fn stop_by(&self, worker: &Worker) -> Boottime {
        self.stop_by.unwrap_or_else(|| worker.clock.boottime() + worker.config.stop_grace + LAST_REPORTS)
    }

    /// Whether it was told to end, and its agents with it.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop_by.is_some()
    }

    /// Works under one registration.
    pub(super) async fn work(
        &mut self,
        worker: &Worker,
        me: &AgentId,
        feed: &mut Feed,
        mut shutdown: Pin<&mut impl Future<Output = Shutdown>>,
    ) -> Result<Over, LauncherError> {
        let clock = &worker.clock;
        (self.local.launcher, self.local.joined) = (Some(me.clone()), false);
        self.report_what_was_found(worker, feed).await;
        let (tell, mut holding) = watch::channel(Holding::NotYet);
        let beats = host_lease::beat(worker.clone(), me.clone(), clock.clone(), tell.clone());
        let lease = host_lease::keep(worker.clone(), me.clone(), clock.clone(), tell);
        let _both = [AbortOnDrop(tokio::spawn(lease)), AbortOnDrop(tokio::spawn(beats))];
        loop {
            self.dispatch(worker, feed, clock.boottime());
            if self.is_done(clock.boottime()) {
                return Ok(Over::Ended);
            }
            let wake = self.next_wake(clock.boottime());
            tokio::select! {
                changes = feed.next() => drop(changes?),
                Some(done) = self.jobs.tasks.join_next() => self.take(worker, feed, done),
                Ok(()) = holding.changed() => match *holding.borrow_and_update() {
                    Holding::NotYet => {}
                    Holding::Until(until) => (self.local.leased_until, self.local.joined) = (until, true),
                    Holding::Again(until) => {
                        (self.local.leased_until, self.local.joined) = (until, true);
                        // The Bus was away: its events need not wait for their own next try.
                        feed.reconnect();
                        wake_all(worker, &self.local);
                    }
                    Holding::Unregistered => return Ok(Over::Unregistered),
                },
                how = &mut shutdown, if self.stop_by.is_none() => match how {
                    Shutdown::LeaveRunning => return Ok(Over::Ended),
                    Shutdown::StopAgents => {
                        self.local.stopping = true;
                        self.stop_by = Some(self.stop_by(worker));
                    }
                },
                () = sleep_until(clock, wake) => {}
            }
        }
    }

    /// Reports the exits that were found before the host's lease is taken: on a new boot of the machine taking it ends every
    /// agent of the old one at the Bus, finished work or not.
    async fn report_what_was_found(&mut self, worker: &Worker, feed: &mut Feed) {
        let clock = &worker.clock;
        let looked = reconcile(&worker.config.host, feed.world(), &self.local, clock.boottime());
        for action in looked {
            if let LaunchAction::Do(agent, step @ Step::Report) = action {
                self.jobs.begin(worker, &mut self.local, agent, step, None);
            }
        }
        let limit = clock.boottime() + LAST_REPORTS;
        while self.local.agents.values().any(|mine| mine.busy) {
            tokio::select! {
                Some(done) = self.jobs.tasks.join_next() => self.take(worker, feed, done),
                () = sleep_until(clock, Some(limit)) => return,
            }
        }
    }

    /// Begins everything that is missing.
    fn dispatch(&mut self, worker: &Worker, feed: &Feed, now: Boottime) {
        if let Some(warning) = self.room.look(worker, &mut self.local, now) {
            self.jobs.tasks.spawn(warning);
        }
        if let Some(trials) = self.trials.look(worker, &self.local, feed.world(), now) {
            self.jobs.tasks.spawn(trials);
        }
        for action in reconcile(&worker.config.host, feed.world(), &self.local, now) {
            match action {
                LaunchAction::Do(agent, step) => {
                    let known = feed.world().agent(&agent).filter(|_| step == Step::Start);
                    let order = known.map(|agent| Order::of(agent, feed.world()));
                    let place = order.as_ref().and_then(|order| order.builds_in(&worker.config, &worker.host));
                    self.local.workplaces.extend(place.map(|task| (task, LocalWorkplace::default())));
                    self.jobs.begin(worker, &mut self.local, agent, step, order);
                }
                LaunchAction::Rotate(agent, message) => self.jobs.rotate(worker, &mut self.local, agent, message),
                LaunchAction::Clear(task) => self.jobs.clear(worker, &mut self.local, task),
            }
        }
    }

    /// Takes note of something that is over.
    fn take(&mut self, worker: &Worker, feed: &mut Feed, done: Result<jobs::Done, tokio::task::JoinError>) {
        let done = match done {
            Ok(done) => done,
            Err(error) => return tracing::error!(%error, "a job of the launcher ended badly"),
        };
        if matches!(done, jobs::Done::KeeperEnded(..)) {
            self.trials.hurry(worker.clock.boottime());
        }
        let living = |agent: &AgentId| worker.config.runtime.keeper(&worker.host.agent(agent));
        let sequel = jobs::note(&mut self.local, done, &worker.host, living, worker.clock.boottime());
        if let Some((agent, keeper)) = sequel.watch {
            self.jobs.watch(worker, agent, keeper);
        }
        if let Some(agent) = sequel.news {
            feed.apply(Resource::Agent(agent));
        }
    }

    fn is_done(&self, now: Boottime) -> bool {
        self.stop_by.is_some_and(|by| now >= by || self.local.is_settled())
    }

    fn next_wake(&self, now: Boottime) -> Option<Boottime> {
        let looks = [self.room.next(&self.local), self.trials.next(&self.local), self.stop_by];
        self.local.next_wake(now).into_iter().chain(looks.into_iter().flatten()).min()
    }
}

/// Tells every living keeper that the Bus can be reached: after an outage each waits for a next try of its own.
fn wake_all(worker: &Worker, local: &LocalState) {
    for (agent, mine) in &local.agents {
        if let Keeper::Alive(keeper) = mine.keeper
            && let Err(error) = worker.config.runtime.wake(keeper)
        {
            tracing::warn!(%agent, %error, "its keeper can't be told that the Bus is back");
        }
    }
}

async fn sleep_until(clock: &Arc<dyn Clock>, until: Option<Boottime>) {
    match until {
        Some(until) => clock.sleep(until.since(clock.boottime())).await,
        None => std::future::pending().await,
    }
}

/// A task that ends with whoever holds this.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
