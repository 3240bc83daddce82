//! `go launcher`: starts and stops agents on this host as the Bus asks.

use std::sync::Arc;

use go_agents::launcher::{self, LauncherError, Shutdown};
use go_bus_api::HostId;
use go_clock::SystemClock;

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::launcher_config;
use crate::settings::Settings;
use crate::signals::Stop;
use crate::tokio_runtime;

/// Works until a signal. The agents work on: the host's next launcher adopts them.
pub(super) fn run(host: &HostId, settings: &Settings) -> Result<Exit, Failure> {
    tokio_runtime::serving(async {
        let stop = Stop::on_signals()?;
        let client = connect::operator(settings)?;
        let config = launcher_config(settings, host.clone(), &settings.bus.url)?;
        let asked = stop.asked();
        let end = async move {
            asked.await;
            Shutdown::LeaveRunning
        };
        let ended = launcher::run(config, client, Arc::new(SystemClock), end).await;
        ended.map(|()| Exit::Interrupted).map_err(|error| Failure::caused_by(&error, advice(&error)))
    })
}

fn advice(error: &LauncherError) -> &'static str {
    match error {
        LauncherError::Taken { .. } => "end it first; its agents work on, and this one goes on with them",
        _ => "its agents work on; start it again",
    }
}
