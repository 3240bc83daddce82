//! Real git, real remotes: bare repos in temporary folders, with nothing of the person's settings.

mod asking;
mod house;
mod killed;
mod landing;
mod making;
mod queue;
mod removing;
mod saving;
