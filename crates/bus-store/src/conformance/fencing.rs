//! Who may write what, and under which epoch.

use go_bus_api::{Agent, Epoch, NewAgent, NewSprint, ProblemKind, ProjectPatch, Revision, Role, Text};

use super::MakeStore;
use super::world::{World, acquire, actor, expire_lease, later, new_agent, project, refused, shim, ticket};
use crate::{Action, Actor, Command, Outcome};

fn under(world: &World, who: Actor, epoch: u64, action: Action) -> Command {
    Command { epoch: Some(Epoch(epoch)), ..world.command(who, action) }
}

/// An older epoch, a newer one, and the right one of a lease that is gone: 412, and nothing is written.
pub async fn a_stale_epoch_writes_nothing(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let never = under(&world, Actor::Operator, 1, Action::CreateTask(ticket("T-1", &[])));
    assert_eq!(refused(world.commit(never).await), ProblemKind::StaleEpoch);
    let epoch = world.epoch().await;
    let seq = world.seq().await;
    for stale in [0, epoch.0 + 1, u64::MAX] {
        let command = under(&world, Actor::Operator, stale, Action::CreateTask(ticket("T-1", &[])));
        assert_eq!(refused(world.commit(command).await), ProblemKind::StaleEpoch, "epoch {stale}");
    }
    world.bus(expire_lease(epoch, 0)).await;
    let late = world.lead(epoch, Action::CreateTask(ticket("T-1", &[]))).await;
    assert_eq!(refused(late), ProblemKind::StaleEpoch);
    assert_eq!(world.told_since(seq).await, ["lease.expired lease"]);
}

/// A valid epoch under a token that didn't acquire the lease is refused, that of another GO instance too.
pub async fn an_epoch_is_good_under_its_token_alone(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let [first, second] = [world.register(new_agent(Role::Go)).await, world.register(new_agent(Role::Go)).await];
    let lease = world.act(actor(&first), Action::AcquireLease(acquire("go-1"))).await.expect("a lease").lease;
    let epoch = lease.expect("a lease").epoch.0;
    let launcher = world.launcher("forge", "boot-1").await;
    for other in [actor(&second), actor(&launcher)] {
        let command = under(&world, other, epoch, Action::CreateTask(ticket("T-1", &[])));
        assert_eq!(refused(world.commit(command).await), ProblemKind::NotLeader);
    }
    for (name, good) in [("T-1", actor(&first)), ("T-2", Actor::Operator)] {
        world.commit(under(&world, good, epoch, Action::CreateTask(ticket(name, &[])))).await.expect("a task");
    }
}

/// Orchestrators, sprints and the handoff are GO's, whoever else asks.
pub async fn only_go_may_do_what_only_go_may(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    let po = NewAgent { project: Some(project()), ..new_agent(Role::Po) };
    let sprint = NewSprint { id: None, tickets: vec![], ends_at: later() };
    let actions = [Action::Spawn(po), Action::StartSprint(sprint), Action::PutHandoff(serde_json::json!({}))];
    for action in actions {
        for who in [Actor::Operator, actor(&go)] {
            assert_eq!(refused(world.act(who, action.clone()).await), ProblemKind::NotLeader, "{action:?}");
        }
        let epoch = world.epoch().await;
        world.lead(epoch, action).await.expect("GO may");
    }
}

/// `operator`, an agent's id, `bus`, and `000` with its epoch under the lease.
pub async fn events_name_their_actor(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let go = world.register(new_agent(Role::Go)).await;
    world.ticket("T-1", &[]).await;
    world.act(actor(&go), Action::CreateTask(ticket("T-2", &[]))).await.expect("a task");
    let epoch = world.epoch().await;
    world.lead(epoch, Action::CreateTask(ticket("T-3", &[]))).await.expect("a task");
    world.bus(expire_lease(epoch, 0)).await;
    let told = world.events().await;
    let of = |subject: &str| {
        let about = |event: &&go_bus_api::Event| event.subject.as_ref().is_some_and(|s| s.0.as_str() == subject);
        let event = told.iter().rev().find(about).expect("an event about it");
        (event.actor.as_str().to_owned(), event.epoch)
    };
    assert_eq!(of("tasks/T-1"), ("operator".to_owned(), None));
    assert_eq!(of("tasks/T-2"), (go.id.to_string(), None));
    assert_eq!(of("tasks/T-3"), ("000".to_owned(), Some(epoch)));
    assert_eq!(of("lease"), ("bus".to_owned(), None));
}

/// A shim speaks for its own agent only, of life and end only.
pub async fn a_shim_s_token_is_good_for_little(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    let forbidden = [
        Action::CreateTask(ticket("T-2", &[])),
        Action::HeartbeatAgent(po.id.clone(), Default::default()),
        Action::ReportExit(po.id.clone(), Default::default()),
        Action::Terminate { agent: po.id.clone(), hold: false },
        Action::RevokeTokens(builder.id.clone()),
        cost(&po),
    ];
    for action in forbidden {
        assert_eq!(refused(world.act(shim(&builder), action.clone()).await), ProblemKind::Forbidden, "{action:?}");
    }
    let own = Action::HeartbeatAgent(builder.id.clone(), Default::default());
    world.act(shim(&builder), own).await.expect("its own agent's heartbeat");
    world.act(shim(&builder), cost(&builder)).await.expect("its own agent's costs");
}

fn cost(of: &Agent) -> Action {
    let json = serde_json::json!({"agent": of.id, "project": "site", "model": "m", "input_tokens": 1, "output_tokens": 1, "usd": "0.1"});
    Action::RecordCost(serde_json::from_value(json).expect("a cost"))
}

/// `If-Match` with the resource's revision writes, another does not; what changes nothing makes no revision.
pub async fn a_revision_is_checked(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let patch = |name: &str| ProjectPatch { name: Some(Text::clipped(name)), ..ProjectPatch::default() };
    let command = |revision: u64, name: &str| Command {
        if_match: Some(Revision(revision)),
        ..world.command(Actor::Operator, Action::PatchProject(project(), patch(name)))
    };
    assert_eq!(refused(world.commit(command(2, "b")).await), ProblemKind::RevisionMismatch);
    assert_eq!(world.commit(command(1, "b")).await.expect("a patch").outcome, Outcome::Updated);
    assert_eq!(world.commit(command(2, "b")).await.expect("no news").outcome, Outcome::Unchanged);
    assert_eq!(world.site().await.revision, Revision(2));
}
