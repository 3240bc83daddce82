//! From an agent and its task to the spec that its shim keeps it by: decided purely.

use std::collections::BTreeMap;
use std::path::Path;

use go_bus_api::{Agent, BootId, ConversationId, Failure, Millis, Project, Role, Task, TaskId, Text, Tier, Workplace};
use go_bus_client::World;
use go_driver::{AgentDriver, Assignment, Beats, DriverError, Launch, Stdin};
use go_runtime::{
    AGENT_ID_VARIABLE, AgentFolder, AgentSpec, Allowance, CommandSpec, HostFolder, Input, SeatSpec, TalkSpec, Typing,
    WindowSpec, WorkplaceSpec,
};

use super::LauncherConfig;
use super::accounts::{NoWayIn, WayIn, kept, way_in};
use super::resume;
use super::workplace::{self, Job};

/// How many steps an orchestrator may take in one turn.
const MOST_STEPS: u32 = 200;

/// Everything that is known about an assignment.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) agent: Agent,
    task: Option<Task>,
    reviewed: Option<Task>,
    /// The ticket whose delivery it lands.
    landed: Option<Task>,
    project: Option<Project>,
    /// The conversation that it goes on with.
    resume: Option<ConversationId>,
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
    /// Its account can't be got at from here.
    #[error(transparent)]
    Account(#[from] NoWayIn),
    /// It is no agent that a launcher runs.
    #[error("a launcher runs no {0}")]
    Role(&'static str),
}

impl NotRunnable {
    /// What to do about it, where that is known.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Account(no_way_in) => Some(no_way_in.failure()),
            Self::Driver(_) | Self::NoDriver(_) | Self::Role(_) => None,
        }
    }
}

impl Order {
    /// What is known of `agent` and what it is to work on.
    pub(super) fn of(agent: &Agent, world: &World) -> Self {
        let task = agent.task.as_ref().and_then(|id| world.task(id)).cloned();
        let reviewed = task.as_ref().and_then(|t| t.review_of.as_ref()).and_then(|id| world.task(id)).cloned();
        let landed = task.as_ref().and_then(|t| t.lands.as_ref()).and_then(|id| world.task(id)).cloned();
        let project = agent.project.as_ref().or(task.as_ref().map(|t| &t.project)).and_then(|id| world.project(id));
        let resume = resume::of_the_seat(agent, world.agents());
        Self { agent: agent.clone(), task, reviewed, landed, project: project.cloned(), resume }
    }

    /// The verifications of the ticket that it lands; none where it lands nothing.
    pub(super) fn checks(&self) -> Option<&[Text<4096>]> {
        self.landed.as_ref().map(|ticket| ticket.verify.as_slice())
    }

    /// What the project says of its working folders, where it lands a ticket of it.
    pub(super) fn terms(&self) -> Option<&Workplace> {
        self.landed.as_ref().and(self.project.as_ref()).and_then(|project| project.workplace.as_ref())
    }

    /// The same where it goes on with a conversation.
    pub(super) fn going_on_with(self, resume: Option<ConversationId>) -> Self {
        Self { resume, ..self }
    }

    /// The task whose working folder it builds in.
    pub(super) fn builds_in(&self, config: &LauncherConfig, host: &HostFolder) -> Option<TaskId> {
        let place = self.workplace(config, host).filter(|place| place.at.is_none());
        place.map(|place| place.task)
    }

    fn workplace(&self, config: &LauncherConfig, host: &HostFolder) -> Option<WorkplaceSpec> {
        config.drivers.get(self.agent.driver).filter(|driver| driver.talks())?;
        let (agent, reviewed) = (&self.agent, self.reviewed.as_ref());
        let job = Job { agent, task: self.task.as_ref()?, reviewed, project: self.project.as_ref()? };
        workplace::wanted(job, config, host)
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
        let place = self.workplace(config, host);
        let seat = self.seat(config);
        let launch = in_place(self.launch(config, host, &folder, place.as_ref())?, place.as_ref());
        let way_in = self.way_in(config)?;
        let is_hand = self.agent.role.tier() == Tier::Hand;
        let limit = self.task.as_ref().and_then(|task| task.deadline_ms).unwrap_or(Millis::from(config.timeout));
        Ok(AgentSpec {
            agent: self.agent.id.clone(),
            role: self.agent.role,
            host: config.host.clone(),
            project: self.project.as_ref().map(|project| project.id.clone()),
            task: self.agent.task.clone(),
            reviews: if launch.posts_verdict { self.delivered() } else { None },
            boot: boot.clone(),
            bus_url: config.bus_url.clone(),
            driver: self.agent.driver,
            driver_note: launch.note.clone(),
            command: self.command(&launch, way_in, config, &folder),
            talk: self.talk(&launch, config),
            serves_tools: self.serves_tools(config),
            window: (config.runtime.has_windows() && seat.is_none()).then(|| self.window(&launch, config)),
            verify: launch.verify,
            keep_env: config.keep_env.clone(),
            heartbeat_ms: (launch.beats == Beats::Shim).then(|| Millis::from(config.heartbeat)),
            deadline_ms: is_hand.then_some(limit),
            stop_grace_ms: Millis::from(config.stop_grace),
            seat,
            host_lease: Some(host.lease().path().to_path_buf()),
            workplace: place,
        })
    }

    /// How the turns of an orchestrator that thinks begin; nothing of any other agent.
    fn seat(&self, config: &LauncherConfig) -> Option<SeatSpec> {
        let thinks = self.agent.role.tier() == Tier::Orchestrator && self.talks(config);
        thinks.then(|| SeatSpec {
            agent: self.agent.clone(),
            bridge: bridge(config),
            settings: config.seat_settings.clone(),
            resume: self.resume.clone(),
        })
    }

    fn talks(&self, config: &LauncherConfig) -> bool {
        config.drivers.get(self.agent.driver).is_some_and(AgentDriver::talks)
    }

    fn serves_tools(&self, config: &LauncherConfig) -> bool {
        config.drivers.get(self.agent.driver).is_some_and(|driver| driver.talks() && driver.reads_bridge_file())
    }

    /// How its shim goes about with an agent that talks. What is allowed to an orchestrator is for each of its turns.
    fn talk(&self, launch: &Launch, config: &LauncherConfig) -> Option<TalkSpec> {
        config.drivers.get(self.agent.driver).filter(|driver| driver.talks())?;
        let input = match launch.stdin {
            Stdin::Nothing => Input::Nothing,
            Stdin::Prompt => Input::Prompt,
            Stdin::Messages => Input::Messages,
        };
        let own_idle = self.task.as_ref().and_then(|task| task.idle_ms);
        let allowance = match self.agent.role.tier() {
            Tier::Hand => Allowance { idle_ms: own_idle.or(config.allowance.idle_ms), ..config.allowance },
            Tier::Orchestrator => Allowance { turns: config.allowance.turns.or(Some(MOST_STEPS)), ..config.allowance },
            Tier::Global | Tier::Fixture => Allowance::default(),
        };
        Some(TalkSpec { input, allowance, costs_ms: Millis::from(config.costs_every) })
    }

    /// The window that shows it. A reference orchestrator reads nothing; one that thinks has none, as nothing of it runs between its turns.
    fn window(&self, launch: &Launch, config: &LauncherConfig) -> WindowSpec {
        let driver = config.drivers.get(self.agent.driver);
        let is_program_of_driver = self.agent.role.tier() == Tier::Hand || driver.is_some_and(AgentDriver::talks);
        let typing = match launch.stdin {
            Stdin::Messages => Typing::Messages,
            Stdin::Nothing if is_program_of_driver && driver.is_some_and(AgentDriver::takes_terminal) => {
                Typing::Terminal
            }
            Stdin::Nothing | Stdin::Prompt => Typing::Nothing,
        };
        WindowSpec { exe: config.exe.clone(), typing }
    }

    fn launch(
        &self,
        config: &LauncherConfig,
        host: &HostFolder,
        folder: &AgentFolder,
        place: Option<&WorkplaceSpec>,
    ) -> Result<Launch, NotRunnable> {
        let driver = config.drivers.get(self.agent.driver);
        let talks = self.talks(config);
        let thinks = talks && self.agent.role.tier() == Tier::Orchestrator;
        let (told, seat) = match thinks {
            true => (folder.turn_path(), Some(host.seat(self.agent.role, self.whose()))),
            false => (folder.prompt_path(), None),
        };
        match self.agent.role.tier() {
            Tier::Orchestrator if !talks => Ok(orchestrator(self.agent.role, config, folder.path())),
            Tier::Orchestrator | Tier::Hand => {
                let driver = driver.ok_or(NotRunnable::NoDriver(self.agent.driver.as_str()))?;
                let (bridge, tools) = (bridge(config), folder.tools_path());
                Ok(driver.launch(&Assignment {
                    agent: &self.agent,
                    task: self.task.as_ref(),
                    reviewed: self.reviewed.as_ref(),
                    project: self.project.as_ref(),
                    prompt_file: &told,
                    workplace: place.map(|place| place.folder.as_path()).or(seat.as_deref()),
                    resume: self.resume.as_ref(),
                    bridge: if talks { &bridge } else { &[] },
                    bridge_file: self.serves_tools(config).then_some(tools.as_path()),
                })?)
            }
            Tier::Global | Tier::Fixture => Err(NotRunnable::Role(self.agent.role.as_str())),
        }
    }

    /// Whose orchestrator it is: a host's, a project's or a human's.
    fn whose(&self) -> &str {
        let Agent { role, host, project, user, .. } = &self.agent;
        let whose = match role {
            Role::Po => project.as_ref().map(AsRef::as_ref),
            Role::Io => user.as_ref().map(AsRef::as_ref),
            _ => host.as_ref().map(AsRef::as_ref),
        };
        whose.unwrap_or_default()
    }

    /// How it gets at its account, where it has one, and what else it has of the launcher's environment.
    fn way_in(&self, config: &LauncherConfig) -> Result<WayIn, NoWayIn> {
        let account = self.agent.account.as_ref();
        let mut way = match account {
            Some(account) => way_in(account, self.agent.driver, &config.accounts, |name| std::env::var(name).ok())?,
            None => WayIn::default(),
        };
        let keeps = config.drivers.get(self.agent.driver).map(AgentDriver::keeps).unwrap_or_default();
        way.env_from.extend(kept(keeps, account.is_some(), |name| std::env::var_os(name).is_some()));
        Ok(way)
    }

    /// The command with the variables that every agent starts with.
    fn command(&self, launch: &Launch, way_in: WayIn, config: &LauncherConfig, folder: &AgentFolder) -> CommandSpec {
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
            ("XIO_EXE", text(config.exe.clone())),
        ];
        let mut env = launch.env.clone();
        env.extend(way_in.env);
        env.extend(own.map(|(name, value)| (name.to_owned(), value)));
        CommandSpec { argv: launch.argv.clone(), folder: launch.folder.clone(), env, env_from: way_in.env_from }
    }
}

/// The launch with the variables of its working folder; the driver's own win.
fn in_place(launch: Launch, place: Option<&WorkplaceSpec>) -> Launch {
    let of_place = place.into_iter().flat_map(|place| &place.env);
    let mut env: BTreeMap<_, _> = of_place.map(|(name, value)| (name.to_string(), value.to_string())).collect();
    env.extend(launch.env);
    Launch { env, ..launch }
}

/// The command of the bridge to the Bus's tools.
fn bridge(config: &LauncherConfig) -> Vec<String> {
    vec![config.exe.to_string_lossy().into_owned(), "mcp".to_owned()]
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
