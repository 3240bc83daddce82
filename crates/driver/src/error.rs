//! Why a driver has no command for an assignment.

use go_bus_api::{AgentId, Model, ProjectId, Role, TaskId};

/// An assignment that a driver can't run. No retry mends it; the task's assignee has to judge it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// The agent has no task.
    #[error("{0} has no task, and this driver runs nothing else")]
    NoTask(AgentId),
    /// The task has no command.
    #[error("task {0} has no `run` command, which the shell driver needs")]
    NoCommand(TaskId),
    /// The review's task does not say what is reviewed, or that is not known.
    #[error("review task {0} does not name a delivered task that is there")]
    NothingToReview(TaskId),
    /// The project has no folder.
    #[error("project {0} has no `repo`, the folder its commands run in")]
    NoFolder(ProjectId),
    /// A setting that says what to run.
    #[error("the setting {0}, which says what to run, is not set")]
    Unset(&'static str),
    /// The driver does not run agents of this role.
    #[error("this driver runs no {}", .0.as_str())]
    Role(Role),
    /// The model is an alias, which the program would map to whatever it likes.
    #[error("model {} is an alias; this driver takes full ids, which `models` in the settings has", .0.0)]
    Alias(Model),
}
