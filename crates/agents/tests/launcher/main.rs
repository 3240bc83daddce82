//! A launcher before a fake Bus, with real shims and real commands beneath it.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod agents;
mod bench;
mod bus;
mod disk;
mod folders;
mod registration;
mod restarts;
mod resume;
mod wakes;
