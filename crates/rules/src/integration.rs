//! The integration test's runs by their names (R25): which completions one covers, and what its end says.
//!
//! A completion is a ticket or an improvement that was worked on and is done. The run `integration-N` was made when there were N of
//! them; what was completed until it began is on its label, so that who looks at the Bus alone knows how far the platform was tested.

use go_bus_api::{Attempt, Task, TaskId, TaskKind, TaskState, Text};

const RUN: &str = "integration-";
const FIX: &str = "fix-";
const COVERS: &str = "covers:";
const SKIPPED: &str = "skipped: ";

/// Whether a task of this kind, state and attempt is a completion. One that plan.yaml has as done from the start is none.
pub fn is_completion(kind: TaskKind, state: TaskState, attempt: Attempt) -> bool {
    matches!(kind, TaskKind::Ticket | TaskKind::Improvement) && state == TaskState::Done && attempt > Attempt(0)
}

/// The id of the run that is made when there are this many completions.
pub fn run_id(completions: u64) -> Option<TaskId> {
    TaskId::new(format!("{RUN}{completions}")).ok()
}

/// The id of the ticket that mends what `run` found.
pub fn fix_id(run: &TaskId) -> Option<TaskId> {
    TaskId::new(format!("{FIX}{run}")).ok()
}

/// Whether this is such a ticket's id: GO made it, and no plan has it.
pub fn is_fix_id(id: &TaskId) -> bool {
    let number = id.as_str().strip_prefix(FIX).and_then(|run| run.strip_prefix(RUN));
    number.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// The label of a run that covers the first `completions`.
pub fn covers_label(completions: u64) -> Text<64> {
    Text::clipped(&format!("{COVERS}{completions}"))
}

/// Whether a label says how much a run covers.
pub fn is_covers_label(label: &Text<64>) -> bool {
    label.as_str().starts_with(COVERS)
}

/// How many completions `task` covers, counted from the first; `None` where it is no such run.
pub fn covered(task: &Task) -> Option<u64> {
    if task.kind != TaskKind::IntegrationTest {
        return None;
    }
    let made_at: u64 = task.id.as_str().strip_prefix(RUN)?.parse().ok()?;
    let labels = task.labels.iter().filter_map(|label| label.as_str().strip_prefix(COVERS)?.parse().ok());
    Some(labels.fold(made_at, u64::max))
}

/// What the result says of a run whose command was not there.
pub fn skipped(why: &str) -> String {
    format!("{SKIPPED}{why}")
}

/// Whether a result says that nothing was run.
pub fn is_skipped(result: &str) -> bool {
    result.starts_with(SKIPPED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, labels: &[&str]) -> Task {
        let labels: Vec<_> = labels.to_vec();
        serde_json::from_value(serde_json::json!({
            "id": id, "project": "site", "title": "A run", "kind": "integration_test", "priority": "p0", "state": "pending",
            "attempt": 0, "max_attempts": 2, "failures": 0, "losses": 0, "labels": labels,
            "created_at": "2026-03-21T08:15:30.000Z", "revision": 1,
        }))
        .unwrap()
    }

    #[test]
    fn a_run_covers_what_its_name_says_or_its_label_where_that_is_more() {
        assert_eq!(covered(&run("integration-5", &[])), Some(5));
        assert_eq!(covered(&run("integration-5", &["slow", "covers:8"])), Some(8));
        assert_eq!(covered(&run("integration-5", &["covers:3", "covers:x"])), Some(5));
        assert_eq!(run_id(5).as_ref().map(TaskId::as_str), Some("integration-5"));
        assert_eq!(covered(&run(run_id(7).unwrap().as_str(), &[covers_label(9).as_str()])), Some(9));
    }

    #[test]
    fn a_fix_is_known_by_its_id() {
        let is_fix = |id: &str| is_fix_id(&TaskId::new(id).unwrap());
        assert!(fix_id(&run_id(5).unwrap()).is_some_and(|id| is_fix_id(&id)));
        assert!(!is_fix("fix-5") && !is_fix("integration-5") && !is_fix("fix-integration-five"));
    }

    #[test]
    fn somebody_else_s_test_and_a_ticket_by_that_name_are_no_runs() {
        assert_eq!(covered(&run("nightly", &["covers:8"])), None);
        assert_eq!(covered(&Task { kind: TaskKind::Ticket, ..run("integration-5", &[]) }), None);
    }

    #[test]
    fn only_what_was_worked_on_completes() {
        let is = |kind, state, attempt| is_completion(kind, state, Attempt(attempt));
        assert!(is(TaskKind::Ticket, TaskState::Done, 1) && is(TaskKind::Improvement, TaskState::Done, 3));
        assert!(!is(TaskKind::Ticket, TaskState::Done, 0), "the plan had it as done");
        assert!(!is(TaskKind::Ticket, TaskState::InReview, 1));
        for kind in [TaskKind::Review, TaskKind::Push, TaskKind::Delegation, TaskKind::IntegrationTest] {
            assert!(!is(kind, TaskState::Done, 1), "{kind:?}");
        }
    }

    #[test]
    fn what_was_skipped_reads_back() {
        assert!(is_skipped(&skipped("make is not here")) && !is_skipped("ok: nothing skipped: fine"));
    }
}
