//! Tasks: from `pending` to their end.

pub(super) mod assign;
pub(super) mod authority;
pub(super) mod collisions;
pub(super) mod complete;
pub(super) mod create;
mod delegation;
pub(super) mod dependencies;
mod evidence;
pub(super) mod fail;
mod landing;
mod landing_command;
pub(super) mod patch;
mod patch_state;
mod pinned;
pub(super) mod progress;
pub(super) mod review;
mod review_rounds;
mod review_task;
