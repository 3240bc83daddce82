//! Whose work may collide with whose.

use go_bus_api::{Attempt, Task, TaskKind};

/// Whether `task` was begun and has work that has neither landed nor been given up: its saved work is tried against that of others.
pub fn is_in_flight(task: &Task) -> bool {
    matches!(task.kind, TaskKind::Ticket | TaskKind::Improvement) && task.state.is_open() && task.attempt > Attempt(0)
}

#[cfg(test)]
mod tests {
    use go_bus_api::TaskState;

    use super::*;

    fn task(kind: TaskKind, state: TaskState, attempt: u32) -> Task {
        let mut task: Task = serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "priority": "p1", "state": "pending",
            "attempt": 0, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-01-01T00:00:00.000Z",
            "revision": 1,
        }))
        .unwrap();
        (task.kind, task.state, task.attempt) = (kind, state, Attempt(attempt));
        task
    }

    #[test]
    fn what_was_begun_and_is_not_over_is_in_flight() {
        for state in TaskState::ALL {
            assert_eq!(is_in_flight(&task(TaskKind::Ticket, state, 1)), state.is_open(), "{state:?}");
            assert!(!is_in_flight(&task(TaskKind::Ticket, state, 0)), "{state:?}: nobody has begun it");
        }
        assert!(is_in_flight(&task(TaskKind::Improvement, TaskState::InReview, 2)));
        for kind in [TaskKind::Push, TaskKind::Review, TaskKind::IntegrationTest, TaskKind::Delegation] {
            assert!(!is_in_flight(&task(kind, TaskState::InProgress, 1)), "{kind:?} changes no files of its own");
        }
    }
}
