//! What a builder's end means for its task.

use go_bus_api::{Agent, ExitReport, TaskState};

/// How many times a task's builder may be lost with its host before the task is blocked.
pub const MOST_LOSSES: u32 = 3;

/// What becomes of the task whose builder has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stays with its assignee, who judges the exit.
    Judge,
    /// It is pending again, and nothing is counted against it.
    Requeue,
    /// It is pending again with one more loss, or blocked at the third.
    Lose,
    /// The operator set it aside.
    Hold,
}

/// What a reported exit means. A code or signal that nobody ordered bears a result, and its assignee judges it; an ordered stop
/// and an end without a result give the task back uncounted.
pub fn after_exit(builder: &Agent, report: &ExitReport) -> Outcome {
    if builder.hold {
        Outcome::Hold
    } else if report.bears_result() {
        Outcome::Judge
    } else {
        Outcome::Requeue
    }
}

/// What the end of the host's lease means: the builder's end is certain then and bears no result. It counts as a loss only
/// where the Bus was there to be reached all the while.
pub fn after_host_lease(builder: &Agent, bus_was_reachable: bool) -> Outcome {
    match (builder.hold, bus_was_reachable) {
        (true, _) => Outcome::Hold,
        (false, true) => Outcome::Lose,
        (false, false) => Outcome::Requeue,
    }
}

/// The state and the losses of an in-progress task after `outcome`; `None` where it stays as it is.
pub fn apply(outcome: Outcome, losses: u32) -> Option<(TaskState, u32)> {
    match outcome {
        Outcome::Judge => None,
        Outcome::Requeue => Some((TaskState::Pending, losses)),
        Outcome::Hold => Some((TaskState::Held, losses)),
        Outcome::Lose => {
            let losses = losses.saturating_add(1);
            Some((if losses >= MOST_LOSSES { TaskState::Blocked } else { TaskState::Pending }, losses))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_loss_blocks_and_an_uncounted_end_never_does() {
        assert_eq!(apply(Outcome::Lose, 1), Some((TaskState::Pending, 2)));
        assert_eq!(apply(Outcome::Lose, 2), Some((TaskState::Blocked, 3)));
        assert_eq!(apply(Outcome::Requeue, 2), Some((TaskState::Pending, 2)));
        assert_eq!(apply(Outcome::Judge, 2), None);
    }

    #[test]
    fn an_ordered_stop_bears_no_result() {
        let ended = ExitReport { code: Some(1), ..ExitReport::default() };
        assert!(ended.bears_result());
        assert!(!ExitReport { stopped: true, ..ended }.bears_result());
        assert!(!ExitReport::default().bears_result());
    }
}
