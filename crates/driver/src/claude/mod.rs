//! The driver `claude`: Claude Code (2.1 or newer) in print mode, which speaks lines of JSON both ways.
//!
//! What is passed and what each failure does is on the page docs/drivers/claude.md. Everything here is pure: [`command`] makes the
//! command line, [`reader`] reads the stream, [`failures`] has the table of what its errors mean.

mod call;
mod command;
mod failures;
mod ledger;
mod models;
mod reader;
mod reset;
mod result;
mod windows;

use go_bus_api::{DriverKind, Role};

use crate::{AgentDriver, Assignment, Beats, DriverError, Launch, Stdin, StreamReader};

pub use failures::ROWS as CLAUDE_FAILURES;

/// How Claude Code is run, beyond what the assignment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaudeSettings {
    /// The program, found through `PATH` where it has no slash.
    pub program: String,
    /// Arguments of the person's own; they come last, so that they overrule ours.
    pub args: Vec<String>,
    /// What an agent may use unasked, in Claude Code's own words for it (`Bash(git *)`, `mcp__github`), beside the Bus's tools.
    pub allowed_tools: Vec<String>,
    /// What becomes of a tool that is not among them: Claude Code's permission mode.
    pub permission_mode: String,
    /// How often the program itself repeats a request that failed, before it gives up. Its own default is 10, also after a 401.
    pub max_retries: u32,
}

impl Default for ClaudeSettings {
    fn default() -> Self {
        Self {
            program: "claude".to_owned(),
            args: Vec::new(),
            allowed_tools: command::USUAL_TOOLS.map(str::to_owned).to_vec(),
            permission_mode: "dontAsk".to_owned(),
            max_retries: 4,
        }
    }
}

/// Claude Code as an agent. Builders and reviewers work in the folder that is made for them; an orchestrator gets the Bus's tools and
/// nothing else, and begins where its prompt lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaudeDriver {
    /// How it is run.
    pub settings: ClaudeSettings,
}

impl AgentDriver for ClaudeDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Claude
    }

    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
        let role = assignment.agent.role;
        let verify = match (role, assignment.task) {
            (Role::Ho | Role::Po | Role::Io, _) => Vec::new(),
            (Role::Specialist | Role::Worker, Some(task)) => task.verify.clone(),
            (Role::Reviewer, Some(_)) => Vec::new(),
            (Role::Specialist | Role::Worker | Role::Reviewer, None) => {
                return Err(DriverError::NoTask(assignment.agent.id.clone()));
            }
            (other, _) => return Err(DriverError::Role(other)),
        };
        Ok(Launch {
            argv: command::argv(&self.settings, assignment)?,
            folder: command::folder(assignment)?,
            env: command::environment(&self.settings),
            stdin: Stdin::Messages,
            verify,
            beats: Beats::Shim,
            posts_verdict: false,
            note: if role == Role::Reviewer { reader::HAS_TO_REVIEW.to_owned() } else { String::new() },
        })
    }

    fn reader(&self, _posts_verdict: bool, note: &str) -> Box<dyn StreamReader> {
        Box::new(reader::ClaudeReader::new(note))
    }
}

#[cfg(test)]
mod tests;
