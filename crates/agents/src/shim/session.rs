//! One shim's life: from the lock to the report.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use go_bus_api::{ExitReport, Tier};
use go_clock::{Clock, SystemClock};
use go_runtime::{AgentFolder, AgentSpec, Environment, HostLeaseFile, Stage, become_subreaper, boot_id, end_strays};

use super::keeper::{Keeper, Rules};
use super::limits::Limits;
use super::pulse::Pulse;
use super::{Lookout, ShimError, attempt, outbox, seat, wake};
use crate::Drivers;
use crate::bridge::Server;
use crate::delivery::unknown_end;

/// How a shim's life ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The Bus has the exit, or has no use for it.
    Reported,
    /// Another shim keeps this folder.
    KeptByAnother,
    /// The exit is written, but the Bus would not take it from a shim.
    Unreported(String),
}

/// Keeps the agent of `folder`: starts it where it was never started, and in any case reports its end.
pub(super) fn keep(folder: &AgentFolder, drivers: &Drivers, lookout: Arc<dyn Lookout>) -> Result<Outcome, ShimError> {
    if folder.stage() == Stage::Empty {
        return Err(ShimError::NotPrepared);
    }
    let Some(_lock) = folder.lock()? else { return Ok(Outcome::KeptByAnother) };
    become_subreaper()?;
    let spec = folder.spec()?;
    match folder.stage() {
        Stage::Empty => Err(ShimError::NotPrepared),
        Stage::Reported => Ok(Outcome::Reported),
        Stage::Ended => report_found(folder, &folder.exit()?),
        Stage::Prepared if spec.boot == boot_id()? => run(folder, &spec, drivers, lookout),
        Stage::Prepared | Stage::Started => {
            end_strays(&spec.agent, spec.stop_grace_ms.duration())?;
            let unknown = unknown_end(folder);
            folder.write_exit(&unknown)?;
            report_found(folder, &unknown)
        }
    }
}

/// Reports the end of an agent that an earlier shim kept.
fn report_found(folder: &AgentFolder, report: &ExitReport) -> Result<Outcome, ShimError> {
    let (waker, wakes) = channel();
    wake::on_signals(waker)?;
    outbox::deliver(folder, report, &wakes)
}

/// The variables that every command of it has. Where they send requests through a proxy, those to the shim itself go straight.
fn environment(spec: &AgentSpec) -> Environment {
    let inherited = Environment::inherited(&spec.keep_env);
    if spec.serves_tools { inherited.with_straight_loopback() } else { inherited }
}

/// The spec of an agent whose project names a proxy, which is not asked for the agent's tools either.
fn reaching_tools(spec: &AgentSpec, environment: &Environment) -> AgentSpec {
    let mut spec = spec.clone();
    if spec.serves_tools {
        let own = &mut spec.command.env;
        own.extend(environment.straight_loopback(own).into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    spec
}

fn run(
    folder: &AgentFolder,
    spec: &AgentSpec,
    drivers: &Drivers,
    lookout: Arc<dyn Lookout>,
) -> Result<Outcome, ShimError> {
    let now = SystemClock.boottime();
    let beat = |interval: Duration| Pulse::new(folder.clone(), spec.agent.clone(), interval, now);
    let mut keeper = Keeper::new(Rules {
        log: folder.agent_log(),
        environment: environment(spec),
        grace: spec.stop_grace_ms.duration(),
        limits: Limits::new(now, spec.deadline_ms, spec.host_lease.clone().map(HostLeaseFile::at)),
        pulse: spec.heartbeat_ms.map(|interval| beat(interval.duration())),
        follows_bus: spec.role.tier() == Tier::Orchestrator && spec.seat.is_none(),
    })?;
    folder.mark_started()?;
    // It is there before the agent looks for it, and for as long as anything of that runs.
    let tools = spec.serves_tools.then(|| Server::start(folder)).transpose()?;
    let spec = &reaching_tools(spec, keeper.environment());
    let report = match &spec.seat {
        Some(seat) => seat::run(folder, spec, seat, &mut keeper, lookout)?,
        None => attempt::run(folder, spec, &mut keeper, drivers)?,
    };
    drop(tools);
    if let Err(error) = folder.write_exit(&report) {
        // On a full disk, say. The Bus can be told all the same, for as long as this process lives.
        eprintln!("shim: the exit is not written down: {error}");
    }
    outbox::deliver(folder, &report, &keeper.into_wakes())
}
