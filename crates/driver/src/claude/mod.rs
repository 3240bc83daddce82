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
mod settings;
mod windows;

use go_bus_api::{DriverKind, Role};

use crate::{AgentDriver, Answer, Assignment, Beats, DriverError, Launch, Stdin, StreamReader};

pub use failures::ROWS as CLAUDE_FAILURES;
pub use settings::{ClaudeSettings, PermissionMode};

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

    fn reads_bridge_file(&self) -> bool {
        true
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
            folder: assignment.folder()?,
            env: command::environment(&self.settings),
            stdin: Stdin::Messages,
            verify,
            beats: Beats::Shim,
            posts_verdict: false,
            note: if role == Role::Reviewer { reader::HAS_TO_REVIEW.to_owned() } else { String::new() },
        })
    }

    fn keeps(&self) -> &[String] {
        &self.settings.keep_env
    }

    fn reader(&self, _posts_verdict: bool, note: &str) -> Box<dyn StreamReader> {
        Box::new(reader::ClaudeReader::new(note))
    }

    fn answers(&self, line: &str) -> Vec<Answer> {
        Answer::of_claude(line)
    }
}

#[cfg(test)]
mod tests;
