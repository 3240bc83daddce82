//! The real binary from outside, as a person or a script meets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod apart;
mod bad_input;
mod crash;
mod detached;
mod disk_full;
mod fleet;
mod governance;
mod open_files;
mod place;
mod processes;
mod task_add;
mod usage;
