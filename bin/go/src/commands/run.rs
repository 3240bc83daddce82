//! `go run`: GO alone, against a running Bus; a second one is the warm standby.

use std::sync::Arc;

use go_clock::SystemClock;
use go_orchestrator::Finished;

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::go_config;
use crate::settings::Settings;
use crate::signals::Stop;
use crate::stewards;
use crate::tokio_runtime;

/// Leads, or stands by until it may, until a signal. The agents work on: the successor adopts them.
pub(super) fn run(standby_ok: bool, settings: &Settings) -> Result<Exit, Failure> {
    // Without a plan GO works on what the Bus has; one that was named has to be there.
    let plan = Some(settings.paths.plan.as_path()).filter(|path| settings.is_set("paths.plan") || path.exists());
    tokio_runtime::serving(async {
        let stop = Stop::on_signals()?;
        let client = connect::operator(settings)?;
        let (steward, absent) = stewards::open(settings)?;
        stewards::tell(&absent, settings)?;
        let mut config = go_config(settings, plan, &settings.bus.url, &steward)?;
        config.lease.standby_ok = standby_ok;
        match go_orchestrator::run(config, client, Arc::new(SystemClock), stop.asked()).await? {
            Finished::Stopped => Ok(Exit::Interrupted),
            Finished::Done | Finished::Stuck(_) => Ok(Exit::Done),
        }
    })
}
