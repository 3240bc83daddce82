//! The commands that run a fleet, or parts of one.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `go up`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Up {
    /// The plan [default: plan.yaml]
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Where the Bus listens [default: 127.0.0.1:8088]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// End once the plan is done (exit 0) or nothing can move any more (exit 1)
    #[arg(long)]
    pub(crate) exit_when_done: bool,
    /// Run in the background
    #[arg(short, long)]
    pub(crate) detach: bool,
}

/// The roles that there is a reference orchestrator for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OrchestratorRole {
    /// Host Orchestrator
    Ho,
    /// Project Orchestrator
    Po,
    /// Interaction Orchestrator
    Io,
}

/// `go bus`.
#[derive(Debug, Subcommand)]
pub(crate) enum BusCommand {
    /// Serve the Bus until a signal
    Serve(Serve),
}

/// Where a Bus listens and what it stores in.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    /// Where to listen [default: 127.0.0.1:8088]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// What to store in: sqlite:PATH or postgres://… [default: sqlite:<data>/bus.db]
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// What to pause, resume or drain.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// A project, a host, or all
    #[arg(default_value = "all", value_name = "PROJECT|HOST|all")]
    pub(crate) target: String,
}
