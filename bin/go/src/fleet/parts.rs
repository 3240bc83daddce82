//! From the settings to what each part of the fleet goes by.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use go_agents::launcher::LauncherConfig;
use go_agents::orchestrators::HandConfig;
use go_bus_api::{HostId, Millis, Slots, Text};
use go_lease::LeaseConfig;
use go_orchestrator::{GoConfig, PlanSource, Policy};
use go_plan::reconcile::Defaults;
use go_review::SeedPolicy;
use go_runtime::tmux::TmuxError;
use go_runtime::{AgentRuntime, HostFolder, ProcessRuntime, WindowRuntime};
use go_spawn::Handbook;
use go_steward::Steward;

use super::execution_log::chronicle;
use super::handoff_file::InData;
use crate::failure::Failure;
use crate::managed;
use crate::settings::{RuntimeKind, Settings};
use crate::stewards;

/// What GO goes by, with the plan at `plan` and the stewards' files that `steward` holds.
pub(crate) fn go_config(
    settings: &Settings,
    plan: Option<&Path>,
    url: &str,
    steward: &Arc<Steward>,
) -> Result<GoConfig, Failure> {
    let handoff = InData::of(&settings.data);
    let lease = LeaseConfig {
        heartbeat: settings.lease.heartbeat.duration(),
        missed: settings.lease.missed,
        handoff: handoff.path().to_str().and_then(|path| Text::new(path).ok()),
        url: Text::new(url).ok(),
        ..LeaseConfig::default()
    };
    let policy = Policy {
        limits: settings.limits(),
        rhythm: settings.sprint.rhythm(),
        handbook: Handbook { seats: settings.agents.seats(), ..settings.spawning.handbook(steward) },
        integration: settings.review.integration.clone(),
        improvement: settings.improvement_policy(),
        accounts: settings.accounts.on_the_bus(),
        ..Policy::default()
    };
    let plan = plan.map(|path| plan_source(settings, path)).transpose()?;
    let heartbeat = settings.agents.heartbeat.duration();
    Ok(GoConfig {
        plan,
        policy,
        lease,
        heartbeat,
        exit_when_done: false,
        rest: None,
        handoff_file: Some(Arc::new(handoff)),
        chronicle: Some(chronicle(settings)),
        steward: Some(Arc::clone(steward)),
    })
}

fn plan_source(settings: &Settings, path: &Path) -> Result<PlanSource, Failure> {
    let absolute = path.canonicalize().map_err(Failure::file("find", path))?;
    let folder = absolute.parent().unwrap_or(Path::new("/")).display().to_string();
    let repo = Text::new(folder).map_err(|error| Failure::usage(error, "move the plan to a shorter path"))?;
    Ok(PlanSource { path: path.to_path_buf(), defaults: defaults(settings, repo)? })
}

/// What holds where a plan in the folder `repo` says nothing.
pub(crate) fn defaults(settings: &Settings, repo: Text<4096>) -> Result<Defaults, Failure> {
    Ok(Defaults {
        repo,
        slots: Slots::new(settings.agents_max().min(Slots::MAX)).map_err(|error| Failure::usage(error, ""))?,
        driver: settings.agents.driver,
        timeout: Some(Millis::from(settings.agents.timeout.duration())),
        idle_timeout: Some(Millis::from(settings.agents.idle_timeout.duration())),
    })
}

/// What the launcher of `host` goes by.
pub(crate) fn launcher_config(settings: &Settings, host: HostId, url: &str) -> Result<LauncherConfig, Failure> {
    let failed = |error| Failure::caused_by(error, "check the data folder and the limits of this user");
    let config = LauncherConfig::new(host, settings.data.clone(), url.to_owned(), own_program()?).map_err(failed)?;
    let runtime: Arc<dyn AgentRuntime> = match settings.agents.runtime {
        RuntimeKind::Process => config.runtime,
        RuntimeKind::Tmux => Arc::new(windows(settings, &config.host)?),
    };
    let handed_on = settings.set_in(&["agents.", "models.", "context.", "paths.bootstrap_skill"]);
    let handed_on: Vec<String> = handed_on.chain(stewards::handed_on(settings)).collect();
    let seat_settings = settings.written_in(&["drivers."]).chain(handed_on.iter().cloned()).collect();
    Ok(LauncherConfig {
        runtime,
        accounts: settings.accounts.ways_in(),
        drivers: settings.drivers.drivers(),
        seat_settings,
        orchestrator_args: handed_on.into_iter().flat_map(|pair| ["--set".to_owned(), pair]).collect(),
        stop_grace: settings.agents.stop_grace.duration(),
        heartbeat: settings.agents.heartbeat.duration(),
        timeout: settings.agents.timeout.duration(),
        allowance: settings.attempt.allowance(settings.agents.idle_timeout),
        ..config
    })
}

/// Processes with windows to look at them.
fn windows(settings: &Settings, host: &HostId) -> Result<WindowRuntime, Failure> {
    let failed = |error| Failure::caused_by(error, "check the data folder and the limits of this user");
    let processes = ProcessRuntime::new(own_program()?, &[]).map_err(failed)?;
    let data = std::path::absolute(&settings.data).map_err(Failure::file("find", &settings.data))?;
    WindowRuntime::new(processes, &HostFolder::of(&data, host)).map_err(|error| match error {
        TmuxError::Missing => Failure::usage(
            "agents.runtime is tmux, and tmux is not installed",
            "install it: apt-get install tmux (or dnf, pacman, brew install tmux); or set agents.runtime: process",
        ),
        other => managed::tmux_failure(other),
    })
}

/// What an HO's, PO's or IO's hands are chosen and told by.
pub(crate) fn hand_config(settings: &Settings, steward: &Arc<Steward>) -> HandConfig {
    HandConfig {
        handbook: settings.spawning.handbook(steward),
        review: Arc::new(SeedPolicy),
        driver: settings.agents.driver,
    }
}

/// The program that runs now.
pub(crate) fn own_program() -> Result<PathBuf, Failure> {
    std::env::current_exe()
        .map_err(|error| Failure::failed(format!("can't find this program: {error}"), "reinstall it"))
}
