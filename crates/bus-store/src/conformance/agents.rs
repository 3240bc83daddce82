//! An agent's life.

use std::time::Duration;

use go_bus_api::{AgentPatch, AgentState, Heartbeat, ProblemKind, Ratio, Role, TaskState};

use super::MakeStore;
use super::world::{World, actor, id, new_agent, refused, shim};
use crate::{Action, Actor, Outcome, Policy, Query, QueryAnswer};

/// `000`, `m0` and `c0` are there from the start, are not reaped before their first heartbeat, and don't end.
pub async fn the_fixed_three_are_there(make: MakeStore<'_>) {
    let world = World::empty(make, Policy::default());
    for (name, role) in [("000", Role::Go), ("m0", Role::M0), ("c0", Role::C0)] {
        let agent = world.agent(&id(name)).await;
        assert_eq!((agent.role, agent.state), (role, AgentState::Ready));
        let lost = world.bus(Action::LoseAgent { agent: id(name), last_heartbeat: None }).await;
        assert_eq!(lost.outcome, Outcome::Unchanged);
        let end = Action::Terminate { agent: id(name), hold: false };
        assert_eq!(refused(world.act(Actor::Operator, end).await), ProblemKind::WrongState);
    }
    assert_eq!(world.seq().await.0, 0);
}

/// A bare beat is remembered and makes neither event nor revision; a new state or a fuller context does.
pub async fn a_heartbeat_is_no_event(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.started(&po).await;
    let from = world.seq().await;
    let beat = |beat: Heartbeat| world.act(shim(&po), Action::HeartbeatAgent(po.id.clone(), beat));
    world.pass(Duration::from_secs(5));
    beat(Heartbeat::default()).await.expect("a beat");
    let after = world.agent(&po.id).await;
    assert_eq!((after.last_heartbeat, after.revision.0), (Some(world.now()), 2));
    let context_used = Ratio::new(0.5).ok();
    beat(Heartbeat { context_used, state: Some(AgentState::Ready) }).await.expect("a beat");
    beat(Heartbeat { context_used, state: Some(AgentState::Busy) }).await.expect("a beat");
    let subject = format!("agents/{}", po.id);
    assert_eq!(world.told_since(from).await, [format!("agent.updated {subject}"), format!("agent.busy {subject}")]);
}

/// Nobody is declared dead or alive by a PATCH or a beat; others' agents are left alone.
pub async fn only_steps_of_an_agent_s_life(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    let patch = |who, state| {
        let patch = AgentPatch { state: Some(state), ..AgentPatch::default() };
        world.act(who, Action::PatchAgent(builder.id.clone(), patch))
    };
    for state in [AgentState::Terminated, AgentState::Lost] {
        assert_eq!(refused(patch(Actor::Operator, state).await), ProblemKind::WrongState, "{state:?}");
    }
    patch(Actor::Operator, AgentState::Busy).await.expect("requested → busy");
    for state in [AgentState::Requested, AgentState::Starting] {
        assert_eq!(refused(patch(Actor::Operator, state).await), ProblemKind::WrongState, "{state:?}");
    }
    assert_eq!(patch(Actor::Operator, AgentState::Busy).await.expect("no news").outcome, Outcome::Unchanged);
    let go = world.register(new_agent(Role::Go)).await;
    assert_eq!(refused(patch(actor(&go), AgentState::Ready).await), ProblemKind::Forbidden);
    patch(actor(&po), AgentState::Ready).await.expect("its parent may");
}

/// With a launcher an agent drains until its end is reported; where nobody can report it, it has ended at once.
pub async fn termination_waits_for_the_launcher(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    for name in ["T-1", "T-2"] {
        world.assigned(name, &po).await;
    }
    let terminate = |agent: &go_bus_api::Agent| Action::Terminate { agent: agent.id.clone(), hold: false };
    let unlaunched = world.builder(&po, "T-1").await.expect("a builder");
    world.done(terminate(&unlaunched)).await;
    assert_eq!(world.agent(&unlaunched.id).await.state, AgentState::Terminated);
    assert_eq!(world.task("T-1").await.state, TaskState::Pending);

    world.launcher("forge", "boot-1").await;
    let launched = world.builder(&po, "T-2").await.expect("a builder");
    world.done(terminate(&launched)).await;
    assert_eq!(world.agent(&launched.id).await.state, AgentState::Draining);
    assert_eq!(world.done(terminate(&launched)).await.outcome, Outcome::Unchanged);
    assert_eq!(world.task("T-2").await.state, TaskState::InProgress, "its end is not certain yet");
    world.exit(&launched, super::world::stopped()).await.expect("its end");
    assert_eq!(world.task("T-2").await.state, TaskState::Pending);
    assert_eq!(world.done(terminate(&launched)).await.outcome, Outcome::Unchanged);
}

/// `lost` is a compare-and-swap on the last heartbeat, spares who was never started, frees the seat and gives nothing away.
pub async fn silence_keeps_slot_and_task(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    let lose = |agent: &go_bus_api::Agent, last_heartbeat| {
        world.bus(Action::LoseAgent { agent: agent.id.clone(), last_heartbeat })
    };
    assert_eq!(lose(&builder, None).await.outcome, Outcome::Unchanged, "it was never started");
    for agent in [&builder, &po] {
        world.started(agent).await;
        world.act(shim(agent), Action::HeartbeatAgent(agent.id.clone(), Heartbeat::default())).await.expect("a beat");
        assert_eq!(lose(agent, None).await.outcome, Outcome::Unchanged, "it was heard of since");
        assert_eq!(lose(agent, Some(world.now())).await.outcome, Outcome::Updated);
    }
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress);
    world.po("site").await;
    let living = match world.store.read(Query::Living).await {
        Ok(QueryAnswer::Living(documents)) => documents,
        other => panic!("no answer: {other:?}"),
    };
    assert!(living.iter().any(|document| document.id == builder.id.as_str()), "it has not ended for certain");
}
