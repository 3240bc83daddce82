//! What a launcher goes by.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{HostId, Millis, Ratio, Usd};
use go_rules::liveness::{HOST_BEAT, HOST_TTL, host_margin};
use go_runtime::{AgentRuntime, Allowance, HostFolder, ProcessRuntime};

use super::{Accounts, LauncherError};
use crate::Drivers;

/// What a launcher goes by.
#[derive(Debug, Clone)]
pub struct LauncherConfig {
    /// The host it runs agents for.
    pub host: HostId,
    /// The data folder; the host's part of it is this launcher's alone.
    pub data: PathBuf,
    /// Where the Bus is, for the agents and their shims.
    pub bus_url: String,
    /// The `go` binary, for the reference orchestrators.
    pub exe: PathBuf,
    /// What the reference orchestrators are told after `agent ho|po|io`: settings that a clean environment does not carry.
    pub orchestrator_args: Vec<String>,
    /// The settings that an orchestrator which thinks goes by, its driver's among them, as `--set` takes them.
    pub seat_settings: Vec<String>,
    /// What runs the keepers.
    pub runtime: Arc<dyn AgentRuntime>,
    /// What makes the agents' commands; their shims have to have the same.
    pub drivers: Drivers,
    /// Names that the agents' environment keeps beyond the allow-list.
    pub keep_env: Vec<String>,
    /// The accounts that its agents may run on, and the way into each.
    pub accounts: Accounts,
    /// How long an agent that is told to end has for it (`agents.stop_grace`).
    pub stop_grace: Duration,
    /// How often an agent says that it lives (`agents.heartbeat`).
    pub heartbeat: Duration,
    /// The wall limit of an attempt whose task names none (`agents.timeout`).
    pub timeout: Duration,
    /// What an attempt of an agent that talks may use up where its task says nothing else.
    pub allowance: Allowance,
    /// How often the Bus is told at most what such an agent has spent.
    pub costs_every: Duration,
    /// How often the content of a working folder is saved: with the time that a save and its push take, nothing older than a minute is lost
    /// with a host.
    pub save_every: Duration,
    /// How long the host's lease lives at the Bus.
    pub host_ttl: Duration,
    /// How often it is renewed.
    pub host_beat: Duration,
    /// Who waits for the disk.
    pub files: FileWork,
}

/// Who waits for the disk when an agent's files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileWork {
    /// A thread for it, so that nobody else waits.
    #[default]
    OnThreads,
    /// Whoever writes: where time is simulated, a thread would run beside it.
    Inline,
}

impl LauncherConfig {
    /// The seed's settings, and the runtime `process` with `exe`.
    pub fn new(host: HostId, data: PathBuf, bus_url: String, exe: PathBuf) -> Result<Self, LauncherError> {
        let exe = absolute(exe)?;
        let runtime = Arc::new(ProcessRuntime::new(exe.clone(), &[])?);
        Ok(Self {
            host,
            data,
            bus_url,
            exe,
            orchestrator_args: Vec::new(),
            seat_settings: Vec::new(),
            runtime,
            drivers: Drivers::default(),
            keep_env: Vec::new(),
            accounts: Accounts::new(),
            stop_grace: Duration::from_millis(1500),
            heartbeat: Duration::from_secs(30),
            timeout: Duration::from_secs(2 * 3600),
            allowance: Self::allowance(),
            costs_every: Duration::from_secs(10),
            save_every: Duration::from_secs(50),
            host_ttl: HOST_TTL,
            host_beat: HOST_BEAT,
            files: FileWork::default(),
        })
    }

    /// What an attempt may use up: a quarter of an hour of silence, five dollars, and hardly all of its context, so that it is
    /// succeeded before it forgets.
    pub fn allowance() -> Allowance {
        Allowance {
            idle_ms: Some(Millis(15 * 60_000)),
            usd: Usd::from_str("5").ok(),
            turns: None,
            tokens: None,
            context: Ratio::new(0.95).ok(),
        }
    }

    /// The same with paths that mean the same in any folder.
    pub(super) fn absolute(self) -> Result<Self, LauncherError> {
        let absolute =
            |path: PathBuf| std::path::absolute(&path).map_err(|source| LauncherError::Path { path, source });
        Ok(Self { data: absolute(self.data)?, exe: absolute(self.exe)?, ..self })
    }

    /// The host's folder.
    pub(super) fn folder(&self) -> HostFolder {
        HostFolder::of(&self.data, &self.host)
    }

    /// How long after a renewal was sent the agents may run: they have ended before the Bus gives their work away.
    pub(super) fn trust(&self) -> Duration {
        self.host_ttl.saturating_sub(host_margin(self.stop_grace).min(self.host_ttl / 2))
    }
}

fn absolute(path: PathBuf) -> Result<PathBuf, LauncherError> {
    std::path::absolute(&path).map_err(|source| LauncherError::Path { path, source })
}

/// How a launcher is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// End every agent first, and see that the Bus learns of it: Ctrl-C on `go up`, `go down`.
    StopAgents,
    /// Leave the agents to the next launcher.
    LeaveRunning,
}
