//! Real git, real remotes: bare repos in temporary folders, with nothing of the person's settings.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod asking;
mod catching_up;
mod elsewhere;
mod house;
mod killed;
mod landing;
mod making;
mod queue;
mod removing;
mod saving;
