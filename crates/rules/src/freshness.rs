//! Who may review what (R24): a fresh agent, never the builder.

use go_bus_api::{Agent, Role, Task};

/// Why a reviewer is not fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFresh {
    /// It is not a reviewer at all.
    Role,
    /// It built an attempt of the task, or answers for it.
    Builder,
    /// It was spawned before the delivery.
    Older,
}

impl NotFresh {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Role => "a review is a reviewer's",
            Self::Builder => "it built or answers for what is to be reviewed",
            Self::Older => "it was spawned before the delivery",
        }
    }
}

/// Whether `reviewer` may judge the delivered `task`.
pub fn check(reviewer: &Agent, task: &Task) -> Result<(), NotFresh> {
    if task.builders.contains(&reviewer.id) || task.assignee.as_ref() == Some(&reviewer.id) {
        return Err(NotFresh::Builder);
    }
    if reviewer.role != Role::Reviewer {
        return Err(NotFresh::Role);
    }
    match task.delivered_at {
        Some(delivered) if reviewer.spawned_at >= delivered => Ok(()),
        _ => Err(NotFresh::Older),
    }
}

#[cfg(test)]
mod tests;
