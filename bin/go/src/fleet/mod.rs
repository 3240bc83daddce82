//! The parts of a fleet, made from the settings, and how they run together in one process.

mod execution_log;
mod handoff_file;
mod launchers;
mod parts;
mod predecessor;
mod together;

pub(crate) use execution_log::execution_log;
pub(crate) use parts::{defaults, go_config, hand_config, launcher_config, own_program};
pub(crate) use together::{Together, run};
