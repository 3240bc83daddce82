//! What was decided is done; nothing is chosen here.

use std::time::Duration;

use go_clock::{Clock, SystemClock};
use go_governor::watchdog::{Action, Decision, Record};
use go_runtime::others;

use super::observe::Sight;
use crate::failure::Failure;
use crate::managed::{Arrival, Launch, Managed};
use crate::settings::Settings;

/// How long a killed process may take to be gone.
const DYING: Duration = Duration::from_secs(10);

/// Performs the actions in order; answers what became of the GO that was started, where one was, and notes it in `record`.
pub(super) async fn perform(
    decision: &Decision,
    record: &mut Record,
    sight: &Sight,
    managed: Result<Managed, Failure>,
    (settings, launch): (&Settings, &Launch),
) -> Result<Option<Arrival>, Failure> {
    let mut arrival = None;
    if decision.actions.is_empty() {
        return Ok(arrival);
    }
    for action in &decision.actions {
        match (action, &managed) {
            (Action::End { pid }, _) => end(sight, *pid)?,
            (Action::Clear, Ok(managed)) => managed.clear()?,
            (Action::Start, Ok(managed)) => arrival = Some(managed.start_and_wait(settings, launch).await?),
            (Action::Clear | Action::Start, Err(_)) => return managed.map(|_| None),
        }
    }
    if arrival.as_ref().is_some_and(|arrival| !matches!(arrival, Arrival::Ended(..))) {
        record.restarted(SystemClock.wall(), decision.finding.to_string());
    }
    Ok(arrival)
}

/// Kills a process that hangs. Not in good order: then it would stop its agents, which work well and are adopted.
fn end(sight: &Sight, pid: u32) -> Result<(), Failure> {
    let Some(process) = sight.process(pid) else { return Ok(()) };
    let failed = |error| Failure::caused_by(error, "run the watchdog as the user whose GO it is");
    others::kill(process).map_err(failed)?;
    match others::has_ended(process, DYING).map_err(failed)? {
        true => Ok(()),
        false => Err(Failure::failed(format!("process {pid} was killed and is still there"), "look at it: ps")),
    }
}
