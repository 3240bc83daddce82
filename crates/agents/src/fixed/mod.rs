//! M0 and C0 (R9, R10): they are there from the start, nobody spawns them, and no launcher keeps them.
//!
//! These are the reference ones, each a process of its own that is started by hand where it belongs. It takes its token with the
//! operator's, says that it lives, and follows the Bus. M0 runs what is delegated to it; C0 takes note of what it is told. A Mac sleeps:
//! one that wakes up goes on where the Bus says that things are.

mod command;
mod config;
mod duty;
mod enrol;
mod error;
mod hand;
mod run;
mod session;

pub use config::{Duty, FixedConfig, MacConfig, Tell};
pub use error::FixedError;
pub use run::{run, run_under};
