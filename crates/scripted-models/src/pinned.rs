//! The agents' command lines that tests and benches run, each with its version: the one place that names them and where they lie.

use std::path::{Path, PathBuf};

/// A command line from npm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cli {
    /// Its command.
    pub command: &'static str,
    /// Its npm package.
    pub package: &'static str,
    /// The version that is installed and that recordings were made with.
    pub version: &'static str,
}

/// Claude Code.
pub const CLAUDE: Cli = Cli { command: "claude", package: "@anthropic-ai/claude-code", version: "2.1.330" };

/// Codex.
pub const CODEX: Cli = Cli { command: "codex", package: "@openai/codex", version: "0.169.0" };

/// All of them.
pub const CLIS: [Cli; 2] = [CLAUDE, CODEX];

/// The variable that says where else than in the user's cache they are kept.
const OVERRIDE: &str = "GO_AGENTS_CACHE";

impl Cli {
    /// Its program, as npm leaves it below `prefix`.
    pub fn program_in(&self, prefix: &Path) -> PathBuf {
        prefix.join("node_modules/.bin").join(self.command)
    }
}

/// The folder that the pinned versions lie in, one for each set of versions, below the cache.
pub fn prefix() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = named(OVERRIDE).or_else(|| {
        let user = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
        Some(user.join("go-agents"))
    })?;
    Some(cache.join(CLIS.map(|cli| format!("{}-{}", cli.command, cli.version)).join("_")))
}
