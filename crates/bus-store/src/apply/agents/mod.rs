//! Agents: how they come, live and end.

pub(super) mod ended;
pub(super) mod exit;
pub(super) mod heartbeat;
pub(super) mod lost;
pub(super) mod patch;
pub(super) mod register;
pub(super) mod seats;
pub(super) mod spawn;
mod spawn_checks;
pub(super) use spawn_checks::active as check_active;
pub(super) mod state;
pub(super) mod succession;
pub(super) mod terminate;
pub(super) mod token;
