//! What a spawn has to satisfy.

use go_bus_api::{
    AgentId, Attempt, HostPatch, HostState, NewAgent, NewCost, ProblemKind, ProjectPatch, ProjectState, Role, Text,
};

use super::MakeStore;
use super::world::{World, actor, exited, host, id, new_agent, project, refused};
use crate::{Action, Actor, Policy};

/// GO spawns orchestrators, these spawn hands, nobody anything else.
pub async fn tiers_hold(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let epoch = world.epoch().await;
    for wanted in [Role::Worker, Role::Specialist, Role::Reviewer, Role::Launcher, Role::Go, Role::M0] {
        let by_go = world.lead(epoch, Action::Spawn(new_agent(wanted))).await;
        assert_eq!(refused(by_go), ProblemKind::TierViolation, "GO → {wanted:?}");
    }
    let io = NewAgent { user: Some(id("anna")), ..new_agent(Role::Io) };
    assert_eq!(refused(world.act(actor(&po), Action::Spawn(io)).await), ProblemKind::TierViolation);
    assert_eq!(
        refused(world.act(Actor::Operator, Action::Spawn(new_agent(Role::Worker))).await),
        ProblemKind::TierViolation
    );
    let named = NewAgent { parent: Some(po.id.clone()), ..new_agent(Role::Worker) };
    let worker: go_bus_api::Agent = super::world::read(&world.done(Action::Spawn(named)).await);
    assert_eq!(worker.parent, Some(po.id));
    assert_eq!(
        refused(world.act(actor(&worker), Action::Spawn(new_agent(Role::Worker))).await),
        ProblemKind::TierViolation
    );
}

/// Verification for all, context rotation for orchestrators.
pub async fn a_prompt_has_its_sections(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let prompt = |text: &str| Some(Text::clipped(text));
    let bare = NewAgent { prompt: None, ..new_agent(Role::Worker) };
    assert_eq!(refused(world.act(actor(&po), Action::Spawn(bare)).await), ProblemKind::PromptIncomplete);
    let verified = "## Verification\nrun it\n";
    let io = NewAgent { prompt: prompt(verified), user: Some(id("anna")), ..new_agent(Role::Io) };
    let epoch = world.epoch().await;
    assert_eq!(refused(world.lead(epoch, Action::Spawn(io)).await), ProblemKind::PromptIncomplete);
    let worker = NewAgent { prompt: prompt(verified), ..new_agent(Role::Worker) };
    let receipt = world.act(actor(&po), Action::Spawn(worker)).await.expect("a worker");
    let document = receipt.document.expect("an agent");
    let stored = world.store.read(crate::Query::Prompt(id::<AgentId>(&document.id))).await;
    assert_eq!(stored, Ok(crate::QueryAnswer::Prompt(Some(verified.to_owned()))));
    assert!(!document.json.contains("run it"), "the prompt is in the agent's resource");
}

/// What the body refers to exists, and what the role needs is named.
pub async fn references_exist(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let epoch = world.epoch().await;
    let bodies = [
        NewAgent { host: Some(id("nowhere")), ..new_agent(Role::Worker) },
        NewAgent { project: Some(id("nothing")), ..new_agent(Role::Worker) },
        NewAgent { task: Some(id("T-0")), ..new_agent(Role::Worker) },
        NewAgent { replaces: Some(id("nobody")), ..new_agent(Role::Worker) },
    ];
    for body in bodies {
        assert_eq!(refused(world.act(actor(&po), Action::Spawn(body)).await), ProblemKind::Invalid);
    }
    for role in [Role::Ho, Role::Po, Role::Io] {
        let seatless = world.lead(epoch, Action::Spawn(new_agent(role))).await;
        assert_eq!(refused(seatless), ProblemKind::Invalid, "{role:?}");
    }
}

/// A slot is taken from the request to the certain end; the cap holds over all hosts; a draining host takes nothing new.
pub async fn slots_and_caps_hold(make: MakeStore<'_>) {
    let policy = Policy { agents_max: Some(3), ..Policy::default() };
    let world = World::with_place_under(make, policy).await;
    world.create_host("small", 1).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    for name in ["T-1", "T-2", "T-3", "T-4", "T-5"] {
        world.assigned(name, &po).await;
    }
    let on = |host: &str, task: &str| {
        let body = NewAgent { host: Some(id(host)), task: Some(id(task)), ..new_agent(Role::Worker) };
        world.act(actor(&po), Action::Spawn(body))
    };
    on("small", "T-1").await.expect("the only slot");
    assert_eq!(refused(on("small", "T-2").await), ProblemKind::NoSlot);
    let first = world.builder(&po, "T-2").await.expect("a slot of forge");
    world.builder(&po, "T-3").await.expect("the last under the cap");
    assert_eq!(refused(on("forge", "T-4").await), ProblemKind::NoSlot);
    world.done(Action::Terminate { agent: first.id.clone(), hold: false }).await;
    assert_eq!(refused(on("forge", "T-4").await), ProblemKind::NoSlot, "a draining builder keeps its slot");
    world.exit(&first, exited(1)).await.expect("its end");
    on("forge", "T-4").await.expect("its slot is free");
    world.act(actor(&po), Action::Spawn(new_agent(Role::Worker))).await.expect("one without a task takes no slot");
    let draining = HostPatch { state: Some(HostState::Draining), ..HostPatch::default() };
    world.done(Action::PatchHost(host(), draining)).await;
    assert_eq!(refused(on("forge", "T-5").await), ProblemKind::NoSlot);
}

/// One builder per task until its end is certain; a wrong attempt and a task at its end are refused.
pub async fn a_task_has_one_builder(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    let with = |attempt| {
        let body = NewAgent { task: Some(id("T-1")), attempt: Some(Attempt(attempt)), ..new_agent(Role::Worker) };
        world.act(actor(&po), Action::Spawn(body))
    };
    assert_eq!(refused(with(0).await), ProblemKind::StaleAttempt);
    let first: go_bus_api::Agent = super::world::read(&with(1).await.expect("a builder"));
    assert_eq!((first.attempt, first.project.clone()), (Some(Attempt(1)), Some(project())));
    assert_eq!(refused(with(1).await), ProblemKind::AlreadyExists);
    world.exit(&first, exited(0)).await.expect("its end");
    let second: go_bus_api::Agent = super::world::read(&with(1).await.expect("another builder of the attempt"));
    world.exit(&second, exited(0)).await.expect("its end");
    world.complete(&task, &po, None).await.expect("a completion");
    assert_eq!(refused(with(1).await), ProblemKind::WrongState);
}

/// A paused project refuses spawns and assignments.
pub async fn a_paused_project_takes_nothing(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    world.ticket("T-2", &[]).await;
    let to = |state| ProjectPatch { state: Some(state), ..ProjectPatch::default() };
    world.done(Action::PatchProject(project(), to(ProjectState::Paused))).await;
    assert!(world.builder(&po, "T-1").await.is_err());
    let spawn = Action::Spawn(NewAgent { task: Some(id("T-1")), ..new_agent(Role::Worker) });
    assert_eq!(refused(world.act(actor(&po), spawn).await), ProblemKind::Paused);
    assert_eq!(refused(world.assign("T-2", &po).await), ProblemKind::Paused);
    world.done(Action::PatchProject(project(), to(ProjectState::Active))).await;
    world.assign("T-2", &po).await.expect("it goes on");
}

/// Once the budget is spent, nobody is spawned for the project.
pub async fn a_spent_budget_stops_spawns(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let budget = ProjectPatch { budget_usd: "0.30".parse().ok(), ..ProjectPatch::default() };
    world.done(Action::PatchProject(project(), budget)).await;
    let from = world.seq().await;
    let spawn = || Action::Spawn(NewAgent { project: Some(project()), ..new_agent(Role::Worker) });
    for usd in ["0.10", "0.14", "0.06"] {
        world.act(actor(&po), spawn()).await.expect("there is money left");
        world.done(Action::RecordCost(cost(&po.id, usd))).await;
    }
    assert_eq!(refused(world.act(actor(&po), spawn()).await), ProblemKind::BudgetExceeded);
    let told = world.told_since(from).await;
    let budgets: Vec<_> = told.iter().filter(|line| line.starts_with("budget")).collect();
    assert_eq!(budgets, ["budget.warned projects/site", "budget.exceeded projects/site"]);
}

fn cost(agent: &AgentId, usd: &str) -> NewCost {
    let body = serde_json::json!({
        "agent": agent, "project": "site", "model": "haiku", "input_tokens": 1, "output_tokens": 1, "usd": usd
    });
    serde_json::from_value(body).expect("a cost")
}
