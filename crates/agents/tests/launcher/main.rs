//! A launcher before a fake Bus, with real shims and real commands beneath it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod agents;
mod bench;
mod bus;
mod registration;
mod restarts;
