//! `go up`: Bus, launchers and GO in one process that speaks HTTP to itself.

use std::path::PathBuf;
use std::sync::Arc;

use go_bus_api::{HostId, HostState};
use go_bus_client::{Feed, World};
use go_clock::{Clock, SystemClock};
use go_orchestrator::{Explanation, Finished, GoError, Rest, Settling};
use go_plan::Plan;
use tokio::task::JoinHandle;

use super::launchers::Launchers;
use super::parts::go_config;
use super::predecessor;
use crate::bus_process::BusProcess;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::live::{LiveView, summary};
use crate::render::{length, print};
use crate::settings::Settings;
use crate::signals::Stop;
use crate::stewards;

/// What `go up` was asked for.
#[derive(Debug)]
pub(crate) struct Together {
    /// Where the plan lies.
    pub(crate) path: PathBuf,
    /// The plan as it is now.
    pub(crate) plan: Plan,
    /// Whether to end once the plan is done, or can't go on.
    pub(crate) exit_when_done: bool,
}

/// Runs the fleet until a signal, or with `exit_when_done` until nothing is left to do.
pub(crate) async fn run(settings: &Settings, asked: &Together) -> Result<Exit, Failure> {
    let stop = Stop::on_signals()?;
    let began = SystemClock.boottime();
    let (steward, absent) = stewards::open(settings)?;
    let bus = BusProcess::start(settings).await?;
    let url = bus.url();
    let operator = bus.operator(settings)?;
    let hosts = hosts(&asked.plan);
    predecessor::end(&operator, &hosts).await?;
    print(format_args!("the Bus listens at {url}, data in {}\n", settings.data.display()))?;
    stewards::tell(&absent, settings)?;
    let mut config = go_config(settings, Some(&asked.path), &url, &steward)?;
    config.exit_when_done = asked.exit_when_done;
    let (rest, settling) = Rest::pair();
    config.rest = Some(rest);
    let go = tokio::spawn(go_orchestrator::run(config, operator.clone(), Arc::new(SystemClock), stop.asked()));
    let mut launchers = Launchers::new(operator.clone(), url);
    for host in &hosts {
        launchers.ensure(settings, host)?;
    }
    let mut running =
        Running { settings, bus, go, ended: None, settling, launchers, view: LiveView::new(settings.limits()) };
    let mut feed = match Feed::start_with(operator, Arc::new(SystemClock), running.view.scope()).await {
        Ok(feed) => feed,
        Err(error) => return Err(Failure::caused_by(error, "start it again")),
    };
    let followed = running.follow(&mut feed).await;
    stop.now();
    let ended = running.stop(&mut feed).await;
    let finished = followed.and(ended)?;
    report(&finished, feed.world(), &length(SystemClock.boottime().since(began)))
}

/// The active hosts of the plan, all of which are this machine.
fn hosts(plan: &Plan) -> Vec<HostId> {
    if plan.hosts.is_empty() {
        return HostId::new(Plan::DEFAULT_HOST).into_iter().collect();
    }
    plan.hosts.iter().filter(|host| host.state == HostState::Active).map(|host| host.id.clone()).collect()
}

/// What runs, and what shows it.
struct Running<'s> {
    settings: &'s Settings,
    bus: BusProcess,
    go: JoinHandle<Result<Finished, GoError>>,
    /// How GO ended, where it did by itself.
    ended: Option<Result<Finished, Failure>>,
    settling: Settling,
    launchers: Launchers,
    view: LiveView,
}

impl Running<'_> {
    /// Follows the fleet until GO starts nothing any more, or a part of it fails.
    async fn follow(&mut self, feed: &mut Feed) -> Result<(), Failure> {
        loop {
            tokio::select! {
                () = self.settling.quiet() => return Ok(()),
                ended = &mut self.go => {
                    self.ended = Some(go_ended(ended));
                    return Ok(());
                }
                failure = self.bus.ended() => return Err(failure),
                failure = self.launchers.failed() => return Err(failure),
                () = self.view.due() => self.view.redraw(feed.world())?,
                changes = feed.next() => match changes {
                    Ok(changes) => {
                        self.view.tell(&changes, feed.world())?;
                        self.launchers.ensure_all(self.settings, feed.world())?;
                    }
                    // Only the Bus's own end breaks its feed, and it tells why.
                    Err(_) => return Err(self.bus.ended().await),
                }
            }
        }
    }

    /// Ends in order: the agents first, as nothing new starts; then GO, which writes what has become of their work, hands over
    /// and releases the lease; then the Bus.
    async fn stop(mut self, feed: &mut Feed) -> Result<Finished, Failure> {
        let shown = self.view.end();
        let (launchers, view) = (&mut self.launchers, &mut self.view);
        let told = async {
            while let Ok(changes) = feed.next().await {
                // Whoever reads no more is not waited for.
                let _ = view.tell(&changes, feed.world());
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = launchers.stop() => {}
            () = told => {}
        }
        self.settling.settled();
        let finished = match self.ended {
            Some(ended) => ended,
            None => go_ended(self.go.await),
        };
        let stopped = self.bus.stop().await;
        shown.and(stopped).and(finished)
    }
}

fn go_ended(finished: Result<Result<Finished, GoError>, tokio::task::JoinError>) -> Result<Finished, Failure> {
    match finished {
        Ok(finished) => finished.map_err(Failure::from),
        Err(_) => Err(Failure::failed("GO ended by itself", "start it again; what runs is adopted")),
    }
}

/// Says how it ended.
fn report(finished: &Finished, world: &World, took: &str) -> Result<Exit, Failure> {
    let table = summary(world);
    match finished {
        Finished::Done => print(format_args!("\n{table}all done in {took}\n"))?,
        Finished::Stuck(reasons) => {
            print(format_args!("\n{table}stuck after {took}: nothing can move any more\n{}", lines(reasons)))?;
            return Ok(Exit::Failed);
        }
        Finished::Stopped => {
            print(format_args!("stopped after {took}; `go up` goes on from here\n"))?;
            return Ok(Exit::Interrupted);
        }
    }
    Ok(Exit::Done)
}

fn lines(reasons: &[Explanation]) -> String {
    reasons.iter().map(|reason| format!("  {reason}\n")).collect()
}
