//! What a World of a narrow scope knows of the tasks that it does not keep.

use go_bus_api::{AgentId, ProjectId, Resource, TaskId, TaskState};
use serde_json::{Value, json};

use super::{agent, task};
use crate::{Scope, World};

fn with_task(id: &str, revision: u64, more: Value) -> Resource {
    Resource::Task(task(id, revision, more))
}

#[test]
fn a_task_comes_whole_once_it_is_assigned_and_stays_so_until_it_is_past() {
    let (id, site) = (TaskId::new("T-1").unwrap(), ProjectId::new("site").unwrap());
    let mut world = World::new(Scope::Assigned);
    assert!(world.apply(with_task("T-1", 1, json!({"title": "Build it"}))));
    assert_eq!((world.tasks().len(), world.tasks_in(TaskState::Pending).count()), (0, 0));
    assert_eq!((world.count_in(TaskState::Pending), world.count_of(&site, TaskState::Pending)), (1, 1));
    assert_eq!((world.task(&id), world.past_task(&id)), (None, None));
    assert_eq!(world.task_state(&id), Some(TaskState::Pending));
    assert!(!world.apply(with_task("T-1", 1, json!({"state": "in_progress"}))), "no newer revision");

    let at_work = json!({"title": "Build it", "state": "in_progress", "attempt": 1, "assignee": "po-1"});
    assert!(world.apply(with_task("T-1", 2, at_work)));
    assert_eq!(world.task(&id).map(|task| task.title.as_str()), Some("Build it"));
    assert_eq!(world.tasks_assigned_to(&AgentId::new("po-1").unwrap()).count(), 1);
    assert_eq!((world.count_in(TaskState::Pending), world.count_in(TaskState::InProgress)), (0, 1));
    world.apply(with_task("T-1", 3, json!({"attempt": 1, "error": "exited 1"})));
    assert_eq!(world.tasks_in(TaskState::Pending).count(), 1, "how it failed is told");
    world.apply(with_task("T-1", 4, json!({"state": "done", "attempt": 2})));
    assert_eq!((world.task(&id), world.past_task(&id).map(|task| task.attempt.0)), (None, Some(2)));
}

#[test]
fn what_is_no_mere_waiting_is_kept() {
    let mut world = World::new(Scope::Assigned);
    for state in TaskState::ALL.into_iter().filter(|state| !state.is_final() && *state != TaskState::Pending) {
        world.apply(with_task(state.as_str(), 1, json!({"state": state.as_str()})));
        assert!(world.task(&TaskId::new(state.as_str()).unwrap()).is_some(), "{state:?}");
    }
    world.apply(with_task("given", 1, json!({"assignee": "po-1"})));
    assert!(world.task(&TaskId::new("given").unwrap()).is_some());
}

#[test]
fn a_task_out_of_scope_is_no_past_one() {
    let mut world = World::new(Scope::Assigned);
    world.apply(with_task("T-1", 1, json!({})));
    let ended = json!({"role": "worker", "state": "terminated", "task": "T-1", "attempt": 1});
    world.apply(Resource::Agent(agent("w-1", 1, ended)));
    let builders = world.builders(&TaskId::new("T-1").unwrap()).count();
    assert_eq!(builders, 1, "its task's assignment is still to come, and then its end is to be judged");
}
