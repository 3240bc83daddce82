//! Ending what runs in the managed session: in good order first, then harder.

use std::time::Duration;

use go_runtime::tmux::PaneState;
use go_runtime::{ProcessId, RuntimeError, others};

use super::Managed;
use crate::failure::Failure;
use crate::settings::Settings;

/// What an orderly end may take beyond the agents' own grace.
const MARGIN: Duration = Duration::from_secs(10);
/// How long what is told to end at once has for it.
const AT_ONCE: Duration = Duration::from_secs(3);

/// How the session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// There was none.
    WasNot,
    /// Nothing ran in it any more.
    WasOver,
    /// GO ended in good order.
    InOrder(ProcessId),
    /// GO did not, and was told to end at once.
    AtOnce(ProcessId),
    /// GO had to be killed.
    Killed(ProcessId),
}

/// Ends GO and its session. A first Ctrl-C asks for an orderly end, a second one ends at once, and what is deaf to both is killed.
pub(crate) fn end(managed: &Managed, settings: &Settings) -> Result<Ended, Failure> {
    let ended = match managed.pane()?.map(|pane| pane.state) {
        None => return Ok(Ended::WasNot),
        Some(PaneState::Ended(_)) => Ended::WasOver,
        Some(PaneState::Runs(process)) => {
            let patience = settings.agents.stop_grace.duration() + MARGIN;
            end_process(process, patience).map_err(|error| Failure::caused_by(error, "end it as its owner"))?
        }
    };
    managed.clear()?;
    Ok(ended)
}

fn end_process(process: ProcessId, patience: Duration) -> Result<Ended, RuntimeError> {
    for (patience, ended) in [(patience, Ended::InOrder(process)), (AT_ONCE, Ended::AtOnce(process))] {
        others::interrupt(process)?;
        if others::has_ended(process, patience)? {
            return Ok(ended);
        }
    }
    others::kill(process)?;
    others::has_ended(process, AT_ONCE)?;
    Ok(Ended::Killed(process))
}
