//! The Control Bus over HTTP: REST and SSE above the [`Store`](go_bus_store::Store) port.
//!
//! The store holds the truth and the rules. This crate adds what only a process can: who asks (tokens), how it is said
//! (routes, problems, streams), and what no event tells (liveness timers, standbys, the holder's session). A request is
//! extracted (`extract`), becomes one [`Command`](go_bus_store::Command) or [`Query`](go_bus_store::Query) (`routes`), and the
//! receipt becomes the answer (`answer`, `problems`).

mod answer;
mod auth;
mod bus;
mod config;
mod connection;
mod deadline;
mod denials;
mod doors;
mod error;
mod extract;
mod lease;
mod listener;
mod liveness;
mod mcp;
mod metrics;
mod openapi;
mod operator_token;
mod permits;
mod phase;
mod problems;
mod question_timer;
mod roles;
mod routes;
mod server;
mod sse;
mod token;

pub use config::{Config, Limits, SessionGrace};
pub use error::ServeError;
pub use listener::Listener;
pub use server::Server;
