//! Scenarios of a task and its hands.

use go_bus_api::{AgentState, Exit, ExitReport, Timestamp};
use go_review::{Brief, Delivery, SeedPolicy};
use serde_json::json;

use super::*;

fn task(state: TaskState, attempt: u32) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "category": "feature", "priority": "p1",
        "state": state, "assignee": "po", "attempt": attempt, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap()
}

fn hand(attempt: u32, state: AgentState, exit: Option<ExitReport>) -> Agent {
    let mut agent: Agent = serde_json::from_value(json!({
        "id": "a-1", "role": "specialist", "state": state, "driver": "shell", "task": "T-1", "attempt": attempt,
        "spawned_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap();
    agent.exit = exit.map(|report| Exit { report, at: Timestamp::from_unix_millis(0) });
    agent
}

fn next(task: &Task, hands: &[Agent]) -> Next {
    next_step(task, hands, None, &SeedPolicy)
}

fn exited(code: i32) -> Option<ExitReport> {
    Some(ExitReport { code: Some(code), ..ExitReport::default() })
}

#[test]
fn an_attempt_without_a_hand_gets_one_whatever_earlier_attempts_had() {
    let task = task(TaskState::InProgress, 2);
    assert_eq!(next(&task, &[]), Next::Spawn);
    assert_eq!(next(&task, &[hand(1, AgentState::Terminated, exited(1))]), Next::Spawn);
}

#[test]
fn a_hand_that_has_not_ended_for_certain_is_waited_for_even_when_lost() {
    let task = task(TaskState::InProgress, 1);
    for state in AgentState::ALL.into_iter().filter(|s| !s.is_ended()) {
        assert_eq!(next(&task, &[hand(1, state, None)]), Next::Wait, "{state:?}");
    }
}

#[test]
fn only_a_task_in_progress_is_touched() {
    for state in TaskState::ALL.into_iter().filter(|s| *s != TaskState::InProgress) {
        assert_eq!(next(&task(state, 1), &[]), Next::Wait, "{state:?}");
    }
}

#[test]
fn a_good_exit_delivers_what_the_category_says() {
    let next = next(&task(TaskState::InProgress, 1), &[hand(1, AgentState::Terminated, exited(0))]);
    let Next::Complete(done) = next else { panic!("{next:?}") };
    assert_eq!(done.attempt, Attempt(1));
    assert!(done.deliverable.is_some_and(|d| d.needs_review()));
}

#[test]
fn a_bad_exit_is_a_retryable_failure() {
    let next = next(&task(TaskState::InProgress, 1), &[hand(1, AgentState::Terminated, exited(7))]);
    let Next::Fail(failure) = next else { panic!("{next:?}") };
    assert!(failure.retryable && failure.error.as_str().starts_with("exited 7"), "{failure:?}");
}

#[test]
fn an_end_without_a_result_is_left_to_the_bus() {
    let stopped = Some(ExitReport { code: Some(0), stopped: true, ..ExitReport::default() });
    for exit in [None, Some(ExitReport::default()), stopped] {
        let ended = hand(1, AgentState::Terminated, exit);
        assert_eq!(next(&task(TaskState::InProgress, 1), &[ended]), Next::Wait);
    }
}

#[test]
fn a_reviewer_that_ends_without_a_verdict_fails_its_review() {
    let review = Task { kind: TaskKind::Review, ..task(TaskState::InProgress, 1) };
    let next = next(&review, &[hand(1, AgentState::Terminated, exited(0))]);
    assert!(matches!(next, Next::Fail(f) if f.retryable));
}

#[test]
fn work_that_touches_the_host_is_a_worker_s() {
    for kind in [TaskKind::Push, TaskKind::IntegrationTest] {
        assert_eq!(next(&Task { kind, ..task(TaskState::InProgress, 1) }, &[]), Next::Spawn, "{kind:?}");
    }
    for kind in [TaskKind::Delegation, TaskKind::Rotation] {
        let task = Task { kind, run: Some(Text::clipped("make room")), ..task(TaskState::InProgress, 1) };
        assert_eq!(next(&task, &[]), Next::Spawn, "{kind:?}");
    }
}

#[test]
fn work_that_nobody_here_knows_fails_for_good_and_says_so() {
    for kind in [TaskKind::Delegation, TaskKind::Rotation] {
        let task = Task { kind, ..task(TaskState::InProgress, 1) };
        assert!(matches!(next(&task, &[]), Next::Fail(f) if !f.retryable && f.error.as_str().contains(kind.as_str())));
    }
}

mockall::mock! {
    #[derive(Debug)]
    Policy {}
    impl ReviewPolicy for Policy {
        fn is_significant(&self, task: &Task) -> bool;
        fn deliverable(&self, task: &Task, exit: &ExitReport) -> Option<go_bus_api::Deliverable>;
        fn brief<'a>(&self, delivery: &Delivery<'a>) -> Brief;
    }
}

#[test]
fn the_policy_is_asked_what_a_success_hands_over_and_nothing_about_a_failure() {
    let task = task(TaskState::InProgress, 1);
    let mut policy = MockPolicy::new();
    policy
        .expect_deliverable()
        .withf(|task, exit| task.id.as_str() == "T-1" && exit.succeeded())
        .once()
        .return_const(None);
    let done = next_step(&task, &[hand(1, AgentState::Terminated, exited(0))], None, &policy);
    assert!(matches!(done, Next::Complete(done) if done.deliverable.is_none()));
    let failed = next_step(&task, &[hand(1, AgentState::Terminated, exited(1))], None, &policy);
    assert!(matches!(failed, Next::Fail(_)));
}
