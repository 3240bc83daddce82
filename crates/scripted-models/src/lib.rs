//! Model providers by script: a server on loopback that speaks Anthropic Messages and OpenAI Responses, so that the real
//! command lines of coding agents run in tests and benches, with mishaps where a script has them. Nothing that ships stands on it.
//!
//! A prompt names its script by a line `SCRIPT: name`, or `SCRIPT: name#run` where one script plays in several conversations.

mod anthropic;
mod http;
mod isolation;
mod openai;
mod pinned;
mod place;
mod play;
mod scenes;
mod script;
mod server;
mod soon;

pub use http::Request;
pub use isolation::{claude_environment, codex_environment};
pub use pinned::{CLAUDE, CLIS, CODEX, Cli, prefix};
pub use play::MARKER;
pub use scenes::{Run, STAYS, Scene, Stop, claude_scenes, codex_scenes};
pub use script::{Answer, Call, Fault, Script, Turn, Usage};
pub use server::{ModelServer, Received};
pub use soon::in_seconds;
