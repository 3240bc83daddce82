//! What a shim has to know to keep one agent: `spec.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::seat::SeatSpec;
use go_bus_api::{AgentId, BootId, DriverKind, HostId, Millis, ProjectId, Role, TaskId, Text};
use serde::{Deserialize, Serialize};

use crate::{TalkSpec, WindowSpec, WorkplaceSpec};

/// A program with its arguments, the folder it runs in, and what its environment has beyond the allow-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandSpec {
    /// The program, looked up on `PATH` where it has no slash, and its arguments.
    pub argv: Vec<String>,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// Variables beyond the allow-list; they win over it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables whose values are secrets: each with the name of the variable of the shim's own environment that holds its value,
    /// which is never written down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env_from: BTreeMap<String, String>,
}

impl CommandSpec {
    /// `command` for the shell, in `folder`.
    pub fn shell(command: &str, folder: impl Into<PathBuf>) -> Self {
        let argv = vec!["/bin/sh".to_owned(), "-c".to_owned(), command.to_owned()];
        Self { argv, folder: folder.into(), env: BTreeMap::new(), env_from: BTreeMap::new() }
    }

    /// The same with one more variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }
}

/// Everything a shim keeps its agent by. The launcher writes it before the start; the shim only reads it, and reads
/// `bus_url` again before each try to report, as a restarted Bus may listen elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// The agent.
    pub agent: AgentId,
    /// What it is for.
    pub role: Role,
    /// The host it runs on.
    pub host: HostId,
    /// The project it works for.
    #[serde(default)]
    pub project: Option<ProjectId>,
    /// The task it builds or reviews.
    #[serde(default)]
    pub task: Option<TaskId>,
    /// The delivered task whose verdict the shim posts, where the agent is a reviewer that can't post it itself.
    #[serde(default)]
    pub reviews: Option<TaskId>,
    /// The boot of the machine it was prepared on; on another one it is never started.
    pub boot: BootId,
    /// Where the Bus is.
    pub bus_url: String,
    /// What runs it, and so how its end is read.
    pub driver: DriverKind,
    /// What the launch told the reader of its run, in the driver's own words.
    #[serde(default)]
    pub driver_note: String,
    /// The agent's command, with its `XIO_…` variables.
    pub command: CommandSpec,
    /// Commands to run after it, in order, in the same folder, without its token.
    #[serde(default)]
    pub verify: Vec<Text<4096>>,
    /// Names that the environment keeps beyond the allow-list.
    #[serde(default)]
    pub keep_env: Vec<String>,
    /// How often the shim says that the agent lives; null where the agent says so itself.
    #[serde(default)]
    pub heartbeat_ms: Option<Millis>,
    /// How long the agent and its verifications may take, by the wall.
    #[serde(default)]
    pub deadline_ms: Option<Millis>,
    /// How long what is told to end has for it, before it is killed.
    pub stop_grace_ms: Millis,
    /// How its turns begin; null where it is started once and works to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatSpec>,
    /// The host's lease file; null where nobody renews one (a shim started by hand).
    #[serde(default)]
    pub host_lease: Option<PathBuf>,
    /// How its output is read while it runs; null where that is for people alone and goes straight to its log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<TalkSpec>,
    /// Whether its shim serves the Bus's tools to it over HTTP, as `mcp.json` describes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub serves_tools: bool,
    /// The window in which people see it and type to it; null where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowSpec>,
    /// The working folder that is made for it first; null where it works in a folder that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workplace: Option<WorkplaceSpec>,
}

#[cfg(test)]
pub(crate) mod sample {
    //! A spec for tests.
    use super::*;

    pub(crate) fn spec(agent: &str) -> AgentSpec {
        AgentSpec {
            agent: AgentId::new(agent).unwrap(),
            role: Role::Worker,
            host: HostId::new("h1").unwrap(),
            project: None,
            task: None,
            reviews: None,
            boot: BootId::new("boot").unwrap(),
            bus_url: "http://127.0.0.1:1".to_owned(),
            driver: DriverKind::Shell,
            driver_note: String::new(),
            command: CommandSpec::shell("true", "/"),
            verify: Vec::new(),
            keep_env: Vec::new(),
            heartbeat_ms: None,
            deadline_ms: None,
            stop_grace_ms: Millis(1500),
            seat: None,
            host_lease: None,
            talk: None,
            serves_tools: false,
            window: None,
            workplace: None,
        }
    }
}
