//! The runtime `process`: a keeper is `<exe> shim --folder DIR`, a process of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::AgentId;
use rustix::process::Signal;

use crate::{AgentFolder, AgentRuntime, CommandSpec, Environment, ProcessId, RuntimeError, error, platform, start};

/// Starts each keeper as a process with a group and a clean environment of its own; its output goes to `shim.log`.
#[derive(Debug, Clone)]
pub struct ProcessRuntime {
    exe: PathBuf,
    environment: Environment,
}

impl ProcessRuntime {
    /// A runtime whose keepers run `exe`, the `go` binary, with the allow-listed variables of this process and those that
    /// `keep` names. Makes this process a subreaper, so that what a dying keeper leaves comes to it.
    pub fn new(exe: impl Into<PathBuf>, keep: &[String]) -> Result<Self, RuntimeError> {
        platform::become_subreaper()?;
        Ok(Self { exe: exe.into(), environment: Environment::inherited(keep) })
    }

    fn command(&self, folder: &AgentFolder) -> CommandSpec {
        let path = folder.path().to_string_lossy().into_owned();
        let exe = self.exe.to_string_lossy().into_owned();
        let argv = vec![exe, "shim".to_owned(), "--folder".to_owned(), path];
        CommandSpec { argv, folder: folder.path().to_path_buf(), env: Default::default(), env_from: held(folder) }
    }
}

/// The variables that the keeper hands on to its agent and to nobody else, under their own names.
fn held(folder: &AgentFolder) -> BTreeMap<String, String> {
    let wanted = folder.spec().map(|spec| spec.command.env_from).unwrap_or_default();
    // One that is not set is the agent's failure to start, which its keeper reports.
    let set = wanted.into_values().filter(|name| std::env::var_os(name).is_some());
    set.map(|name| (name.clone(), name)).collect()
}

#[async_trait]
impl AgentRuntime for ProcessRuntime {
    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError> {
        let log = AgentFolder::open_log(&folder.shim_log())?;
        start(&self.command(folder), &self.environment, log)
    }

    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId> {
        folder.keeper()
    }

    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        let failed = error::process::<std::io::Error>("watch a process");
        match platform::open(keeper) {
            Ok(Some(handle)) => platform::end_of(handle).await.map_err(failed),
            Ok(None) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        platform::send(keeper, Signal::TERM).map_err(error::process("stop a process"))
    }

    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        crate::wake(keeper)
    }

    async fn end_strays(&self, agent: &AgentId, grace: Duration) -> Result<usize, RuntimeError> {
        let agent = agent.clone();
        let ending = tokio::task::spawn_blocking(move || crate::end_strays(&agent, grace));
        ending.await.map_err(|e| error::process("end a stray process")(std::io::Error::other(e)))?
    }
}
