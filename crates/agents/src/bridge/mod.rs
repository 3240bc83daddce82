//! An agent's bridge to the Bus's tools: what its program says over MCP goes to `/mcp` under the agent's token.
//!
//! So an agent's configuration holds neither the Bus's address nor a token. The token is read from its file for each message, so its rotation
//! ends nothing. While the Bus is away a request waits for it, bounded, and is then answered with an error that says so; nothing is lost that
//! was answered, and nothing is done twice, as a message that is sent again carries the same idempotency key.
//!
//! It speaks in two ways: over standard input and output, as a process of its own that any program can start ([`stdio`]), and over HTTP within
//! the shim ([`Server`]), for programs that would wait for such a process to begin and to end.

mod ended;
mod exchange;
mod lines;
mod message;
mod patience;
mod reply;
mod server;
pub mod stdio;

pub use exchange::{Missing, Place};
pub(crate) use server::Server;
pub use server::ServerError;
