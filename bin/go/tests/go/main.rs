//! The real binary from outside, as a person or a script meets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod apart;
mod bad_input;
mod bridge;
mod bus_restart;
mod collisions;
mod crash;
mod delegation;
mod detached;
mod disk_full;
mod fleet;
mod governance;
mod hierarchy;
mod improvement;
mod landed;
mod leaders;
mod logs;
mod managed;
mod open_files;
mod operator;
mod paused;
mod place;
mod processes;
mod regime;
mod repo;
mod rotation;
mod session;
mod sprint_close;
mod stewards;
mod takeover;
mod task_add;
mod units;
mod usage;
mod watchdog;
mod windows;
mod xiopro;
