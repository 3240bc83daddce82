//! The agents' command lines that tests and benches run, each with its version: the one place that names them.

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

/// All of them.
pub const CLIS: [Cli; 2] = [
    Cli { command: "claude", package: "@anthropic-ai/claude-code", version: "2.1.330" },
    Cli { command: "codex", package: "@openai/codex", version: "0.169.0" },
];
