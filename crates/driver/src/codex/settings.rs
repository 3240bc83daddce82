//! What the driver is set to: `drivers.codex`.

use std::collections::BTreeMap;

use go_bus_api::Model;

use super::Price;

/// What Codex's own sandbox lets the model's commands do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sandbox {
    /// Read files.
    ReadOnly,
    /// Write in the working folder too; no network.
    #[default]
    WorkspaceWrite,
    /// Everything: where the host itself is the sandbox, or has none that Codex can use.
    DangerFullAccess,
}

impl Sandbox {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::WorkspaceWrite, Self::DangerFullAccess];

    /// The mode as Codex has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::WorkspaceWrite => "workspace-write",
            Self::DangerFullAccess => "danger-full-access",
        }
    }
}

/// How Codex is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodexSettings {
    /// The program, looked up on `PATH` where it has no slash.
    pub program: String,
    /// Arguments after the driver's own, which they win over.
    pub args: Vec<String>,
    /// What runs an agent that names no model, or one of the Claude family; where this says nothing either, Codex's own default.
    pub model: Option<Model>,
    /// What the model's commands may do.
    pub sandbox: Sandbox,
    /// What each model costs. Codex reports tokens and no money.
    pub prices: BTreeMap<String, Price>,
    /// The variables of GO's own environment that it gets: its login where that is a key, and where its settings lie.
    pub keep_env: Vec<String>,
}

/// What is kept unless the settings say otherwise.
const USUAL_ENV: [&str; 4] = ["CODEX_API_KEY", "CODEX_HOME", "OPENAI_API_KEY", "OPENAI_BASE_URL"];

impl Default for CodexSettings {
    fn default() -> Self {
        Self {
            program: "codex".to_owned(),
            args: Vec::new(),
            model: None,
            sandbox: Sandbox::default(),
            prices: BTreeMap::new(),
            keep_env: USUAL_ENV.map(str::to_owned).to_vec(),
        }
    }
}
