//! What the stewards keep (R5): the rule files, the template registry, the skill registry and the paths of the state files.
//!
//! [`Library::load`] reads all of it and names every mistake in one run, with its place. A [`Steward`] holds the library in effect:
//! what is broken keeps its last good version, and each change tells its old and new hash. [`Watch`] tells when to look again.
//! Nothing here decides who is spawned: the texts and the layout of a prompt are asked for by role.
//!
//! Files are read, nothing is written.

mod activation;
mod audience;
mod diagnostic;
mod front_matter;
mod library;
mod registry;
mod rule;
mod skill;
mod state_files;
mod steward;
mod template;
mod text_file;
mod version;
mod watch;
mod yaml;

#[cfg(test)]
mod samples;

pub use activation::SkillRun;
pub use audience::Audience;
pub use diagnostic::Diagnostic;
pub use library::{Absent, Library, Loaded, RoleTexts, Sources};
pub use rule::Rule;
pub use skill::Skill;
pub use state_files::{StateFile, StateKind};
pub use steward::{Change, Reloaded, Steward};
pub use template::{BUILT_IN_HAND, BUILT_IN_ORCHESTRATOR, Template, Variables};
pub use version::Version;
pub use watch::{Watch, WatchError};
