//! `go up`: everything on one machine.

use crate::cli::Up;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{self, Together};
use crate::lock::Lock;
use crate::settings::Settings;
use crate::tokio_runtime;

/// Runs the fleet here, or with `-d` in the background.
pub(super) fn run(up: &Up, settings: &Settings) -> Result<Exit, Failure> {
    let path = up.plan.clone().unwrap_or_else(|| settings.paths.plan.clone());
    let plan = super::plan::read(&path)?;
    if up.detach {
        return super::detach::run(settings);
    }
    let _lock = Lock::take(&settings.data)?;
    let asked = Together { path, plan, exit_when_done: up.exit_when_done };
    tokio_runtime::serving(fleet::run(settings, &asked))
}
