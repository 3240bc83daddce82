//! The commands that look at prompts.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use go_bus_api::TaskId;

/// `go prompt`.
#[derive(Debug, Subcommand)]
pub(crate) enum PromptCommand {
    /// Print a prompt as an agent of this role would get it
    Show(Shown),
}

/// Which prompt.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// Whose
    #[arg(value_enum)]
    pub(crate) role: PromptRole,
    /// The ticket it is about; an orchestrator's is about the ticket's host or project [default: the plan's first]
    #[arg(long, value_name = "ID")]
    pub(crate) ticket: Option<TaskId>,
    /// The plan [default: plan.yaml]
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
}

/// The roles that get a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PromptRole {
    /// Host Orchestrator
    Ho,
    /// Project Orchestrator
    Po,
    /// Interaction Orchestrator
    Io,
    /// Builds significant deliverables
    Specialist,
    /// Does everything else
    Worker,
    /// Reviews what somebody else built
    Reviewer,
}
