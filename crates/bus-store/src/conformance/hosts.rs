//! A host's lease.

use std::time::Duration;

use go_bus_api::{Agent, AgentState, AlertLevel, BootId, HostHeartbeat, NewAgent, ProblemKind, Role, TaskState};

use super::MakeStore;
use super::world::{World, actor, host, id, new_agent, refused};
use crate::{Action, Outcome, Query, QueryAnswer};

async fn expire(world: &World, bus_was_reachable: bool) -> Outcome {
    let last_heartbeat = world.forge().await.last_heartbeat;
    world.bus(Action::ExpireHost { host: host(), last_heartbeat, bus_was_reachable }).await.outcome
}

async fn running_builder(world: &World, po: &Agent, task: &str) -> Agent {
    let builder = world.builder(po, task).await.expect("a builder");
    world.started(&builder).await;
    builder
}

/// A second live launcher waits; one that is dead does not hold the host. A renewal makes no event.
pub async fn one_launcher_holds_a_host(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_host("other", 1).await;
    let first = world.launcher("forge", "boot-1").await;
    let second = world.register(NewAgent { host: Some(host()), ..new_agent(Role::Launcher) }).await;
    assert_eq!(refused(world.beat(&second, "boot-1").await), ProblemKind::HostHeld);
    let stolen = HostHeartbeat { boot_id: id::<BootId>("boot-1"), launcher: first.id.clone() };
    let stolen = world.act(actor(&second), Action::HeartbeatHost(host(), stolen)).await;
    assert_eq!(refused(stolen), ProblemKind::Forbidden);
    let strange = HostHeartbeat { boot_id: id::<BootId>("boot-1"), launcher: first.id.clone() };
    let strange = world.act(actor(&first), Action::HeartbeatHost(id("other"), strange)).await;
    assert_eq!(refused(strange), ProblemKind::Invalid);
    let seq = world.seq().await;
    world.pass(Duration::from_secs(15));
    world.beat(&first, "boot-1").await.expect("a renewal");
    assert_eq!((world.seq().await, world.forge().await.last_heartbeat), (seq, Some(world.now())));
    world.bus(Action::LoseAgent { agent: first.id, last_heartbeat: None }).await;
    world.beat(&second, "boot-1").await.expect("the first is lost");
    assert_eq!(world.forge().await.launcher, Some(second.id));
}

/// Its host is free for the next at once; builders, slots and tasks stay, and a stop waits for whoever comes.
pub async fn a_launcher_s_end_ends_no_builder(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let launcher = world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = running_builder(&world, &po, "T-1").await;
    world.done(Action::Terminate { agent: launcher.id.clone(), hold: false }).await;
    assert_eq!(world.agent(&launcher.id).await.state, AgentState::Terminated);
    assert_eq!(world.forge().await.launcher, None);
    world.done(Action::Terminate { agent: builder.id.clone(), hold: false }).await;
    assert_eq!(world.agent(&builder.id).await.state, AgentState::Draining, "its process may well run");
    let from = world.seq().await;
    let next = world.launcher("forge", "boot-1").await;
    let told = [format!("agent.ready agents/{}", next.id), "host.joined hosts/forge".to_owned()];
    assert_eq!(world.told_since(from).await, told);
}

/// A new boot of the machine proves that what ran has ended; what was never started is still to start.
pub async fn a_new_boot_ends_what_ran(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let launcher = world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    for name in ["T-1", "T-2"] {
        world.assigned(name, &po).await;
    }
    let ran = running_builder(&world, &po, "T-1").await;
    let waits = world.builder(&po, "T-2").await.expect("a builder");
    world.done(Action::Terminate { agent: launcher.id, hold: false }).await;
    world.launcher("forge", "boot-2").await;
    assert_eq!(world.agent(&ran.id).await.state, AgentState::Terminated);
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.losses), (TaskState::Pending, 0));
    assert_eq!(world.agent(&waits.id).await.state, AgentState::Requested);
    assert_eq!(world.task("T-2").await.state, TaskState::InProgress);
}

/// Lost with its host three times: blocked, with an alert to a human.
pub async fn three_losses_block_a_task(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let epoch = world.epoch().await;
    let body = NewAgent { project: Some(id("site")), ..new_agent(Role::Po) };
    let po: Agent = super::world::read(&world.lead(epoch, Action::Spawn(body)).await.expect("a PO"));
    world.ticket("T-1", &[]).await;
    for losses in 1..=3 {
        let launcher = world.launcher("forge", "boot-1").await;
        world.assign("T-1", &po).await.expect("an assignment");
        let builder = running_builder(&world, &po, "T-1").await;
        assert_eq!(expire(&world, true).await, Outcome::Updated);
        assert_eq!(world.agent(&builder.id).await.state, AgentState::Terminated);
        let expected = if losses < 3 { TaskState::Pending } else { TaskState::Blocked };
        let task = world.task("T-1").await;
        assert_eq!((task.state, task.losses), (expected, losses));
        world.done(Action::Terminate { agent: launcher.id, hold: false }).await;
    }
    let alert = world.events().await.into_iter().find(|event| event.kind.as_str() == "alert.raised");
    let alert: go_bus_api::Alert = serde_json::from_value(alert.expect("an alert").data).expect("an alert");
    assert_eq!(alert.level, AlertLevel::L4);
}

/// A run that a host's HO was given and started nobody for goes back when that host's lease ends: else it would wait for the host's return.
/// What a PO has in hand passes on with its seat.
pub async fn host_work_that_nobody_began_goes_back_with_the_host(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let epoch = world.epoch().await;
    let ho = Action::Spawn(NewAgent { host: Some(host()), ..new_agent(Role::Ho) });
    let ho: Agent = super::world::read(&world.lead(epoch, ho).await.expect("an HO"));
    let body = NewAgent { project: Some(id("site")), ..new_agent(Role::Po) };
    let po: Agent = super::world::read(&world.lead(epoch, Action::Spawn(body)).await.expect("a PO"));
    for (name, to) in [("T-1", &ho), ("T-2", &po)] {
        world.assigned(name, to).await;
    }
    assert_eq!(expire(&world, true).await, Outcome::Updated);
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.assignee, task.losses), (TaskState::Pending, None, 0));
    assert_eq!(world.agent(&ho.id).await.state, AgentState::Requested, "it is started when the host is back");
    assert_eq!(world.task("T-2").await.state, TaskState::InProgress);
}

/// Where the Bus was not there to be reached, the end of a host's lease counts nothing.
pub async fn an_outage_of_the_bus_counts_nothing(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    running_builder(&world, &po, "T-1").await;
    assert_eq!(expire(&world, false).await, Outcome::Updated);
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.losses), (TaskState::Pending, 0));
}

/// A timer ends a host's lease only as it was when the timer was armed; a launcher's end leaves that lease to its timer.
pub async fn a_host_expires_by_compare_and_swap(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    assert_eq!(expire(&world, true).await, Outcome::Unchanged, "nobody ever held it");
    let launcher = world.launcher("forge", "boot-1").await;
    let armed = world.forge().await.last_heartbeat;
    world.pass(Duration::from_secs(15));
    world.beat(&launcher, "boot-1").await.expect("a renewal");
    let late = Action::ExpireHost { host: host(), last_heartbeat: armed, bus_was_reachable: true };
    assert_eq!(world.bus(late).await.outcome, Outcome::Unchanged);
    world.done(Action::Terminate { agent: launcher.id, hold: false }).await;
    assert!(is_living(&world).await, "its lease runs on");
    assert_eq!(expire(&world, true).await, Outcome::Updated);
    assert!(!is_living(&world).await);
    assert_eq!(expire(&world, true).await, Outcome::Unchanged);
}

async fn is_living(world: &World) -> bool {
    match world.store.read(Query::Living).await {
        Ok(QueryAnswer::Living(documents)) => documents.iter().any(|document| document.id == "forge"),
        other => panic!("no answer: {other:?}"),
    }
}
