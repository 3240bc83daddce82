//! Git and nothing else: the working folders that tickets are built in, the work that is saved from them, and the one queue by
//! which it lands. Also whose saved work would collide with whose, and which ticket a line comes from.
//!
//! Nothing is kept outside the repo: a working folder's facts lie in its administrative folder, saved work on refs, and what has
//! landed tells so by its trailers. So every function here may be killed at any point and called again.

mod catch_up;
mod collide;
mod commands;
mod copy;
mod discard;
mod elsewhere;
mod error;
mod git;
mod identity;
mod land;
mod line;
mod make;
mod merge;
mod object;
mod origin;
mod place;
mod remove;
mod repo;
mod save;
mod saved;
mod snapshot;
mod space;
mod start;
mod within;
mod worktrees;

pub use catch_up::catch_up;
pub use collide::{InFlight, collide};
pub use commands::{Answer, Call, Commands, Programs};
pub use error::RepoError;
pub use land::{Deliver, Landing, Outcome, Terms, land};
pub use make::{Made, Order, make};
pub use merge::Conflict;
pub use object::{ObjectId, aside_ref, saved_ref, task_branch};
pub use origin::{Origin, SourceLine, origin};
pub use remove::remove;
pub use repo::{Note, Repo};
pub use save::{Push, save};
pub use space::{Space, space};
