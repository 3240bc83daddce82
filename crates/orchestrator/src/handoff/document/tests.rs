//! What the document says, and which documents are read.

use go_bus_api::{Agent, AgentState, Resource, Role, Sprint, TaskState};
use serde_json::json;

use super::*;
use crate::samples;

const AT: &str = "2026-03-21T08:15:30.000Z";

fn handed(document: Value) -> Handoff {
    Handoff { epoch: Epoch(4), written_at: Timestamp::from_unix_millis(0), document }
}

fn of(world: &World) -> HandoffDocument {
    HandoffDocument::of(world, Seq(7), Epoch(4), &Limits::default(), Timestamp::from_unix_millis(0))
}

#[test]
fn it_names_the_work_under_way_and_why_and_reads_back() {
    let task = Task { state: TaskState::InProgress, attempt: Attempt(2), ..samples::task("T-1", "site") };
    let builder = |id: &str, state| Agent {
        task: Some(task.id.clone()),
        attempt: Some(Attempt(2)),
        state,
        ..samples::agent(id, Role::Worker)
    };
    let world: World = [
        Resource::Task(task.clone()),
        Resource::Task(samples::task("T-2", "site")),
        Resource::Agent(builder("a-1", AgentState::Terminated)),
        Resource::Agent(builder("a-2", AgentState::Busy)),
    ]
    .into_iter()
    .collect();
    let document = of(&world);
    let [work] = document.running.as_slice() else { panic!("{document:?}") };
    assert_eq!((&work.task, work.attempt, &work.agents), (&task.id, Attempt(2), &vec![samples::id("a-2")]));
    assert_eq!(work.why[0], "attempt 2 is with nobody");
    assert!(work.why.iter().any(|why| why == "worker a-2 is busy"), "{:?}", work.why);
    assert_eq!(HandoffDocument::read(&handed(document.to_value())), Some(document));
}

#[test]
fn the_open_sprint_is_told_with_what_is_left_of_it() {
    let sprint: Sprint = serde_json::from_value(json!({
        "id": "S-1", "state": "open", "tickets": ["T-1", "T-2"], "started_at": AT, "ends_at": AT, "closed_at": null,
        "summary": null, "pace": null, "revision": 1,
    }))
    .unwrap();
    let done = Task { state: TaskState::Done, ..samples::task("T-1", "site") };
    let world: World = [Resource::Sprint(sprint), Resource::Task(done), Resource::Task(samples::task("T-2", "site"))]
        .into_iter()
        .collect();
    let window =
        SprintWindow { id: samples::id("S-1"), ends_at: AT.parse().unwrap(), left: [samples::id("T-2")].into() };
    assert_eq!(of(&world).sprint, Some(window));
    assert_eq!(of(&World::default()).sprint, None);
}

#[test]
fn version_1_is_read_under_the_epoch_that_the_bus_has_for_it() {
    let first = json!({"version": 1, "written_at": AT, "cursor": 3, "more": true, "running":
        [{"task": "T-1", "attempt": 1, "assignee": null, "agents": ["a-1"]}]});
    let read = HandoffDocument::read(&handed(first)).unwrap();
    assert_eq!((read.epoch, read.cursor, read.running[0].why.len()), (Epoch(4), Seq(3), 0));
}

#[test]
fn a_later_version_or_something_else_is_ignored() {
    let version = |version: u32| json!({"version": version, "written_at": AT, "cursor": 1, "running": []});
    assert!(HandoffDocument::from_value(&version(2)).is_some());
    assert_eq!(HandoffDocument::from_value(&version(3)), None);
    assert_eq!(HandoffDocument::from_value(&json!({"version": 2})), None);
    assert_eq!(HandoffDocument::from_value(&json!("a note")), None);
}

#[test]
fn when_it_was_written_does_not_make_it_another() {
    let one = of(&World::default());
    let later = HandoffDocument { cursor: Seq(9), written_at: AT.parse().unwrap(), ..one.clone() };
    assert!(one.tells_the_same(&later));
    let decision = Decision { at: AT.parse().unwrap(), what: Text::clipped("assign T-1 to a-1") };
    assert!(!one.tells_the_same(&later.with_decided(vec![decision])));
}
