//! The commands that look at a plan, and those that act on its tasks.

use std::path::PathBuf;

use clap::Subcommand;
use go_bus_api::{AgentId, TaskId};

use super::Json;

/// `go plan`.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Say everything that is wrong with a plan, with its line and column
    Check {
        /// The plan; plan.yaml here unless given
        plan: Option<PathBuf>,
    },
    /// Print a plan as a table
    Show {
        /// The plan; plan.yaml here unless given
        plan: Option<PathBuf>,
        #[command(flatten)]
        json: Json,
    },
    /// Draw a plan as a Mermaid flowchart
    Graph {
        /// The plan; plan.yaml here unless given
        plan: Option<PathBuf>,
    },
    /// Print the JSON Schema of plans
    Schema,
}

/// `go task`.
#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// Show all there is to a task
    Show {
        /// The task
        id: TaskId,
        #[command(flatten)]
        json: Json,
    },
    /// Assign a task: the start signal
    Assign {
        /// The task
        id: TaskId,
        /// Who answers for it from now on
        agent: AgentId,
    },
    /// Stop its builder; it will not be done
    Cancel {
        /// The task
        id: TaskId,
    },
    /// Stop its builder; it goes back to the queue, uncounted
    Kill {
        /// The task
        id: TaskId,
    },
    /// Stop its builder and set it aside
    Hold {
        /// The task
        id: TaskId,
    },
    /// Let a failed, blocked or held task be done again
    Retry {
        /// The task
        id: TaskId,
    },
}
