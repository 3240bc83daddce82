//! One look at GO: what was noted, what the Bus, tmux and the data folder's lock say.

use std::time::Duration;

use go_bus_client::BusError;
use go_governor::watchdog::{Beat, Bus, Intent, Observation, Session};
use go_runtime::tmux::PaneState;
use go_runtime::{ProcessId, others};

use crate::failure::Failure;
use crate::lock;
use crate::managed::{Launch, Managed, Note, Wanted, look_at_lease};
use crate::settings::Settings;

/// How long the Bus may take to tell of the lease, and never longer than from one check to the next.
const ANSWER: Duration = Duration::from_secs(5);

/// What was seen, and the processes that were.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) seen: Observation,
    processes: Vec<ProcessId>,
}

impl Sight {
    /// The process with this number, as it was seen: a later one with the same number is another.
    pub(super) fn process(&self, pid: u32) -> Option<ProcessId> {
        self.processes.iter().copied().find(|process| process.pid == pid)
    }
}

/// Looks.
pub(super) async fn observe(
    settings: &Settings,
    note: Option<&Note>,
    launch: &Launch,
    managed: &Result<Managed, Failure>,
) -> Result<Sight, Failure> {
    let stopped = note.is_some_and(|note| note.wanted == Wanted::Stopped);
    let bus = bus(settings, &launch.bus_url).await?;
    let (session, in_session) = session(managed);
    // Where the Bus is not GO's, whoever has the lock of the folder is the Bus.
    let holder = lock::holder(&settings.data).filter(|_| launch.embedded).and_then(others::find);
    let intent = if stopped { Intent::Stop } else { Intent::Run };
    let seen = Observation { intent, bus, session, process: holder.map(|process| process.pid) };
    Ok(Sight { seen, processes: in_session.into_iter().chain(holder).collect() })
}

async fn bus(settings: &Settings, url: &str) -> Result<Bus, Failure> {
    let patience = ANSWER.min(settings.watchdog.interval.duration());
    Ok(match look_at_lease(settings, url, patience).await? {
        Ok(lease) => Bus::Answers(Beat::from(&lease)),
        Err(error @ (BusError::Unreachable(_) | BusError::Broken(_) | BusError::TimedOut(_))) => {
            Bus::Away(error.to_string())
        }
        Err(error) => Bus::Refuses(error.to_string()),
    })
}

fn session(managed: &Result<Managed, Failure>) -> (Session, Option<ProcessId>) {
    let pane = match managed {
        Ok(managed) => managed.pane(),
        Err(failure) => return (Session::Unknown(failure.with_advice()), None),
    };
    match pane.map(|pane| pane.map(|pane| pane.state)) {
        Ok(None) => (Session::Absent, None),
        Ok(Some(PaneState::Runs(process))) => (Session::Runs { pid: process.pid }, Some(process)),
        Ok(Some(PaneState::Ended(code))) => (Session::Ended { code }, None),
        Err(failure) => (Session::Unknown(failure.with_advice()), None),
    }
}
