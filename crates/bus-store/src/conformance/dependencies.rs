//! What depends on what.

use go_bus_api::{ProblemKind, TaskId, TaskPatch, TaskState};

use super::MakeStore;
use super::world::{World, assert_state, id, refused};
use crate::{Action, Actor};

fn on(names: &[&str]) -> TaskPatch {
    let depends_on: Vec<TaskId> = names.iter().map(|name| id(name)).collect();
    TaskPatch { depends_on: Some(depends_on), ..TaskPatch::default() }
}

async fn states(world: &World, names: &[&str]) -> Vec<TaskState> {
    let mut states = Vec::new();
    for name in names {
        states.push(world.task(name).await.state);
    }
    states
}

/// No task comes to depend on itself, directly or around corners.
pub async fn cycles_are_refused(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.ticket("T-1", &[]).await;
    world.ticket("T-2", &["T-1"]).await;
    world.ticket("T-3", &["T-2"]).await;
    for (task, names) in [("T-1", ["T-1"]), ("T-1", ["T-2"]), ("T-1", ["T-3"]), ("T-2", ["T-3"]), ("T-1", ["T-9"])] {
        let answer = world.act(Actor::Operator, Action::PatchTask(id(task), on(&names))).await;
        assert_eq!(refused(answer), ProblemKind::Invalid, "{task} on {names:?}");
    }
    world.done(Action::PatchTask(id("T-3"), on(&["T-1", "T-1"]))).await;
    assert_eq!(world.task("T-3").await.depends_on, [id("T-1")]);
    world.done(Action::PatchTask(id("T-2"), on(&["T-3"]))).await;
}

/// A failure blocks all that depends on it, however indirectly; its retry frees what is stuck behind it alone.
pub async fn a_failure_blocks_what_depends_on_it(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let failing = world.assigned("T-1", &po).await;
    world.ticket("T-2", &["T-1"]).await;
    world.ticket("T-3", &["T-2"]).await;
    world.ticket("T-4", &[]).await;
    world.ticket("T-5", &["T-3", "T-4"]).await;
    world.ticket("T-6", &["T-4"]).await;
    world.fail(&failing, &po, "hopeless", false).await.expect("a failure");
    use TaskState::{Blocked, Failed, Pending};
    let all = ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"];
    assert_eq!(states(&world, &all).await, [Failed, Blocked, Blocked, Pending, Blocked, Pending]);
    assert_eq!(refused(world.assign("T-2", &po).await), ProblemKind::NotReady);

    let cancel = TaskPatch { state: Some(TaskState::Cancelled), ..TaskPatch::default() };
    world.done(Action::PatchTask(id("T-4"), cancel)).await;
    let retry = TaskPatch { state: Some(Pending), ..TaskPatch::default() };
    world.done(Action::PatchTask(id("T-1"), retry.clone())).await;
    assert_eq!(
        states(&world, &["T-1", "T-2", "T-3", "T-5", "T-6"]).await,
        [Pending, Pending, Pending, Blocked, Blocked]
    );
    world.done(Action::PatchTask(id("T-6"), retry)).await;
    assert_state(&world.task("T-6").await, Blocked);
}

/// What is created behind a failure, or behind what is stuck itself, is blocked at once.
pub async fn a_new_task_behind_a_failure_is_blocked(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let failing = world.assigned("T-1", &po).await;
    world.ticket("T-2", &["T-1"]).await;
    world.fail(&failing, &po, "hopeless", false).await.expect("a failure");
    for (name, after) in [("T-3", "T-1"), ("T-4", "T-2")] {
        let task = world.ticket(name, &[after]).await;
        assert_state(&task, TaskState::Blocked);
        assert!(task.error.is_some_and(|why| why.as_str().contains("T-1")), "it says what it is stuck behind");
    }
}

/// A task that no longer depends on the failure is pending again, and the other way round.
pub async fn other_dependencies_settle_a_task_anew(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let failing = world.assigned("T-1", &po).await;
    world.fail(&failing, &po, "hopeless", false).await.expect("a failure");
    world.ticket("T-2", &["T-1"]).await;
    world.done(Action::PatchTask(id("T-2"), on(&[]))).await;
    assert_state(&world.task("T-2").await, TaskState::Pending);
    let from = world.seq().await;
    world.done(Action::PatchTask(id("T-2"), on(&["T-1"]))).await;
    assert_state(&world.task("T-2").await, TaskState::Blocked);
    assert_eq!(world.told_since(from).await, ["task.blocked tasks/T-2"]);
}
