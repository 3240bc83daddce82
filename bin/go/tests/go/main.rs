//! The real binary from outside, as a person or a script meets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod bad_input;
mod crash;
mod detached;
mod fleet;
mod governance;
mod place;
mod processes;
mod usage;
