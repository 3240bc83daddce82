//! The driver `command`: any program, by a template of its command line, that speaks the lines of docs/drivers/command.md or none.

mod launch;
mod lines;
mod plain;
mod reader;
mod template;
#[cfg(test)]
mod tests;

use go_bus_api::DriverKind;

pub use template::{Placeholder, Template, TemplateError};

use crate::{AgentDriver, Assignment, DriverError, Launch, StreamReader};

/// What the program's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// A line of JSON for each thing it tells; messages come in on its standard input.
    #[default]
    Lines,
    /// Words for people; its exit code says how it went.
    Plain,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 2] = [Self::Lines, Self::Plain];

    /// Its name in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Plain => "plain",
        }
    }
}

/// Runs a program of one's own for builders and reviewers, or as an orchestrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandDriver {
    /// Its command line; without one it runs nothing, but reads what others ran.
    pub run: Option<Template>,
    /// What its output is.
    pub protocol: Protocol,
    /// The variables of GO's own environment that it gets; none unless the settings say so.
    pub keep_env: Vec<String>,
}

impl AgentDriver for CommandDriver {
    fn kind(&self) -> DriverKind {
        DriverKind::Command
    }

    fn takes_terminal(&self) -> bool {
        self.protocol == Protocol::Plain
    }

    fn reads_bridge_file(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.uses(Placeholder::BridgeFile))
    }

    fn launch(&self, assignment: &Assignment<'_>) -> Result<Launch, DriverError> {
        launch::launch(self, assignment)
    }

    fn keeps(&self) -> &[String] {
        &self.keep_env
    }

    fn reader(&self, posts_verdict: bool, note: &str) -> Box<dyn StreamReader> {
        // The note tells the protocol of the launch, which a change of the settings meanwhile does not change.
        match Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == note).unwrap_or(self.protocol) {
            Protocol::Lines => Box::new(reader::LinesReader::new(posts_verdict)),
            Protocol::Plain => Box::new(plain::PlainReader { posts_verdict }),
        }
    }
}
