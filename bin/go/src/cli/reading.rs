//! The reading commands and their filters.

use clap::{Args, Subcommand};
use go_bus_api::TaskId;

/// How a reading command answers.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Json {
    /// Answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The commands that read the Bus.
#[derive(Debug, Subcommand)]
pub(crate) enum ReadCommand {
    /// The fleet at a glance: who is GO, projects, hosts, what runs, what waits and why
    Status {
        /// Why this task is where it is
        #[arg(long, value_name = "TASK")]
        why: Option<TaskId>,
        #[command(flatten)]
        json: Json,
    },
    /// List agents
    Agents {
        #[command(flatten)]
        filter: AgentFilter,
        /// Those that have ended, too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        json: Json,
    },
    /// List tasks
    Tasks {
        #[command(flatten)]
        filter: TaskFilter,
        #[command(flatten)]
        json: Json,
    },
    /// Print the event log; JSON Lines with --json
    Events {
        /// Go on with new ones until Ctrl-C
        #[arg(short, long)]
        follow: bool,
        /// Only those after this one
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: u64,
        #[command(flatten)]
        json: Json,
    },
    /// The projects at a glance
    Digest {
        #[command(flatten)]
        json: Json,
    },
    /// Who is GO
    Lease {
        #[command(flatten)]
        json: Json,
    },
    /// What the last GO left for the next one
    Handoff {
        #[command(flatten)]
        json: Json,
    },
}

/// Which agents.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgentFilter {
    /// Only this role
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// Only this state
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only on this host
    #[arg(long)]
    pub(crate) host: Option<String>,
    /// Only for this project
    #[arg(long)]
    pub(crate) project: Option<String>,
}

/// Which tasks.
#[derive(Debug, Clone, Args)]
pub(crate) struct TaskFilter {
    /// Only of this project
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// Only in this state
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only of this kind
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Only this agent's
    #[arg(long)]
    pub(crate) assignee: Option<String>,
}
