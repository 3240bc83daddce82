//! Plans and settings of the fleets of this bench.

use std::path::Path;

use super::stage::Variables;

/// Makes the folder `repo` a repo with one commit of what is in it.
pub(super) const NEW_REPO: &str = "cd repo; git init -q -b main; git config user.name Bench; \
    git config user.email bench@example.org; git add -A; git commit -q --allow-empty -m first";

/// A project of a plan.
pub(super) struct Project<'a> {
    pub(super) id: &'a str,
    pub(super) repo: &'a Path,
    pub(super) driver: &'a str,
    /// How its work is delivered.
    pub(super) deliver: &'a str,
    /// The variables of its agents.
    pub(super) variables: &'a Variables,
}

impl Project<'_> {
    /// It as the plan has it, with its tickets, each in one line.
    pub(super) fn with(&self, tickets: &[String]) -> String {
        let Self { id, driver, deliver, .. } = self;
        let pairs: Vec<String> = self.variables.iter().map(|(name, value)| format!("{name}: \"{value}\"")).collect();
        let mut text = format!(
            "  - id: {id}\n    name: {id}\n    repo: {}\n    driver: {driver}\n    deliver: {deliver}\n    env: {{{}}}\n",
            self.repo.display(),
            pairs.join(", ")
        );
        text += if tickets.is_empty() { "    tickets: []\n" } else { "    tickets:\n" };
        tickets.iter().for_each(|ticket| text += &format!("      - {ticket}\n"));
        text
    }
}

/// The settings: so many agents at once, with these programs.
pub(super) fn settings(claude: &Path, codex: &Path, agents: usize) -> String {
    format!(
        "agents: {{max: {agents}, idle_timeout: 20s}}\nimprovement: {{enabled: false}}\nreview: {{integration_every: 0}}\n\
         models: {{default: claude-sonnet-4-6, haiku: claude-haiku-4-5}}\n\
         drivers:\n  claude: {{program: {}, max_retries: 2}}\n  \
         codex: {{program: {}, model: gpt-5.5, sandbox: danger-full-access, prices: {{gpt-5.5: {{input: 1.25, cached: 0.125, output: 10}}}}}}\n",
        claude.display(),
        codex.display()
    )
}
