//! For any agent and any delivery: who may review it is fresh, and whoever is fresh may.

use go_bus_api::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::*;

const WHO: [&str; 4] = ["a", "b", "c", "d"];

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_millis(second * 1_000)
}

/// Few ids and few instants, so that they meet.
fn agents() -> impl Strategy<Value = Agent> {
    let roles = select(vec![Role::Reviewer, Role::Reviewer, Role::Worker, Role::Specialist, Role::Po, Role::Go]);
    (select(&WHO[..]), roles, 0_i64..4).prop_map(|(who, role, spawned)| {
        let agent = json!({
            "id": who, "role": role, "state": "ready", "driver": "shell", "spawned_at": at(spawned), "revision": 1,
        });
        serde_json::from_value(agent).unwrap()
    })
}

fn deliveries() -> impl Strategy<Value = Task> {
    let builders = subsequence(WHO.to_vec(), 0..=3);
    let assignee = proptest::option::of(select(&WHO[..]));
    (builders, assignee, proptest::option::of(0_i64..4)).prop_map(|(builders, assignee, delivered)| {
        let task = json!({
            "id": "T-1", "project": "site", "title": "A ticket", "kind": "ticket", "priority": "p2", "state": "in_review",
            "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": at(0), "revision": 1,
            "builders": builders, "assignee": assignee, "delivered_at": delivered.map(at),
        });
        serde_json::from_value(task).unwrap()
    })
}

/// Whether `check` lets exactly those judge who built nothing of it, do not answer for it, and came after the delivery.
fn holds(check: fn(&Agent, &Task) -> Result<(), NotFresh>) -> bool {
    let mut runner = TestRunner::deterministic();
    let tried = runner.run(&(agents(), deliveries()), |(agent, task)| {
        let is_party = task.builders.contains(&agent.id) || task.assignee == Some(agent.id.clone());
        let came_after = task.delivered_at.is_some_and(|delivered| agent.spawned_at >= delivered);
        prop_assert_eq!(check(&agent, &task).is_ok(), agent.role == Role::Reviewer && !is_party && came_after);
        Ok(())
    });
    tried.is_ok()
}

#[test]
fn a_reviewer_is_fresh_and_never_the_builder() {
    assert!(holds(check));
}

#[test]
fn a_rule_that_forgets_any_part_of_it_is_caught() {
    let builder_forgotten = |agent: &Agent, task: &Task| check(agent, &Task { builders: Vec::new(), ..task.clone() });
    let assignee_forgotten = |agent: &Agent, task: &Task| check(agent, &Task { assignee: None, ..task.clone() });
    let age_forgotten = |agent: &Agent, task: &Task| {
        check(&Agent { spawned_at: at(9), ..agent.clone() }, &Task { delivered_at: Some(at(9)), ..task.clone() })
    };
    let role_forgotten = |agent: &Agent, task: &Task| check(&Agent { role: Role::Reviewer, ..agent.clone() }, task);
    let too_strict = |agent: &Agent, task: &Task| match check(agent, task) {
        Ok(()) if task.delivered_at == Some(agent.spawned_at) => Err(NotFresh::Older),
        other => other,
    };
    assert!(!holds(builder_forgotten), "the builder");
    assert!(!holds(assignee_forgotten), "who answers for it");
    assert!(!holds(age_forgotten), "who was there before");
    assert!(!holds(role_forgotten), "who is no reviewer");
    assert!(!holds(too_strict), "one of the same instant is refused");
}
