//! How Claude Code is run.

use super::command;

/// What becomes of a tool that is not allowed beforehand. In print mode there is nobody to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PermissionMode {
    /// It is denied.
    #[default]
    DontAsk,
    /// It is denied, but for editing files in the folder.
    AcceptEdits,
    /// A safety check at the provider decides.
    Auto,
    /// It is allowed. Claude Code refuses this mode to root.
    BypassPermissions,
}

impl PermissionMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::DontAsk, Self::AcceptEdits, Self::Auto, Self::BypassPermissions];

    /// The mode as Claude Code has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DontAsk => "dontAsk",
            Self::AcceptEdits => "acceptEdits",
            Self::Auto => "auto",
            Self::BypassPermissions => "bypassPermissions",
        }
    }
}

/// What is set, beyond what an assignment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaudeSettings {
    /// The program, found through `PATH` where it has no slash.
    pub program: String,
    /// Arguments of the person's own; they come last, so that they overrule ours.
    pub args: Vec<String>,
    /// What an agent may use unasked, in Claude Code's own words for it (`Bash(git *)`, `mcp__github`), beside the Bus's tools.
    pub allowed_tools: Vec<String>,
    /// What becomes of a tool that is not among them.
    pub permission_mode: PermissionMode,
    /// How often the program itself repeats a request that failed, before it gives up. Its own default is 10, also after a 401.
    pub max_retries: u32,
    /// The variables of GO's own environment that it gets: its login where that is a key, and where its provider is.
    pub keep_env: Vec<String>,
}

/// What is kept unless the settings say otherwise.
const USUAL_ENV: [&str; 5] =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CONFIG_DIR"];

impl Default for ClaudeSettings {
    fn default() -> Self {
        Self {
            program: "claude".to_owned(),
            args: Vec::new(),
            allowed_tools: command::USUAL_TOOLS.map(str::to_owned).to_vec(),
            permission_mode: PermissionMode::default(),
            max_retries: 4,
            keep_env: USUAL_ENV.map(str::to_owned).to_vec(),
        }
    }
}
