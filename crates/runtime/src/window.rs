//! What a shim has to know of the window in which people see its agent.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The window of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSpec {
    /// The `go` binary, which puts the command on its terminal.
    pub exe: PathBuf,
    /// What becomes of what people type in it.
    pub typing: Typing,
}

/// What becomes of what people type in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typing {
    /// The command has a terminal, and the keys go to that.
    Terminal,
    /// Each line is a message to the agent.
    Messages,
    /// Nothing: its program takes nothing.
    Nothing,
}
