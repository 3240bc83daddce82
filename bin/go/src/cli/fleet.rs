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

/// The roles that there is a reference agent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReferenceRole {
    /// Host Orchestrator
    Ho,
    /// Project Orchestrator
    Po,
    /// Interaction Orchestrator
    Io,
    /// The Mac: runs what is delegated to it
    M0,
    /// The desk that GO reports to: prints what it is told
    C0,
}

/// How `go agent m0` works.
#[derive(Debug, Clone, Args)]
pub(crate) struct Mac {
    /// Where M0 runs commands [default: the project's repo, where that is a folder here]
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// What M0 offers [default: browser, obsidian and gpu]
    #[arg(long, value_name = "CAPABILITY,...", value_delimiter = ',')]
    pub(crate) offers: Vec<String>,
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
