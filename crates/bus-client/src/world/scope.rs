//! Which tasks a World keeps as they are.

use go_bus_api::{Task, TaskState};

/// Which of the tasks that are not past a World keeps as they are. The others are counted and their state is known, but they are
/// in no list; the event that makes one of them matter brings it whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All of them: for who plans, dispatches or shows what waits.
    #[default]
    Open,
    /// But for those that wait and were never assigned, of which a plan may have a hundred thousand: for who works on what others
    /// have assigned.
    Assigned,
}

impl Scope {
    /// Whether `task` is kept as it is.
    pub(super) fn keeps(self, task: &Task) -> bool {
        !task.state.is_final() && (self == Self::Open || was_assigned(task))
    }
}

fn was_assigned(task: &Task) -> bool {
    task.state != TaskState::Pending || task.attempt.0 > 0 || task.assignee.is_some()
}
