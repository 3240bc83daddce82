//! Many at once, one winner.

use std::sync::Arc;

use std::time::Duration;

use go_bus_api::{
    Agent, AgentState, Assign, BootId, HostHeartbeat, NewAgent, NewTask, Review, Role, TaskId, TaskPatch, TaskState,
    Text, Verdict,
};

use super::MakeStore;
use super::world::{World, acquire, actor, completion, exited, host, id, new_agent, project, shim, ticket};
use crate::{Action, Actor, Outcome, Policy, Receipt, Reject};

/// Sixteen callers at once, all as `who`, each with its own action; how many succeeded.
async fn winners(world: &Arc<World>, who: &Actor, action: impl Fn(usize) -> Action) -> usize {
    won(world, |caller| (who.clone(), action(caller)), |_| true).await
}

/// Sixteen callers at once; how many succeeded in the way that `counts`.
async fn won(world: &Arc<World>, act: impl Fn(usize) -> (Actor, Action), counts: impl Fn(&Receipt) -> bool) -> usize {
    let callers: Vec<_> = (0..16)
        .map(|caller| {
            let (world, (who, action)) = (world.clone(), act(caller));
            tokio::spawn(async move { world.act(who, action).await })
        })
        .collect();
    let mut won = 0;
    for caller in callers {
        let answer: Result<Receipt, Reject> = caller.await.expect("a caller");
        assert!(!matches!(answer, Err(Reject::Store(_))), "the engine failed: {answer:?}");
        won += usize::from(answer.is_ok_and(|receipt| counts(&receipt)));
    }
    won
}

/// The lease is granted once.
pub async fn one_bidder_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let bid = |caller: usize| Action::AcquireLease(acquire(&format!("go-{caller}")));
    assert_eq!(winners(&world, &Actor::Operator, bid).await, 1);
    assert_eq!(world.lease().await.epoch.0, 1);
}

/// A task is assigned once.
pub async fn one_assignment_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    let assign = |_| Action::AssignTask(id("T-1"), Assign { agent: po.id.clone() });
    assert_eq!(winners(&world, &Actor::Operator, assign).await, 1);
    assert_eq!(world.task("T-1").await.attempt.0, 1);
}

/// Four slots take four builders.
pub async fn slots_are_never_overrun(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    for caller in 0..16 {
        world.assigned(&format!("T-{caller}"), &po).await;
    }
    let spawn = |caller: usize| {
        let task = Some(id(&format!("T-{caller}")));
        Action::Spawn(NewAgent { host: Some(host()), task, ..new_agent(Role::Worker) })
    };
    assert_eq!(winners(&world, &actor(&po), spawn).await, 4);
}

/// A project has one PO.
pub async fn a_seat_is_taken_once(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let epoch = world.epoch().await;
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let world = world.clone();
            let body = NewAgent { project: Some(project()), ..new_agent(Role::Po) };
            tokio::spawn(async move { world.lead(epoch, Action::Spawn(body)).await.is_ok() })
        })
        .collect();
    let mut won = 0;
    for caller in callers {
        won += usize::from(caller.await.expect("a caller"));
    }
    assert_eq!(won, 1);
}

/// A cap below the slots holds.
pub async fn the_cap_is_never_overrun(make: MakeStore<'_>) {
    let policy = Policy { agents_max: Some(3), ..Policy::default() };
    let world = Arc::new(World::with_place_under(make, policy).await);
    let po = world.po("site").await;
    for caller in 0..16 {
        world.assigned(&format!("T-{caller}"), &po).await;
    }
    assert_eq!(winners(&world, &actor(&po), |caller| spawn_for(&format!("T-{caller}"))).await, 3);
}

/// A task has one builder.
pub async fn one_builder_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    assert_eq!(winners(&world, &actor(&po), |_| spawn_for("T-1")).await, 1);
}

fn spawn_for(task: &str) -> Action {
    Action::Spawn(NewAgent { host: Some(host()), task: Some(id(task)), ..new_agent(Role::Worker) })
}

/// A PO is succeeded once, and its task goes to that one.
pub async fn one_successor_takes_over(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let old = world.po("site").await;
    world.assigned("T-1", &old).await;
    let epoch = world.epoch().await;
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (world, replaces) = (world.clone(), Some(old.id.clone()));
            let body = NewAgent { project: Some(project()), host: Some(host()), replaces, ..new_agent(Role::Po) };
            tokio::spawn(async move { world.lead(epoch, Action::Spawn(body)).await })
        })
        .collect();
    let mut successors: Vec<Agent> = Vec::new();
    for caller in callers {
        successors.extend(caller.await.expect("a caller").ok().map(|receipt| super::world::read(&receipt)));
    }
    assert_eq!(successors.len(), 1, "{successors:?}");
    assert_eq!(world.task("T-1").await.assignee.as_ref(), successors.first().map(|agent| &agent.id));
}

/// Of a reviewer, the builder, the assignee and others, however they race, the fresh reviewer's verdict alone counts.
pub async fn only_the_fresh_verdict_wins(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    world.pass(Duration::from_secs(1));
    world.complete(&task, &po, Some("feature")).await.expect("a delivery");
    let review = world.task("T-1").await;
    let mut tasks = world.events().await.into_iter().filter(|event| event.kind.as_str() == "task.created");
    let review_task =
        tasks.next_back().and_then(|event| event.data["id"].as_str().map(str::to_owned)).expect("a review task");
    world.assign(&review_task, &po).await.expect("an assignment");
    let fresh = world.hand(&po, Role::Reviewer, &review_task).await.expect("a reviewer");
    assert_eq!(review.state, TaskState::InReview);
    let verdict = |by: usize| {
        let (who, verdict) = match by {
            7 => (shim(&fresh), Verdict::Approve),
            _ if by.is_multiple_of(2) => (shim(&builder), Verdict::RequestChanges),
            _ => (actor(&po), Verdict::RequestChanges),
        };
        (who, Action::ReviewTask(id("T-1"), Review { verdict, notes: Text::clipped("") }))
    };
    assert_eq!(won(&world, verdict, |_| true).await, 1);
    assert_eq!(world.task("T-1").await.state, TaskState::Done);
}

/// Sixteen complete one attempt, half of them strangers: the assignee's completion is taken, once.
pub async fn one_completion_by_the_assignee_counts(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    world.create_project("other").await;
    let (po, stranger) = (world.po("site").await, world.po("other").await);
    let task = world.assigned("T-1", &po).await;
    let from = world.seq().await;
    let complete = |caller: usize| {
        let who = if caller.is_multiple_of(2) { actor(&po) } else { actor(&stranger) };
        (who, Action::CompleteTask(task.id.clone(), completion(&task, None)))
    };
    assert_eq!(won(&world, complete, |receipt| receipt.outcome == Outcome::Updated).await, 1);
    assert_eq!(world.told_since(from).await, ["task.completed tasks/T-1"]);
}

/// Sixteen edits that would close a ring, each over another pair: at least one is refused, so no ring comes about.
pub async fn no_ring_of_dependencies_closes(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    for caller in 0..16 {
        world.ticket(&format!("T-{caller}"), &[]).await;
    }
    let next = |caller: usize| {
        let depends_on: Option<Vec<TaskId>> = Some(vec![id(&format!("T-{}", (caller + 1) % 16))]);
        let patch = TaskPatch { depends_on, ..TaskPatch::default() };
        Action::PatchTask(id(&format!("T-{caller}")), patch)
    };
    assert_eq!(winners(&world, &Actor::Operator, next).await, 15);
}

/// A new task behind one that fails at the same time is blocked in either order.
pub async fn who_comes_as_it_fails_is_blocked_too(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = world.po("site").await;
    let failing = world.assigned("T-1", &po).await;
    let act = |caller: usize| match caller {
        7 => {
            let body = go_bus_api::Fail {
                attempt: failing.attempt,
                error: Text::clipped("no"),
                retryable: false,
                remedy: None,
            };
            (actor(&po), Action::FailTask { task: failing.id.clone(), body, jitter: 1_000_000 })
        }
        _ => {
            let body: NewTask = ticket(&format!("B-{caller}"), &["T-1"]);
            (Actor::Operator, Action::CreateTask(body))
        }
    };
    assert_eq!(won(&world, act, |_| true).await, 16);
    for caller in (0..16).filter(|caller| *caller != 7) {
        assert_eq!(world.task(&format!("B-{caller}")).await.state, TaskState::Blocked, "B-{caller}");
    }
}

/// A host's lease that sixteen timers find expired ends once: one loss is counted, whatever the builder's exit says meanwhile.
pub async fn a_builder_is_lost_once(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let po = ungrounded_po(&world).await;
    world.ticket("T-1", &[]).await;
    for losses in 1..=3 {
        let launcher = world.launcher("forge", "boot-1").await;
        world.assign("T-1", &po).await.expect("an assignment");
        let builder = world.builder(&po, "T-1").await.expect("a builder");
        world.started(&builder).await;
        let last_heartbeat = world.forge().await.last_heartbeat;
        let expire = |_| Action::ExpireHost { host: host(), last_heartbeat, bus_was_reachable: true };
        let updated = |receipt: &Receipt| receipt.outcome == Outcome::Updated;
        assert_eq!(won(&world, |caller| (Actor::Bus, expire(caller)), updated).await, 1);
        assert_eq!(world.agent(&builder.id).await.state, AgentState::Terminated);
        let task = world.task("T-1").await;
        let expected = if losses < 3 { TaskState::Pending } else { TaskState::Blocked };
        assert_eq!((task.losses, task.state), (losses, expected));
        world.done(Action::Terminate { agent: launcher.id, hold: false }).await;
    }
    let raised = world.events().await.iter().filter(|event| event.kind.as_str() == "alert.raised").count();
    assert_eq!(raised, 1, "the third loss raises one alert");
}

/// A PO on no host, which the host's end leaves alone.
async fn ungrounded_po(world: &World) -> Agent {
    let body = NewAgent { project: Some(project()), ..new_agent(Role::Po) };
    let epoch = world.epoch().await;
    super::world::read(&world.lead(epoch, Action::Spawn(body)).await.expect("a PO"))
}

/// Sixteen launchers bid for a host: one holds it.
pub async fn one_launcher_gets_the_host(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let mut launchers = Vec::new();
    for _ in 0..16 {
        launchers.push(world.register(NewAgent { host: Some(host()), ..new_agent(Role::Launcher) }).await);
    }
    let bid = |caller: usize| {
        let launcher = &launchers[caller];
        let body = HostHeartbeat { boot_id: id::<BootId>("boot-1"), launcher: launcher.id.clone() };
        (actor(launcher), Action::HeartbeatHost(host(), body))
    };
    assert_eq!(won(&world, bid, |_| true).await, 1);
    assert!(world.forge().await.launcher.is_some());
}

/// Sixteen raise one alert at levels of their own: it is one alert, it ends at the highest level, and who is
/// to hear of a level that it had has heard of it once.
pub async fn an_alert_is_told_once_for_each_level_it_had(make: MakeStore<'_>) {
    let world = Arc::new(World::with_place(make).await);
    let anna = super::alerts::io(&world, "anna").await;
    let raise = |caller: usize| {
        let level = format!("L{}", caller % 5 + 1);
        (Actor::Operator, super::alerts::alert(&level, Some("disk")))
    };
    assert_eq!(won(&world, raise, |receipt| receipt.outcome == Outcome::Created).await, 1);
    let events = world.events().await;
    let of = |kind: &str| events.iter().filter(|event| event.kind.as_str() == kind).collect::<Vec<_>>();
    let levels: Vec<&str> = [of("alert.raised"), of("alert.escalated")]
        .concat()
        .iter()
        .filter_map(|event| event.data["level"].as_str())
        .collect();
    assert!(levels.is_sorted() && levels.last() == Some(&"L5"), "{levels:?}");
    let mut told = Vec::new();
    for agent in [&go_bus_api::AgentId::c0(), &anna.id] {
        let heard = super::alerts::inbox(&world, agent).await;
        told.extend(heard.iter().map(|message| message.subject.as_str()[..2].to_owned()));
    }
    assert_eq!(told, levels, "to C0 up to L3, to the IO from L4 on");
}
