//! From an agent and its task to the spec that its shim keeps it by: decided purely.

use std::path::Path;

use go_bus_api::{Agent, BootId, Millis, Project, Role, Task, TaskId, Tier};
use go_bus_client::World;
use go_driver::{Assignment, Beats, DriverError, Launch, Stdin};
use go_runtime::{AGENT_ID_VARIABLE, AgentFolder, AgentSpec, CommandSpec, HostFolder};

use super::LauncherConfig;

/// Everything that the World knows about an assignment.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) agent: Agent,
    task: Option<Task>,
    reviewed: Option<Task>,
    project: Option<Project>,
}

/// Why an agent can't be run here, in words for its exit report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotRunnable {
    /// The driver has no command for it.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// There is no such driver here.
    #[error("this build has no driver `{0}`")]
    NoDriver(&'static str),
    /// It is no agent that a launcher runs.
    #[error("a launcher runs no {0}")]
    Role(&'static str),
}

impl Order {
    /// What is known of `agent` and what it is to work on.
    pub(super) fn of(agent: &Agent, world: &World) -> Self {
        let task = agent.task.as_ref().and_then(|id| world.task(id)).cloned();
        let reviewed = task.as_ref().and_then(|t| t.review_of.as_ref()).and_then(|id| world.task(id)).cloned();
        let project = agent.project.as_ref().or(task.as_ref().map(|t| &t.project)).and_then(|id| world.project(id));
        Self { agent: agent.clone(), task, reviewed, project: project.cloned() }
    }

    /// The delivered task that a reviewer judges.
    fn delivered(&self) -> Option<TaskId> {
        let task = self.task.as_ref()?;
        Some(task.review_of.clone().unwrap_or_else(|| task.id.clone()))
    }

    /// The spec of its shim.
    pub(super) fn spec(
        &self,
        config: &LauncherConfig,
        host: &HostFolder,
        boot: &BootId,
    ) -> Result<AgentSpec, NotRunnable> {
        let folder = host.agent(&self.agent.id);
        let launch = self.launch(config, &folder)?;
        let is_hand = self.agent.role.tier() == Tier::Hand;
        let limit = self.task.as_ref().and_then(|task| task.deadline_ms).unwrap_or(Millis::from(config.timeout));
        Ok(AgentSpec {
            agent: self.agent.id.clone(),
            role: self.agent.role,
            host: config.host.clone(),
            project: self.agent.project.clone(),
            task: self.agent.task.clone(),
            reviews: if launch.posts_verdict { self.delivered() } else { None },
            boot: boot.clone(),
            bus_url: config.bus_url.clone(),
            driver: self.agent.driver,
            driver_note: launch.note.clone(),
            command: self.command(&launch, config, &folder),
            verify: launch.verify,
            keep_env: config.keep_env.clone(),
            heartbeat_ms: (launch.beats == Beats::Shim).then(|| Millis::from(config.heartbeat)),
            deadline_ms: is_hand.then_some(limit),
            stop_grace_ms: Millis::from(config.stop_grace),
            host_lease: Some(host.lease().path().to_path_buf()),
            talk: None,
            workplace: None,
        })
    }

    fn launch(&self, config: &LauncherConfig, folder: &AgentFolder) -> Result<Launch, NotRunnable> {
        match self.agent.role.tier() {
            Tier::Orchestrator => Ok(orchestrator(self.agent.role, config, folder.path())),
            Tier::Hand => {
                let driver = config.drivers.get(self.agent.driver);
                let driver = driver.ok_or(NotRunnable::NoDriver(self.agent.driver.as_str()))?;
                Ok(driver.launch(&Assignment {
                    agent: &self.agent,
                    task: self.task.as_ref(),
                    reviewed: self.reviewed.as_ref(),
                    project: self.project.as_ref(),
                    prompt_file: &folder.prompt_path(),
                    workplace: None,
                    resume: None,
                    bridge: &[],
                })?)
            }
            Tier::Global | Tier::Fixture => Err(NotRunnable::Role(self.agent.role.as_str())),
        }
    }

    /// The command with the variables that every agent starts with.
    fn command(&self, launch: &Launch, config: &LauncherConfig, folder: &AgentFolder) -> CommandSpec {
        let agent = &self.agent;
        let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        let or_empty = |id: Option<&str>| id.unwrap_or_default().to_owned();
        let own = [
            ("XIO_BUS_URL", config.bus_url.clone()),
            (AGENT_ID_VARIABLE, agent.id.to_string()),
            ("XIO_ROLE", agent.role.as_str().to_owned()),
            ("XIO_HOST", config.host.to_string()),
            ("XIO_PROJECT", or_empty(agent.project.as_ref().map(AsRef::as_ref))),
            ("XIO_TASK", or_empty(agent.task.as_ref().map(AsRef::as_ref))),
            ("XIO_TOKEN_FILE", text(folder.token_path())),
            ("XIO_PROMPT_FILE", text(folder.prompt_path())),
        ];
        let mut env = launch.env.clone();
        env.extend(own.map(|(name, value)| (name.to_owned(), value)));
        CommandSpec { argv: launch.argv.clone(), folder: launch.folder.clone(), env, env_from: Default::default() }
    }
}

/// A reference orchestrator: `<exe> agent ho|po|io …`, which says itself that it lives.
fn orchestrator(role: Role, config: &LauncherConfig, folder: &Path) -> Launch {
    let exe = config.exe.to_string_lossy().into_owned();
    let command = [exe, "agent".to_owned(), role.as_str().to_owned()];
    Launch {
        argv: command.into_iter().chain(config.orchestrator_args.iter().cloned()).collect(),
        folder: folder.to_path_buf(),
        env: Default::default(),
        stdin: Stdin::Nothing,
        verify: Vec::new(),
        beats: Beats::Agent,
        posts_verdict: false,
        note: String::new(),
    }
}

#[cfg(test)]
mod tests;
