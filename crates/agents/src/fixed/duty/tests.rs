//! What M0 begins, and what it gives up.

use go_bus_api::{Progress, Resource, Revision, Timestamp};
use go_review::SeedPolicy;
use serde_json::json;

use super::*;

fn task() -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "category": "feature", "priority": "p1", "run": "open .",
        "state": "in_progress", "assignee": "m0", "attempt": 2, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap()
}

fn step(task: Task) -> Option<Step> {
    next(&World::from_iter([Resource::Task(task)]))
}

#[test]
fn what_is_its_own_and_in_progress_is_begun() {
    assert_eq!(step(task()), Some(Step::Begin(Box::new(task()))));
    assert_eq!(step(Task { state: TaskState::Waiting, ..task() }), None);
    assert_eq!(step(Task { assignee: Some(AgentId::c0()), ..task() }), None);
}

#[test]
fn what_a_process_before_it_began_is_over_and_may_be_tried_again() {
    let progress = Progress { note: None, percent: None, at: Timestamp::from_unix_millis(0) };
    let begun = Task { progress: Some(progress), ..task() };
    let Some(Step::GiveUp(id, fail)) = step(begun) else { panic!("it begins twice") };
    assert_eq!((id, fail.attempt, fail.retryable), (task().id, Attempt(2), true));
}

#[test]
fn what_has_no_command_is_given_up_for_good() {
    for run in [None, Some(Text::clipped("  "))] {
        let Some(Step::GiveUp(_, fail)) = step(Task { run, ..task() }) else { panic!("it begins nothing") };
        assert!(!fail.retryable);
    }
}

#[test]
fn an_attempt_is_wanted_while_it_is_the_one_under_way() {
    let wanted = |task: Task| {
        let world = World::from_iter([Resource::Task(task)]);
        is_wanted(&world, &"T-1".parse().unwrap(), Attempt(2))
    };
    assert!(wanted(task()));
    assert!(!wanted(Task { attempt: Attempt(3), ..task() }));
    assert!(!wanted(Task { state: TaskState::Held, ..task() }));
    assert!(!wanted(Task { assignee: Some("a-1".parse().unwrap()), revision: Revision(2), ..task() }));
}

#[test]
fn a_good_end_delivers_and_a_bad_or_ordered_one_fails() {
    let of = |report: ExitReport| verdict(&task(), &report, &SeedPolicy);
    let exited = |code| ExitReport { code: Some(code), ..ExitReport::default() };
    assert!(matches!(of(exited(0)), Verdict::Done(done) if done.deliverable.is_some() && done.attempt == Attempt(2)));
    assert!(matches!(of(exited(7)), Verdict::Failed(fail) if fail.retryable && fail.error.as_str().contains('7')));
    let stopped = ExitReport { stopped: true, ..exited(0) };
    assert!(matches!(of(stopped), Verdict::Failed(fail) if fail.error.as_str().contains("told to end")));
}
