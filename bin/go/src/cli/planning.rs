//! The commands that look at a plan, and those that act on its tasks.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use go_bus_api::{AgentId, HostId, ProjectId, TaskId};

use super::Json;
use crate::settings::Period;

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
    /// Add a ticket to the plan, and to what the Bus has to do
    Add(Box<NewTicket>),
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

/// A ticket as plan.yaml has it.
#[derive(Debug, Args)]
pub(crate) struct NewTicket {
    /// What is to be done, in one line
    pub(crate) title: String,
    /// The project; may be left out where the plan has one only
    #[arg(long, value_name = "ID")]
    pub(crate) project: Option<ProjectId>,
    /// Its id; the next one of its project where it is not given
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<TaskId>,
    /// What is to be done, for agents that read it
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// What kind of work it is: feature, config_change and bp_update are reviewed; chore or any other word is not
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Its priority
    #[arg(long, value_parser = ["p0", "p1", "p2", "p3"])]
    pub(crate) priority: Option<String>,
    /// A ticket that has to be done first; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) depends_on: Vec<TaskId>,
    /// A word to batch and find it by; may be repeated
    #[arg(long, value_name = "WORD")]
    pub(crate) label: Vec<String>,
    /// How long a person thinks it takes
    #[arg(long, value_name = "MINUTES")]
    pub(crate) estimate_minutes: Option<u32>,
    /// The wall limit of an attempt, such as 30m
    #[arg(long, value_name = "DURATION")]
    pub(crate) timeout: Option<Period>,
    /// How many failures it may have
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_attempts: Option<u32>,
    /// The model; the only way to get Opus is `opus` here
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// The host it has to run on
    #[arg(long, value_name = "ID")]
    pub(crate) host: Option<HostId>,
    /// What its host or agent has to be able to do; may be repeated
    #[arg(long, value_name = "WORD")]
    pub(crate) capability: Vec<String>,
    /// The command of the shell driver
    #[arg(long, value_name = "COMMAND")]
    pub(crate) run: Option<String>,
    /// A command that exits 0 when it is well done; may be repeated
    #[arg(long, value_name = "COMMAND")]
    pub(crate) verify: Vec<String>,
    /// The command of a shell reviewer
    #[arg(long, value_name = "COMMAND")]
    pub(crate) review: Option<String>,
    /// The plan [default: plan.yaml]
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
}
