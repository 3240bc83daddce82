//! What an agent runs: a driver turns an assignment into a command, the command's output into signs, and its end into what it means.
//!
//! A driver starts nothing itself and knows of no process, file or Bus; so a third party can add one by implementing
//! [`AgentDriver`] and check it with [`conformance::run`].

mod answer;
mod assignment;
mod claude;
mod codex;
mod command;
pub mod conformance;
mod error;
pub mod failures;
mod lines;
mod port;
mod shell;
mod stream;

pub use answer::Answer;
pub use assignment::{Assignment, Beats, CommandEnd, Launch, Stdin};
pub use claude::{CLAUDE_FAILURES, ClaudeDriver, ClaudeSettings, PermissionMode};
pub use codex::{CodexDriver, CodexSettings, Price, Sandbox};
pub use command::{CommandDriver, Placeholder, Protocol, Template, TemplateError};
pub use error::DriverError;
pub use lines::Lines;
pub use port::AgentDriver;
pub use shell::ShellDriver;
pub use stream::{Call, Sign, StreamReader, Window};
