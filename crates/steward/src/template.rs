//! A template: how the sections of a prompt are set, in Jinja's language.

mod check;
mod engine;

use std::path::PathBuf;

use go_bus_api::{Role, Tier};
use minijinja::Environment;

use crate::diagnostic::Diagnostic;
use crate::registry::TemplateEntry;
use crate::text_file::TextFile;
use crate::version::Version;

/// The built-in template of an HO's, PO's or IO's prompt.
pub const BUILT_IN_ORCHESTRATOR: &str = include_str!("../templates/orchestrator.md");
/// The built-in template of a specialist's, worker's or reviewer's prompt.
pub const BUILT_IN_HAND: &str = include_str!("../templates/hand.md");

/// What a template may say: the sections of one prompt. Each is there; one that has nothing to say is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variables<'a> {
    /// `role`: whose prompt it is.
    pub role: Role,
    /// `identity`: who the agent is, on one line.
    pub identity: &'a str,
    /// `mission`: what it is there to do.
    pub mission: &'a str,
    /// `ticket`: the task in hand; empty for orchestrators.
    pub ticket: &'a str,
    /// `handoff`: what its predecessor has left for it; empty for hands, and where nobody left anything.
    pub handoff: &'a str,
    /// `verification`: how its work is verified (R23).
    pub verification: &'a str,
    /// `context_rotation`: when and how it hands over (R26); empty for hands.
    pub context_rotation: &'a str,
    /// `rules`: the rules that hold for it.
    pub rules: &'a str,
    /// `skills`: what it may use, and the text of what is loaded.
    pub skills: &'a str,
    /// `state_files`: the files that concern it.
    pub state_files: &'a str,
    /// `bus_access`: how it reaches the Bus.
    pub bus_access: &'a str,
}

impl<'a> Variables<'a> {
    /// Each text by its name.
    pub(crate) fn texts(&self) -> [(&'static str, &'a str); 11] {
        [
            ("role", self.role.as_str()),
            ("identity", self.identity),
            ("mission", self.mission),
            ("ticket", self.ticket),
            ("handoff", self.handoff),
            ("verification", self.verification),
            ("context_rotation", self.context_rotation),
            ("rules", self.rules),
            ("skills", self.skills),
            ("state_files", self.state_files),
            ("bus_access", self.bus_access),
        ]
    }
}

/// A template of the registry that was found good.
#[derive(Debug)]
pub struct Template {
    /// Its id in the registry.
    pub id: String,
    /// Its file.
    pub path: PathBuf,
    /// That file's version.
    pub version: Version,
    /// Whose prompts it lays out.
    pub roles: Vec<Role>,
    engine: Environment<'static>,
}

impl Template {
    /// Checks a file that was read for an entry of the registry: it compiles, knows its variables, and drops no section that a prompt
    /// needs.
    pub(crate) fn parse(entry: &TemplateEntry, file: TextFile) -> Result<Self, Vec<Diagnostic>> {
        let TextFile { path, text, version } = file;
        let engine = engine::compile(&path, text).map_err(|mistake| vec![mistake])?;
        let template = Self { id: entry.id.text.clone(), path, version, roles: entry.roles.clone(), engine };
        match check::faults(&template) {
            faults if faults.is_empty() => Ok(template),
            faults => Err(faults),
        }
    }

    /// The prompt that it makes of `variables`.
    ///
    /// # Errors
    /// What in it is wrong, with its place: a variable that there is not, or more work than a prompt may take.
    pub fn render(&self, variables: &Variables<'_>) -> Result<String, Diagnostic> {
        engine::render(&self.engine, &self.path, variables)
    }

    /// The template that holds for `role` where the registry has none.
    pub fn built_in(role: Role) -> &'static str {
        if role.tier() == Tier::Orchestrator { BUILT_IN_ORCHESTRATOR } else { BUILT_IN_HAND }
    }
}

#[cfg(test)]
mod tests;
