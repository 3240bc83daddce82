//! The commands on a repo, which shims and landing workers run.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use go_bus_api::{AgentId, TaskId};

/// `go repo`.
#[derive(Debug, Subcommand)]
pub(crate) enum RepoCommand {
    /// Make a working folder, or keep the one that is there
    Make(MakeFolder),
    /// Save everything in a working folder on the task's private ref
    Save(SaveFolder),
    /// Land a task's work: merge, verify, move the branch; 65 on a conflict, 66 on a red check, 75 where it can't be now
    Land(Box<Land>),
    /// Remove a working folder, where what it holds is saved or has landed
    Remove(RemoveFolder),
    /// Try the saved work of tasks in flight against each other, and say what conflicts, as JSON
    Collide(Collide),
    /// Say how much room the file system of a folder has, as JSON
    Space {
        /// The folder
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
    },
}

/// `go repo make`.
#[derive(Debug, Args)]
pub(crate) struct MakeFolder {
    /// The repo
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: PathBuf,
    /// The working folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Its task
    #[arg(long, value_name = "ID")]
    pub(crate) task: TaskId,
    /// The branch that the work lands on [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub(crate) onto: Option<String>,
    /// The commit to look at, instead of a branch to build on
    #[arg(long, value_name = "COMMIT")]
    pub(crate) at: Option<String>,
    /// Untracked files to copy from the repo's folder, such as .env; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) copy: Vec<String>,
    /// Merge what has landed meanwhile into one that is there; what conflicts is left in its files
    #[arg(long, conflicts_with = "at")]
    pub(crate) catch_up: bool,
    /// Where to write what was made
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

/// `go repo save`.
#[derive(Debug, Args)]
pub(crate) struct SaveFolder {
    /// The working folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Its task
    #[arg(long, value_name = "ID")]
    pub(crate) task: TaskId,
    /// Where to write what was saved
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Push it to the upstream's remote, where there is one
    #[arg(long)]
    pub(crate) push: bool,
}

/// `go repo collide`.
#[derive(Debug, Args)]
pub(crate) struct Collide {
    /// The repo
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: PathBuf,
    /// The branch that their work lands on [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub(crate) onto: Option<String>,
    /// A task of another host: two of them are not tried against each other; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) away: Vec<TaskId>,
    /// The tasks that are worked on here
    #[arg(required = true, value_name = "ID")]
    pub(crate) here: Vec<TaskId>,
}

/// `go repo remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveFolder {
    /// The working folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The repo
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: PathBuf,
    /// Its task
    #[arg(long, value_name = "ID")]
    pub(crate) task: TaskId,
    /// The branch that the work lands on, for a folder that is gone [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub(crate) onto: Option<String>,
}

/// What becomes of work that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeliverAs {
    /// The branch moves
    Merge,
    /// A branch of its own, and a text for a pull request
    Branch,
}

/// `go repo land`.
#[derive(Debug, Args)]
pub(crate) struct Land {
    /// The repo
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: PathBuf,
    /// A free folder for checking the merged tree out
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The task
    #[arg(long, value_name = "ID")]
    pub(crate) task: TaskId,
    /// Its attempt
    #[arg(long, value_name = "NUMBER")]
    pub(crate) attempt: u32,
    /// The commit that holds the work
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: String,
    /// The first line of the commit that lands
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: String,
    /// Who built it
    #[arg(long, value_name = "ID")]
    pub(crate) agent: AgentId,
    /// The branch [default: the one that is checked out]
    #[arg(long, value_name = "BRANCH")]
    pub(crate) onto: Option<String>,
    /// What becomes of work that passed
    #[arg(long, value_enum, default_value = "merge")]
    pub(crate) deliver: DeliverAs,
    /// A command that has to pass on the merged tree; may be repeated
    #[arg(long, value_name = "COMMAND")]
    pub(crate) verify: Vec<String>,
    /// A file with more of them, as a JSON list
    #[arg(long, value_name = "FILE")]
    pub(crate) checks: Option<PathBuf>,
    /// A file with what the project says of its working folders, as JSON: `copy`, `setup`, `env`, `teardown`
    #[arg(long, value_name = "FILE")]
    pub(crate) terms: Option<PathBuf>,
}
