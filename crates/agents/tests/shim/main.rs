//! A shim as a process of its own, real commands beneath it, and a fake Bus before it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod bench;
mod crash;
mod ends;
mod places;
mod reports;
mod seats;
mod stops;
mod talks;
mod tools;
mod wakes;
mod windows;
