//! What a builder's end means for its task.

use std::time::Duration;

use go_bus_api::{AgentId, AgentState, ExitReport, HostId, NewAgent, ProblemKind, Role, Task, TaskState};

use super::MakeStore;
use super::reviews::review_task;
use super::world::{World, actor, exited, id, new_agent, read, refused, stopped};
use crate::{Action, Outcome};

/// A scene with a launcher, a PO, and a builder of `T-1` that runs.
async fn at_work(make: MakeStore<'_>) -> (World, go_bus_api::Agent, go_bus_api::Agent) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    let po = world.po("site").await;
    world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.started(&builder).await;
    (world, po, builder)
}

/// A code or a signal that nobody ordered stays with the assignee, good or bad.
pub async fn a_result_is_left_to_the_assignee(make: MakeStore<'_>) {
    for report in [exited(0), exited(7), ExitReport { signal: Some(11), ..ExitReport::default() }] {
        let (world, po, builder) = at_work(make).await;
        world.exit(&builder, report).await.expect("its end");
        let task = world.task("T-1").await;
        assert_eq!((task.state, task.assignee, task.failures), (TaskState::InProgress, Some(po.id), 0));
    }
}

/// An ordered stop and an end without a result count nothing.
pub async fn an_end_without_a_result_gives_the_task_back(make: MakeStore<'_>) {
    for report in [stopped(), ExitReport::default()] {
        let (world, _, builder) = at_work(make).await;
        let from = world.seq().await;
        world.exit(&builder, report).await.expect("its end");
        let task = world.task("T-1").await;
        assert_eq!((task.state, task.assignee, task.attempt.0), (TaskState::Pending, None, 1));
        assert_eq!((task.failures, task.losses, task.not_before), (0, 0, None));
        let expected = [format!("agent.terminated agents/{}", builder.id), "task.requeued tasks/T-1".to_owned()];
        assert_eq!(world.told_since(from).await, expected);
    }
}

/// `?hold=true` leaves the task held, also where the stop was ordered without it first.
pub async fn a_hold_sets_the_task_aside(make: MakeStore<'_>) {
    let (world, _, builder) = at_work(make).await;
    for (hold, outcome) in [(false, Outcome::Updated), (true, Outcome::Updated), (true, Outcome::Unchanged)] {
        let done = world.done(Action::Terminate { agent: builder.id.clone(), hold }).await;
        assert_eq!(done.outcome, outcome);
    }
    world.exit(&builder, stopped()).await.expect("its end");
    assert_eq!(world.task("T-1").await.state, TaskState::Held);
}

/// The second report of an end changes nothing, whatever it says.
pub async fn an_exit_is_accepted_once(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let foreign = world.act(actor(&po), Action::ReportExit(builder.id.clone(), exited(0))).await;
    assert_eq!(refused(foreign), ProblemKind::Forbidden);
    let first: go_bus_api::Agent = read(&world.exit(&builder, exited(0)).await.expect("its end"));
    assert_eq!(first.state, AgentState::Terminated);
    assert_eq!(first.exit.as_ref().map(|exit| (exit.report.code, exit.at)), Some((Some(0), world.now())));
    let again = world.exit(&builder, stopped()).await.expect("a repeat");
    assert_eq!((again.outcome, read::<go_bus_api::Agent>(&again)), (Outcome::Unchanged, first));
    assert_eq!(world.task("T-1").await.state, TaskState::InProgress);
}

/// The end of a builder of an earlier attempt leaves the present one alone, and until then nobody builds it a second time.
pub async fn an_old_builder_s_end_changes_nothing(make: MakeStore<'_>) {
    let (world, po, builder) = at_work(make).await;
    let task = world.task("T-1").await;
    world.fail(&task, &po, "idle for too long", true).await.expect("a failure");
    world.pass(Duration::from_secs(2));
    world.assign("T-1", &po).await.expect("the second attempt");
    assert!(world.builder(&po, "T-1").await.is_err(), "two agents would run one task");
    world.exit(&builder, stopped()).await.expect("its end");
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.attempt.0), (TaskState::InProgress, 2));
    world.builder(&po, "T-1").await.expect("a builder of the second attempt");
}

/// Who answers for what it built itself can't judge it any more: the task goes back.
pub async fn a_self_builder_s_task_goes_back(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    let worker = world.builder(&po, "T-1").await;
    let worker = worker.expect("a builder");
    world.assign("T-1", &worker).await.expect("an assignment");
    world.exit(&worker, exited(0)).await.expect("its end");
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.assignee), (TaskState::Pending, None::<AgentId>));
    assert_eq!(task.id, id("T-1"));
}

/// What no upstream has is on the host that it was worked on, and so is the conversation: whoever places the next attempt, or the review, is told.
pub async fn the_next_attempt_and_the_review_know_where_the_work_is(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_host("mill", 2).await;
    let po = world.po("site").await;
    let mill: HostId = id("mill");
    let first = world.assigned("T-1", &po).await;
    assert_eq!(first.built_on, None);
    for (host, code) in [(None, 1), (Some(&mill), 1), (Some(&mill), 0)] {
        world.pass(Duration::from_secs(1));
        let host = host.cloned().unwrap_or_else(super::world::host);
        let body = NewAgent { host: Some(host.clone()), task: Some(id("T-1")), ..new_agent(Role::Worker) };
        let builder: go_bus_api::Agent = read(&world.act(actor(&po), Action::Spawn(body)).await.expect("a builder"));
        world.exit(&builder, exited(code)).await.expect("its end");
        let task = world.task("T-1").await;
        if code == 0 {
            world.complete(&task, &po, Some("feature")).await.expect("a delivery");
            assert_eq!(review_task(&world).await.built_on, Some(host));
            return;
        }
        world.fail(&task, &po, "it is red", true).await.expect("a failure");
        world.pass(Duration::from_secs(600));
        let again: Task = read(&world.assign("T-1", &po).await.expect("the next attempt"));
        assert_eq!(again.built_on, Some(host));
    }
}
