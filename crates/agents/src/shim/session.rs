//! One shim's life: from the lock to the report.

use std::sync::mpsc::channel;
use std::time::Duration;

use go_bus_api::{ExitReport, Tier};
use go_clock::{Clock, SystemClock};
use go_driver::CommandEnd;
use go_runtime::{
    AgentFolder, AgentSpec, End, Environment, HostLeaseFile, Stage, become_subreaper, boot_id, end_strays,
};

use super::course::Cause;
use super::keeper::{Keeper, Kept, Rules};
use super::limits::{Limit, Limits};
use super::pulse::Pulse;
use super::{ShimError, outbox, tail, verify, wake};
use crate::drivers;

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
pub(super) fn keep(folder: &AgentFolder) -> Result<Outcome, ShimError> {
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
        Stage::Prepared if spec.boot == boot_id()? => run(folder, &spec),
        Stage::Prepared | Stage::Started => {
            end_strays(&spec.agent, spec.stop_grace_ms.duration())?;
            let nothing = ExitReport::default();
            folder.write_exit(&nothing)?;
            report_found(folder, &nothing)
        }
    }
}

/// Reports the end of an agent that an earlier shim kept.
fn report_found(folder: &AgentFolder, report: &ExitReport) -> Result<Outcome, ShimError> {
    let (waker, wakes) = channel();
    wake::on_signals(waker)?;
    outbox::deliver(folder, report, &wakes)
}

fn run(folder: &AgentFolder, spec: &AgentSpec) -> Result<Outcome, ShimError> {
    let now = SystemClock.boottime();
    let beat = |interval: Duration| Pulse::new(folder.clone(), spec.agent.clone(), interval, now);
    let mut keeper = Keeper::new(Rules {
        log: folder.agent_log(),
        environment: Environment::inherited(&spec.keep_env),
        grace: spec.stop_grace_ms.duration(),
        limits: Limits::new(now, spec.deadline_ms, spec.host_lease.clone().map(HostLeaseFile::at)),
        pulse: spec.heartbeat_ms.map(|interval| beat(interval.duration())),
        follows_bus: spec.role.tier() == Tier::Orchestrator,
    })?;
    folder.mark_started()?;
    let report = run_and_verify(folder, spec, &mut keeper)?;
    folder.write_exit(&report)?;
    outbox::deliver(folder, &report, &keeper.into_wakes())
}

fn run_and_verify(folder: &AgentFolder, spec: &AgentSpec, keeper: &mut Keeper) -> Result<ExitReport, ShimError> {
    let log = folder.agent_log();
    let kept = match keeper.run(&spec.command) {
        Ok(kept) => kept,
        Err(ShimError::Runtime(error)) if error.is_not_startable() => {
            let (code, tail) = (Some(verify::NOT_STARTED), verify::why(&error));
            return Ok(ExitReport { code, tail, ..ExitReport::default() });
        }
        Err(error) => return Err(error),
    };
    let report = read(spec, &kept, tail::tail(&log, 0).as_str());
    if let Some(cause) = kept.cause {
        return Ok(ended(report, cause));
    }
    let (verify, cause) = verify::run(spec, keeper, &log)?;
    let report = ExitReport { verify, ..report };
    Ok(match cause {
        Some(cause) => ended(report, cause),
        None => report,
    })
}

/// What the command's own end says, as its driver reads it.
fn read(spec: &AgentSpec, kept: &Kept, tail: &str) -> ExitReport {
    let (code, signal) = match kept.end {
        Some(End::Exited(code)) => (Some(code), None),
        Some(End::Signalled(signal)) => (None, Some(signal)),
        None => (None, None),
    };
    let end = CommandEnd { code, signal, tail: tail.to_owned() };
    match drivers::of(spec.driver) {
        Some(driver) => driver.reader(spec.reviews.is_some(), &spec.driver_note).end(&end, SystemClock.wall()),
        None => ExitReport { code, signal, tail: go_bus_api::Text::clipped(tail), ..ExitReport::default() },
    }
}

/// The report of what was ended. A stop that somebody ordered bears no result, and neither does the end of the host's lease:
/// the work goes to others, uncounted. The wall limit is the attempt's own, so its end is judged.
fn ended(report: ExitReport, cause: Cause) -> ExitReport {
    match cause {
        Cause::Ordered => ExitReport { stopped: true, ..report },
        Cause::Limit(limit @ Limit::HostLease) => ExitReport { stopped: true, limit: Some(limit.text()), ..report },
        Cause::Limit(limit @ Limit::Wall(_)) => ExitReport { limit: Some(limit.text()), ..report },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::Millis;

    #[test]
    fn only_the_wall_limit_leaves_a_result_to_judge() {
        let report = ExitReport { code: Some(0), ..ExitReport::default() };
        assert!(!ended(report.clone(), Cause::Ordered).bears_result());
        assert!(!ended(report.clone(), Cause::Limit(Limit::HostLease)).bears_result());
        let timed_out = ended(report, Cause::Limit(Limit::Wall(Millis(2000))));
        assert!(timed_out.bears_result() && timed_out.limit.is_some());
    }
}
