//! What lands, and what a landing's end means.

use go_bus_api::{Exit, Timestamp};
use go_review::SeedPolicy;
use serde_json::{Value, json};

use super::*;
use crate::orchestrators::next_step;

const COMMIT: &str = "9fceb02d0ae598e95dc970b74767f19372d61af8";

fn task(more: Value) -> Task {
    let mut task = json!({
        "id": "T-1", "project": "site", "title": "t", "kind": "ticket", "category": "feature", "priority": "p1",
        "state": "in_progress", "assignee": "po", "attempt": 2, "max_attempts": 3, "failures": 0, "losses": 0,
        "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    });
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(task).unwrap()
}

fn project(workplace: Value) -> Project {
    serde_json::from_value(json!({
        "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": "/srv/site", "workplace": workplace,
        "created_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap()
}

fn hand(task: &str, report: Value) -> Agent {
    let report: ExitReport = serde_json::from_value(report).unwrap();
    let mut agent: Agent = serde_json::from_value(json!({
        "id": "a-1", "role": "worker", "state": "terminated", "driver": "claude", "host": "h1", "task": task, "attempt": 2,
        "spawned_at": "2026-01-01T00:00:00.000Z", "revision": 1,
    }))
    .unwrap();
    agent.exit = Some(Exit { report, at: Timestamp::from_unix_millis(0) });
    agent
}

fn built(changed: bool) -> Value {
    json!({"code": 0, "tail": "three pages\n", "work": {"base": "4b825dc", "commit": COMMIT, "changed": changed}})
}

fn landing_of(task: &Task, project: Option<&Project>, report: Value) -> Option<Landing> {
    match next_step(task, [&hand("T-1", report)], project, &SeedPolicy) {
        Next::Complete(body) => body.landing,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_changed_in_a_project_that_delivers_has_to_land() {
    let landing = landing_of(&task(json!({})), Some(&project(json!({}))), built(true)).unwrap();
    assert_eq!((landing.host.as_str(), landing.commit.as_str(), landing.base.as_str()), ("h1", COMMIT, "4b825dc"));
    assert_eq!(landing.summary.unwrap().as_str(), "three pages");
    let branch = project(json!({"deliver": "branch"}));
    assert!(landing_of(&task(json!({})), Some(&branch), built(true)).is_some());
}

#[test]
fn without_work_or_delivery_or_for_a_command_there_is_nothing_to_land() {
    let ticket = task(json!({}));
    assert_eq!(landing_of(&ticket, Some(&project(json!({}))), built(false)), None, "nothing was changed");
    assert_eq!(landing_of(&ticket, Some(&project(json!({}))), json!({"code": 0})), None, "a plain command");
    assert_eq!(landing_of(&ticket, Some(&project(json!({"deliver": "none"}))), built(true)), None);
    assert_eq!(landing_of(&ticket, Some(&project(Value::Null)), built(true)), None);
    assert_eq!(landing_of(&ticket, None, built(true)), None);
    let push = task(json!({"kind": "push"}));
    assert_eq!(landing_of(&push, Some(&project(json!({}))), built(true)), None);
}

/// The step for a landing whose worker ended so.
fn ended(code: i32, tail: &str) -> Next {
    let push = task(json!({"id": "land-T-1-2", "kind": "push", "lands": "T-1"}));
    next_step(&push, [&hand("land-T-1-2", json!({"code": code, "tail": tail}))], Some(&project(json!({}))), &SeedPolicy)
}

#[test]
fn a_landing_is_done_with_the_commit_that_its_worker_names() {
    for said in ["landed", "already landed"] {
        let Next::Complete(body) = ended(0, &format!("it waits for its turn\n{said} {COMMIT} on main\n\n")) else {
            panic!("{said}")
        };
        assert_eq!(body.landed.unwrap().as_str(), COMMIT);
        assert_eq!(body.landing, None);
    }
}

#[test]
fn one_that_names_none_is_tried_again() {
    for tail in ["", "landed", "landed --force on main", "all is well"] {
        assert!(matches!(ended(0, tail), Next::Fail(fail) if fail.retryable), "{tail}");
    }
}

#[test]
fn a_conflict_and_a_red_tree_are_for_good_and_what_passes_is_not() {
    let Next::Fail(conflict) = ended(65, "a.rs\n<<<<<<<") else { panic!() };
    assert_eq!(
        (conflict.retryable, conflict.error.as_str()),
        (false, "it conflicts with what has landed\na.rs\n<<<<<<<")
    );
    let Next::Fail(red) = ended(66, "2 tests failed") else { panic!() };
    assert!(!red.retryable && red.error.as_str().ends_with("2 tests failed"), "{red:?}");
    for code in [75, 1, 127] {
        assert!(matches!(ended(code, "not now: uncommitted changes"), Next::Fail(fail) if fail.retryable), "{code}");
    }
}
