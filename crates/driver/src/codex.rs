//! The driver `codex`: OpenAI's Codex CLI in its non-interactive mode, `codex exec --json`, the prompt on its standard input.

mod events;
mod failures;
mod launch;
mod note;
mod reader;
mod resets;
mod settings;
#[cfg(test)]
mod tests;
mod usage;

use go_bus_api::DriverKind;

pub use settings::{CodexSettings, Sandbox};
pub use usage::Price;

use crate::{AgentDriver, Answer, Assignment, DriverError, Launch, StreamReader};

/// Runs Codex (npm `@openai/codex`, 0.169 or newer) for builders and reviewers; an orchestrator gets the Bus's tools and a sandbox that only reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodexDriver {
    /// What it goes by.
    pub settings: CodexSettings,
}

impl CodexDriver {
    /// How each failure is read, as a table of Markdown: what docs/drivers/codex.md has.
    pub fn failure_table() -> String {
        failures::table()
    }
}

impl AgentDriver for CodexDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Codex
    }

    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
        launch::launch(&self.settings, assignment)
    }

    fn keeps(&self) -> &[String] {
        &self.settings.keep_env
    }

    fn reader(&self, _posts_verdict: bool, note: &str) -> Box<dyn StreamReader> {
        Box::new(reader::CodexReader::new(note::Note::read(note)))
    }

    fn answers(&self, line: &str) -> Vec<Answer> {
        Answer::of_codex(line)
    }
}
