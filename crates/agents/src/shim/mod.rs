//! An agent's keeper: starts it, watches it, ends it with everything it forked, verifies, and reports.
//!
//! One small process for each agent, with threads and a channel in place of an async runtime. It outlives its launcher, holds
//! itself to the host's lease by a file, and never starts an agent a second time: what it is about to do is on disk first.

mod attempt;
mod beside;
mod book;
mod changes;
mod course;
mod error;
mod keeper;
mod limits;
mod lookout;
mod outbox;
mod place;
mod pulse;
mod saver;
mod seat;
mod session;
pub(crate) mod tail;
mod talk;
mod verify;
mod wake;
mod watch;
mod window;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use go_runtime::{AgentFolder, restore_open_files};

pub use error::ShimError;
pub use limits::{Limit, Limits};
pub use lookout::Lookout;
use session::Outcome;

use crate::Drivers;

/// Keeps the agent whose folder the launcher prepared at `folder`, to its end. Blocks until the Bus has the exit, or can't be
/// told: then `exit.json` is there for the launcher. `drivers` are those that the launcher made its command with; an orchestrator that thinks
/// is kept by what `lookout` tells of the Bus.
///
/// The process's code is 0 where the Bus has the exit, 2 where another shim keeps this folder, 3 where the exit is written but
/// was not taken, and 1 where something else failed; the words are on its standard error, `shim.log`.
pub fn main(folder: &Path, drivers: &Drivers, lookout: Arc<dyn Lookout>) -> ExitCode {
    // The agent is to have what whoever started the fleet was given.
    restore_open_files();
    let folder = match std::path::absolute(folder) {
        Ok(path) => AgentFolder::at(path),
        Err(error) => {
            eprintln!("shim: {}: {error}", folder.display());
            return ExitCode::FAILURE;
        }
    };
    match session::keep(&folder, drivers, lookout) {
        Ok(Outcome::Reported) => ExitCode::SUCCESS,
        Ok(Outcome::KeptByAnother) => {
            eprintln!("shim: another shim keeps {}", folder.path().display());
            ExitCode::from(2)
        }
        Ok(Outcome::Unreported(reason)) => {
            eprintln!("shim: the exit is written but was not taken: {reason}");
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("shim: {}", error.with_causes());
            ExitCode::FAILURE
        }
    }
}
