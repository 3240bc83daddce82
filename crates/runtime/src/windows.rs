//! The runtime `tmux`: keepers as the runtime `process` has them, and for each agent a window in which people see it and type to it.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use go_bus_api::AgentId;

use crate::tmux::{Opened, SessionName, Tmux, TmuxError};
use crate::{
    AgentFolder, AgentRuntime, CommandSpec, HostFolder, ProcessId, ProcessRuntime, RuntimeError, Typing, error,
    platform,
};

/// Agents that can be looked at. The window only shows its agent and hands on what is typed: neither its end nor that of its server ends the
/// agent, and a window that is missing can be opened again.
#[derive(Debug)]
pub struct WindowRuntime {
    process: ProcessRuntime,
    tmux: Tmux,
    beneath: Arc<Mutex<Beneath>>,
}

/// What was started beneath this process and comes to it at last, to be reaped by it.
#[derive(Debug, Default)]
struct Beneath {
    /// The server whose end is waited for.
    server: Option<ProcessId>,
    /// What is shown and by which server: should that be killed, its windows are left to this process.
    opened: Vec<Opened>,
}

impl WindowRuntime {
    /// Keepers of `process`, and windows of a tmux server whose socket lies in the folder of `host`.
    ///
    /// *Errors*: [`TmuxError::Missing`] where this machine has no tmux.
    pub fn new(process: ProcessRuntime, host: &HostFolder) -> Result<Self, TmuxError> {
        Ok(Self { process, tmux: Self::server(host)?, beneath: Arc::default() })
    }

    /// The tmux server of the host's windows.
    pub fn server(host: &HostFolder) -> Result<Tmux, TmuxError> {
        Tmux::find()?.with_server_in(&host.windows()).map_err(|error| TmuxError::Folder(Box::new(error)))
    }

    /// Opens the window of an agent whose keeper lives, unless there is one.
    pub fn open(tmux: &Tmux, folder: &AgentFolder, keeper: ProcessId) -> Result<Option<Opened>, TmuxError> {
        let (Some(agent), Some(window)) = (folder.agent(), folder.spec().ok().and_then(|spec| spec.window)) else {
            return Ok(None);
        };
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        let argv = [
            text(&window.exe),
            "window".to_owned(),
            "--folder".to_owned(),
            text(folder.path()),
            "--keeper".to_owned(),
            keeper.to_string(),
        ];
        let command = CommandSpec {
            argv: argv.to_vec(),
            folder: folder.path().to_path_buf(),
            env: Default::default(),
            env_from: Default::default(),
        };
        tmux.open(&SessionName::of_agent(&agent), &command)
    }

    /// Opens the window of an agent that was just started. One that can't be opened is no reason to end its agent.
    async fn show(&self, folder: &AgentFolder, keeper: ProcessId) {
        let (tmux, shown) = (self.tmux.clone(), folder.clone());
        let opened = tokio::task::spawn_blocking(move || Self::open(&tmux, &shown, keeper)).await;
        match opened {
            Ok(Ok(opened)) => self.watch(opened),
            Ok(Err(error)) => tracing::warn!(folder = %folder.path().display(), %error, "it has no window"),
            Err(error) => tracing::warn!(folder = %folder.path().display(), %error, "it has no window"),
        }
    }

    fn watch(&self, opened: Option<Opened>) {
        let Some(opened) = opened else { return };
        let mut known = self.beneath.lock().unwrap_or_else(PoisonError::into_inner);
        known.opened.retain(|other| platform::identify(other.shown.pid) == Some(other.shown));
        known.opened.push(opened);
        if known.server == Some(opened.server) {
            return;
        }
        known.server = Some(opened.server);
        if let Ok(Some(handle)) = platform::open(opened.server) {
            tokio::spawn(reap(handle, opened.server, Arc::clone(&self.beneath)));
        }
    }
}

/// Reaps a server once it has ended, and then what it showed: a server that was killed has not done so.
async fn reap(handle: OwnedFd, server: ProcessId, beneath: Arc<Mutex<Beneath>>) {
    if platform::end_of(handle).await.is_err() {
        return;
    }
    let left: Vec<_> = {
        let mut known = beneath.lock().unwrap_or_else(PoisonError::into_inner);
        known.opened.extract_if(.., |opened| opened.server == server).collect()
    };
    for Opened { shown, .. } in left {
        if let Ok(Some(handle)) = platform::open(shown) {
            tokio::spawn(platform::end_of(handle));
        }
    }
}

#[async_trait]
impl AgentRuntime for WindowRuntime {
    fn has_windows(&self) -> bool {
        true
    }

    async fn close(&self) -> Result<(), RuntimeError> {
        let failed = |source| error::process("end the windows")(source);
        let tmux = self.tmux.clone();
        let ended = tokio::task::spawn_blocking(move || tmux.end_server()).await;
        ended
            .map_err(|error| failed(std::io::Error::other(error)))?
            .map_err(|error| failed(std::io::Error::other(error)))
    }

    async fn start(&self, folder: &AgentFolder) -> Result<ProcessId, RuntimeError> {
        let typing = folder.spec().ok().and_then(|spec| spec.window).map(|window| window.typing);
        if typing.is_some_and(|typing| typing != Typing::Nothing) {
            folder.make_input()?;
        }
        // The window may look for it first.
        AgentFolder::open_log(&folder.agent_log())?;
        let keeper = self.process.start(folder).await?;
        self.show(folder, keeper).await;
        Ok(keeper)
    }

    fn keeper(&self, folder: &AgentFolder) -> Option<ProcessId> {
        self.process.keeper(folder)
    }

    async fn ended(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.process.ended(keeper).await
    }

    fn stop(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.process.stop(keeper)
    }

    fn wake(&self, keeper: ProcessId) -> Result<(), RuntimeError> {
        self.process.wake(keeper)
    }

    async fn end_strays(&self, agent: &AgentId, grace: Duration) -> Result<usize, RuntimeError> {
        self.process.end_strays(agent, grace).await
    }
}
