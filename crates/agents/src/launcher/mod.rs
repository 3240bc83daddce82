//! The launcher: runs on a host what the Bus says has to run there, and ends what has to end.
//!
//! A reconciler: it holds a World of the Bus and a picture of its own folders and keepers, looks at both whenever anything
//! changes, and does what is missing. Every choice is made by [`reconcile`], which is pure; the rest carries it out. A
//! launcher that died lost nothing: its shims work on, and the next one finds them by their folders.

mod accounts;
mod adopt;
mod collisions;
mod config;
mod error;
mod host_lease;
mod jobs;
mod local;
mod predecessor;
mod reconcile;
mod register;
mod resume;
mod room;
mod run;
mod session;
mod spec;
mod start;
mod worker;
mod workplace;

pub use accounts::{Accounts, Credential};
pub use config::{FileWork, LauncherConfig, Shutdown};
pub use error::LauncherError;
pub use local::{Keeper, Local, LocalState, LocalWorkplace};
pub use reconcile::{LaunchAction, Step, reconcile};
pub use run::run;
