//! What a driver is told, and what it answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use go_bus_api::{Agent, ConversationId, Project, Task, TaskKind, Text, Tier};

use crate::DriverError;

/// Everything a driver may build its command from.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The agent to run.
    pub agent: &'a Agent,
    /// The task it builds or reviews.
    pub task: Option<&'a Task>,
    /// The delivered task, where `task` is its review.
    pub reviewed: Option<&'a Task>,
    /// The project it works for.
    pub project: Option<&'a Project>,
    /// The file that holds its prompt.
    pub prompt_file: &'a Path,
    /// The working folder that is made for it; the project's own where it has none.
    pub workplace: Option<&'a Path>,
    /// The conversation to go on with.
    pub resume: Option<&'a ConversationId>,
    /// The command of a stdio MCP server that gives it the Bus's tools as itself; nothing where it gets none.
    pub bridge: &'a [String],
    /// The file that describes the same tools as an MCP server over HTTP within its shim, in the form of `.mcp.json`; its owner alone can read
    /// it, as it holds the key. Only where its driver says that it [reads it](crate::AgentDriver::reads_bridge_file).
    pub bridge_file: Option<&'a Path>,
}

impl Assignment<'_> {
    /// The folder the agent works in: the one made for it, else the project's. A delegation is about its host and begins in the
    /// agent's own, and so does an orchestrator, which has no files to work on.
    ///
    /// *Errors*: [`DriverError::NoTask`], and [`DriverError::NoFolder`] where the project has none.
    pub fn folder(&self) -> Result<PathBuf, DriverError> {
        if let Some(workplace) = self.workplace {
            return Ok(workplace.to_path_buf());
        }
        let own = || self.prompt_file.parent().unwrap_or(Path::new("/")).to_path_buf();
        if self.is_orchestrator() {
            return Ok(own());
        }
        let task = self.task.ok_or_else(|| DriverError::NoTask(self.agent.id.clone()))?;
        if task.kind == TaskKind::Delegation {
            return Ok(own());
        }
        let repo = self.project.and_then(|project| project.repo.as_ref());
        Ok(PathBuf::from(repo.ok_or_else(|| DriverError::NoFolder(task.project.clone()))?.as_str()))
    }

    /// Whether it is for an HO, a PO or an IO: a conversation of turns, of which this is one. It has the tools of the bridge and no other.
    pub fn is_orchestrator(&self) -> bool {
        self.agent.role.tier() == Tier::Orchestrator
    }
}

/// Who says that the agent lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beats {
    /// The agent itself.
    Agent,
    /// Its shim: a plain command knows nothing of the Bus.
    Shim,
}

/// What a command reads on its standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stdin {
    /// Nothing.
    #[default]
    Nothing,
    /// Its prompt, and then the end.
    Prompt,
    /// Messages as [`StreamReader::say`](crate::StreamReader::say) writes them: the prompt first, then what people type; closed
    /// once a turn has ended and nothing more is to be said.
    Messages,
}

/// What to start for an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The folder it runs in, and its verifications after it.
    pub folder: PathBuf,
    /// Variables beyond the allow-list and the `XIO_…` ones.
    pub env: BTreeMap<String, String>,
    /// What it reads.
    pub stdin: Stdin,
    /// Commands for the shell that all exit 0 when the work is well done.
    pub verify: Vec<Text<4096>>,
    /// Who says that it lives.
    pub beats: Beats,
    /// Whether the end's reading bears the verdict of a review, which the shim posts.
    pub posts_verdict: bool,
    /// What the run's reader is to know, in the driver's own words; the agent's spec keeps it. No secret; empty where there is nothing.
    pub note: String,
}

/// How a command ended that nobody stopped and no limit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandEnd {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The end of its output, at most 4 KiB.
    pub tail: String,
}
