//! Repeats of creating commands.

use std::time::Duration;

use go_bus_api::{AgentId, NewTask, ProblemKind, Role, Task, Text};

use super::MakeStore;
use super::world::{World, actor, id, new_agent, project, read, refused, ticket};
use crate::{Action, Actor, Command, IdempotencyKey};

fn keyed(world: &World, actor: Actor, key: &str, digest: u8, body: NewTask) -> Command {
    let key = IdempotencyKey { key: key.to_owned(), digest: [digest; 32] };
    Command { key: Some(key), ..world.command(actor, Action::CreateTask(body)) }
}

fn unnamed() -> NewTask {
    NewTask::ticket(project(), Text::clipped("a task"))
}

/// The same key with the same body makes one resource, and answers as the first did though it has changed since.
pub async fn a_repeat_gets_the_first_answer(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let command = keyed(&world, Actor::Operator, "k", 1, unnamed());
    let first = world.commit(command.clone()).await.expect("a task");
    let task: Task = read(&first);
    world.assign(task.id.as_str(), &po).await.expect("an assignment");
    let seq = world.seq().await;
    let again = world.store.commit(vec![command.clone(), command]).await;
    for receipt in again {
        assert_eq!(receipt, Ok(first.clone()));
    }
    assert_eq!(world.seq().await, seq, "a repeat made an event");
}

/// The same key with another body is a mistake.
pub async fn another_body_is_refused(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.commit(keyed(&world, Actor::Operator, "k", 1, unnamed())).await.expect("a task");
    let other = world.commit(keyed(&world, Actor::Operator, "k", 2, unnamed())).await;
    assert_eq!(refused(other), ProblemKind::IdempotencyMismatch);
}

/// Two actors may use one key; after a day it is forgotten.
pub async fn keys_are_the_actor_s_own_and_end_after_a_day(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    let made = |receipt| read::<Task>(&receipt).id;
    let first = made(world.commit(keyed(&world, Actor::Operator, "k", 1, unnamed())).await.expect("a task"));
    let second = made(world.commit(keyed(&world, actor(&go), "k", 2, unnamed())).await.expect("another's"));
    assert_ne!(first, second);
    world.pass(Duration::from_secs(24 * 60 * 60));
    let still = world.commit(keyed(&world, Actor::Operator, "k", 1, unnamed())).await.expect("the first answer");
    assert_eq!(made(still), first);
    world.pass(Duration::from_millis(1));
    let anew = world.commit(keyed(&world, Actor::Operator, "k", 2, unnamed())).await.expect("a new task");
    assert_ne!(made(anew), first);
}

/// A refusal is not an answer to keep: the same request may succeed later.
pub async fn a_refusal_is_not_kept(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let command = keyed(&world, Actor::Operator, "k", 1, ticket("T-2", &["T-1"]));
    assert_eq!(refused(world.commit(command.clone()).await), ProblemKind::Invalid);
    world.ticket("T-1", &[]).await;
    world.commit(command).await.expect("its dependency is there now");
    assert_eq!(world.task("T-2").await.assignee, None::<AgentId>);
    assert_eq!(world.task("T-2").await.id, id("T-2"));
}
