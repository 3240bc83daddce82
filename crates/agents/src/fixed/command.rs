//! Running what a delegated ticket says: its command, and after a good end its verifications, within its deadline.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{ExitReport, Millis, Task, Text, VerifyResult};
use go_clock::{Boottime, Clock};
use go_runtime::{
    AGENT_ID_VARIABLE, AgentFolder, CommandSpec, End, Environment, ProcessId, RuntimeError, each_end, kill_tree,
    signal_group, start,
};
use tokio::sync::watch;

use crate::shim::{Limit, tail};

/// The code of a command that could not be started, as a shell has it.
const NOT_STARTED: i32 = 127;

/// How soon what does not die is killed again.
const SWEEP: Duration = Duration::from_millis(100);

/// Where commands run, and by what.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The file that all output goes to.
    pub(super) log: PathBuf,
    /// How long what is told to end has for it.
    pub(super) grace: Duration,
}

/// Why a command was ended, where it did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Stopped,
    Limit(Limit),
}

#[derive(Debug)]
struct Ended {
    end: Option<End>,
    tail: Text<4096>,
    cause: Option<Cause>,
    took: Duration,
}

/// Runs all of `task`; `stop` ends it early. One command at a time may run in a process: its ends are waited for by their parent.
pub(super) async fn carry_out(
    task: Task,
    place: Place,
    clock: Arc<dyn Clock>,
    mut stop: watch::Receiver<bool>,
) -> ExitReport {
    let limit = task.deadline_ms.map(|limit| (clock.boottime() + limit.duration(), Limit::Wall(limit)));
    let command = task.run.as_ref().map_or("", |run| run.as_str());
    let ended = one(command, &place, &clock, limit, &mut stop).await;
    let mut report = ExitReport { tail: ended.tail.clone(), ..ExitReport::default() };
    note_end(&mut report, &ended);
    for command in &task.verify {
        if report.code != Some(0) || report.stopped || report.limit.is_some() {
            break;
        }
        let ended = one(command.as_str(), &place, &clock, limit, &mut stop).await;
        note_cause(&mut report, &ended);
        let code = ended.end.map_or(NOT_STARTED, End::code);
        let duration_ms = Millis::from(ended.took);
        report.verify.push(VerifyResult { command: command.clone(), code, duration_ms, tail: ended.tail });
    }
    report
}

fn note_end(report: &mut ExitReport, ended: &Ended) {
    note_cause(report, ended);
    match ended.end {
        Some(End::Exited(code)) => report.code = Some(code),
        Some(End::Signalled(signal)) => report.signal = Some(signal),
        None => report.code = Some(NOT_STARTED),
    }
}

fn note_cause(report: &mut ExitReport, ended: &Ended) {
    match ended.cause {
        Some(Cause::Stopped) => report.stopped = true,
        Some(Cause::Limit(limit)) => report.limit = Some(limit.text()),
        None => {}
    }
}

async fn one(
    command: &str,
    place: &Place,
    clock: &Arc<dyn Clock>,
    limit: Option<(Boottime, Limit)>,
    stop: &mut watch::Receiver<bool>,
) -> Ended {
    let began = clock.boottime();
    let from = tail::length(&place.log);
    let (end, cause, tail) = match begin(command, place) {
        Ok(leader) => {
            let (end, cause) = keep(leader, place.grace, clock, limit, stop).await;
            (end, cause, tail::tail(&place.log, from))
        }
        Err(error) => (None, None, why(&error)),
    };
    Ended { end, tail, cause, took: clock.boottime().since(began) }
}

fn begin(command: &str, place: &Place) -> Result<ProcessId, RuntimeError> {
    let spec = CommandSpec::shell(command, place.folder.clone()).with(AGENT_ID_VARIABLE, "m0");
    start(&spec, &Environment::inherited(&[]), AgentFolder::open_log(Path::new(&place.log))?)
}

/// Waits for the end of `leader`; interrupts its group at its limit or where it is stopped, and kills what has not ended after the grace.
async fn keep(
    leader: ProcessId,
    grace: Duration,
    clock: &Arc<dyn Clock>,
    limit: Option<(Boottime, Limit)>,
    stop: &mut watch::Receiver<bool>,
) -> (Option<End>, Option<Cause>) {
    let mut ends = tokio::task::spawn_blocking(move || {
        let mut own = None;
        each_end(|pid, end| own = if pid == leader.pid { Some(end) } else { own });
        own
    });
    let (mut cause, mut kill_at) = (None, None);
    loop {
        let due = kill_at.or(limit.map(|(until, _)| until));
        let time = async {
            match due {
                Some(at) => clock.sleep(Boottime::since(at, clock.boottime())).await,
                None => std::future::pending().await,
            }
        };
        let stopped = tokio::select! {
            end = &mut ends => return (end.ok().flatten(), cause),
            _ = stop.wait_for(|stop| *stop), if cause.is_none() => Some(Cause::Stopped),
            () = time => limit.map(|(_, limit)| Cause::Limit(limit)).filter(|_| cause.is_none()),
        };
        let done = if stopped.is_some() { signal_group(leader) } else { kill_tree(None) };
        if let Err(error) = done {
            tracing::warn!(%error, "a command can't be ended");
        }
        kill_at = Some(clock.boottime() + if stopped.is_some() { grace } else { SWEEP });
        cause = cause.or(stopped);
    }
}

fn why(error: &RuntimeError) -> Text<4096> {
    let cause = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    Text::clipped(&format!("{error}{cause}"))
}

#[cfg(test)]
mod tests;
