//! What passes from one orchestrator to the next.

use go_bus_api::{Agent, AgentState, NewAgent, ProblemKind, Role, TaskState};

use super::MakeStore;
use super::world::{World, exited, host, new_agent, project, read, refused};
use crate::Action;

/// A second PO is refused; one that `replaces` the first is requested in the same commit in which that one drains and its
/// tasks pass on, attempts as they are.
pub async fn a_successor_drains_the_old_and_gets_its_tasks(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let old = world.po("site").await;
    world.started(&old).await;
    world.assigned("T-1", &old).await;
    let body = NewAgent { project: Some(project()), host: Some(host()), ..new_agent(Role::Po) };
    let epoch = world.epoch().await;
    assert_eq!(refused(world.lead(epoch, Action::Spawn(body.clone())).await), ProblemKind::AlreadyExists);
    let from = world.seq().await;
    let body = NewAgent { replaces: Some(old.id.clone()), ..body };
    let new: Agent = read(&world.lead(epoch, Action::Spawn(body)).await.expect("a successor"));
    assert_eq!(world.agent(&old.id).await.state, AgentState::Draining);
    let task = world.task("T-1").await;
    assert_eq!((task.assignee, task.attempt.0, task.state), (Some(new.id.clone()), 1, TaskState::InProgress));
    let told = world.told_since(from).await;
    let expected = [
        format!("agent.draining agents/{}", old.id),
        format!("agent.requested agents/{}", new.id),
        "task.updated tasks/T-1".to_owned(),
    ];
    assert_eq!(told, expected);
}

/// A PO that ended without a successor leaves its tasks where they are; the next PO of the project gets them, not another's.
pub async fn a_later_successor_gets_them_too(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_project("other").await;
    let old = world.po("site").await;
    world.assigned("T-1", &old).await;
    world.exit(&old, exited(1)).await.expect("its end");
    let orphan = world.task("T-1").await;
    assert_eq!((orphan.state, orphan.assignee), (TaskState::InProgress, Some(old.id)));
    world.po("other").await;
    assert_eq!(world.task("T-1").await.revision, orphan.revision);
    let next = world.po("site").await;
    let task = world.task("T-1").await;
    assert_eq!((task.assignee, task.attempt), (Some(next.id), orphan.attempt));
}
