//! What passes from one orchestrator to the next.

use go_bus_api::{
    Agent, AgentState, Event, EventKind, Message, NewAgent, NewMessage, NewQuestion, NewSession, ProblemKind, Question,
    ResourceKind, Role, TaskState, Text,
};
use serde_json::json;

use super::MakeStore;
use super::world::{World, actor, exited, host, id, new_agent, project, read, refused};
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

/// What an IO had not read its successor reads; but not what was about the old one alone.
pub async fn unread_messages_pass_to_the_successor(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let epoch = world.epoch().await;
    world.done(Action::OpenSession(NewSession { user: id("ada") })).await;
    let io = || NewAgent { user: Some(id("ada")), ..new_agent(Role::Io) };
    let old: Agent = read(&world.lead(epoch, Action::Spawn(io())).await.expect("an IO"));
    for kind in ["progress", "rotation"] {
        let kind = Some(Text::clipped(kind));
        let (to, subject) = (old.id.clone(), Text::clipped("news"));
        world.done(Action::SendMessage(NewMessage { to, subject, body: Text::default(), kind, actor: None })).await;
    }
    let next = NewAgent { replaces: Some(old.id.clone()), ..io() };
    let new: Agent = read(&world.lead(epoch, Action::Spawn(next)).await.expect("its successor"));
    let told: Vec<Message> = world.events().await.iter().filter_map(message).collect();
    let last = |kind: &str| told.iter().rfind(|message| message.kind.as_ref().is_some_and(|k| k.as_str() == kind));
    assert_eq!(last("progress").map(|message| &message.to), Some(&new.id));
    assert_eq!(last("rotation").map(|message| &message.to), Some(&old.id));
}

/// What a PO asked and was not answered is answered to its successor; what it asked about a task goes with the task, and another seat's stays.
pub async fn open_questions_pass_to_the_successor(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_project("other").await;
    let (old, other) = (world.po("site").await, world.po("other").await);
    world.assigned("T-1", &old).await;
    let ask = async |by: &Agent, body: serde_json::Value| -> Question {
        let body: NewQuestion = serde_json::from_value(body).expect("a question");
        read(&world.act(actor(by), Action::AskQuestion(body)).await.expect("a question"))
    };
    let own = ask(&old, json!({"text": "which licence?"})).await;
    let about = ask(&old, json!({"text": "which colour?", "task": "T-1"})).await;
    let foreign = ask(&other, json!({"text": "which licence?"})).await;
    world.exit(&old, exited(1)).await.expect("its end");
    let next = world.po("site").await;
    let asker = async |question: &Question| {
        let question: Question = world.get(ResourceKind::Question, question.id.as_str()).await;
        question.agent
    };
    assert_eq!(asker(&own).await, Some(next.id));
    assert_eq!(asker(&about).await, Some(old.id));
    assert_eq!(asker(&foreign).await, Some(other.id));
}

fn message(event: &Event) -> Option<Message> {
    (event.kind == EventKind::MessageSent).then(|| serde_json::from_value(event.data.clone()).ok())?
}
