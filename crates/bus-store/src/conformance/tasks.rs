//! A task's steps.

use std::time::Duration;

use go_bus_api::{
    AgentId, AgentState, Assign, NewTask, Percent, ProblemKind, ReportProgress, Role, TaskKind, TaskPatch, TaskState,
    Text,
};

use super::MakeStore;
use super::alerts::inbox;
use super::world::{World, actor, assert_state, completion, exited, id, project, read, refused, ticket};
use crate::{Action, Actor, Outcome};

fn to(state: TaskState) -> TaskPatch {
    TaskPatch { state: Some(state), ..TaskPatch::default() }
}

/// References, titles, attempts, kinds and states are checked; GO may say that a ticket is done already.
pub async fn a_new_task_is_checked(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let good = ticket("T-1", &[]);
    let bad = [
        NewTask { project: id("nothing"), ..good.clone() },
        NewTask { host: Some(id("nowhere")), ..good.clone() },
        NewTask { sprint: Some(id("never")), ..good.clone() },
        NewTask { depends_on: vec![id("T-0")], ..good.clone() },
        NewTask { depends_on: vec![id("T-1")], ..good.clone() },
        NewTask { title: Text::clipped("  "), ..good.clone() },
        NewTask { max_attempts: 0, ..good.clone() },
        NewTask { kind: TaskKind::Review, ..good.clone() },
        NewTask { state: TaskState::InProgress, ..good.clone() },
    ];
    for body in bad {
        let answer = world.act(Actor::Operator, Action::CreateTask(body.clone())).await;
        assert_eq!(refused(answer), ProblemKind::Invalid, "{body:?}");
    }
    let done = NewTask { state: TaskState::Done, ..ticket("T-2", &[]) };
    assert_eq!(refused(world.act(actor(&po), Action::CreateTask(done.clone())).await), ProblemKind::Invalid);
    let epoch = world.epoch().await;
    let task: go_bus_api::Task = read(&world.lead(epoch, Action::CreateTask(done)).await.expect("a done ticket"));
    assert_eq!((task.state, task.finished_at), (TaskState::Done, Some(world.now())));
    assert_eq!((task.project, task.attempt.0), (project(), 0));
    for (id, state) in [("T-3", TaskState::Held), ("T-4", TaskState::Cancelled)] {
        let stopped = NewTask { state, ..ticket(id, &[]) };
        assert_eq!(refused(world.act(actor(&po), Action::CreateTask(stopped.clone())).await), ProblemKind::Invalid);
        let task: go_bus_api::Task =
            read(&world.lead(epoch, Action::CreateTask(stopped)).await.expect("a stopped ticket"));
        assert_eq!((task.state, task.finished_at.is_some()), (state, state == TaskState::Cancelled));
    }
    let behind: go_bus_api::Task =
        read(&world.lead(epoch, Action::CreateTask(ticket("T-5", &["T-4"]))).await.expect("a ticket behind it"));
    assert_eq!(behind.state, TaskState::Blocked);
}

/// Not before its time, not before what it depends on is done, not twice.
pub async fn an_assignment_waits_for_its_time(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let first = world.ticket("T-1", &[]).await;
    world.ticket("T-2", &["T-1"]).await;
    assert_eq!(refused(world.assign("T-2", &po).await), ProblemKind::NotReady);
    let first: go_bus_api::Task = read(&world.assign(first.id.as_str(), &po).await.expect("an assignment"));
    assert_eq!((first.attempt.0, first.assigned_at), (1, Some(world.now())));
    assert_eq!(refused(world.assign("T-1", &po).await), ProblemKind::WrongState);
    world.fail(&first, &po, "flaky", true).await.expect("a failure");
    assert_eq!(refused(world.assign("T-1", &po).await), ProblemKind::NotReady);
    world.pass(Duration::from_secs(1));
    let again: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("its pause is over"));
    assert_eq!((again.attempt.0, again.not_before), (2, None));
    world.complete(&again, &po, None).await.expect("a completion");
    world.assign("T-2", &po).await.expect("what it depends on is done");
}

/// Under its epoch GO assigns to POs, HOs and M0; others to anyone live.
pub async fn go_assigns_to_orchestrators_alone(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    for name in ["T-1", "T-2", "T-3"] {
        world.ticket(name, &[]).await;
    }
    let worker = world.hand(&po, Role::Specialist, "T-1").await.expect("a specialist");
    let epoch = world.epoch().await;
    let assign = |task: &str, agent: &str| Action::AssignTask(id(task), Assign { agent: id(agent) });
    for agent in [worker.id.as_str(), "c0", "000"] {
        assert_eq!(refused(world.lead(epoch, assign("T-1", agent)).await), ProblemKind::TierViolation, "{agent}");
    }
    world.lead(epoch, assign("T-2", "m0")).await.expect("M0 may");
    world.lead(epoch, assign("T-3", po.id.as_str())).await.expect("a PO may");
    world.act(actor(&po), assign("T-1", worker.id.as_str())).await.expect("a PO assigns to whom it likes");
    assert_eq!(refused(world.act(Actor::Operator, assign("T-1", "nobody")).await), ProblemKind::Invalid);
    world.done(Action::Terminate { agent: worker.id.clone(), hold: false }).await;
    assert_eq!(refused(world.act(Actor::Operator, assign("T-1", worker.id.as_str())).await), ProblemKind::WrongState);
}

/// Another agent neither completes nor fails; the operator may.
pub async fn only_the_assignee_speaks(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_project("other").await;
    let [po, other] = [world.po("site").await, world.po("other").await];
    let task = world.assigned("T-1", &po).await;
    assert_eq!(refused(world.complete(&task, &other, None).await), ProblemKind::NotAssignee);
    assert_eq!(refused(world.fail(&task, &other, "mine", true).await), ProblemKind::NotAssignee);
    let epoch = world.epoch().await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    assert_eq!(refused(world.complete(&task, &builder, None).await), ProblemKind::NotAssignee);
    world
        .lead(epoch, Action::CompleteTask(id("T-1"), completion(&task, None)))
        .await
        .expect("the operator's token may");
}

/// A stale attempt is refused, the same completion again is no news, another one is refused.
pub async fn a_completion_is_taken_once(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    let mut stale = task.clone();
    stale.attempt.0 = 0;
    assert_eq!(refused(world.complete(&stale, &po, None).await), ProblemKind::StaleAttempt);
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    let done: go_bus_api::Task = read(&world.complete(&task, &po, None).await.expect("a completion"));
    assert_state(&done, TaskState::Done);
    assert_eq!((done.finished_at, &done.builders), (Some(world.now()), &vec![builder.id]));
    assert_eq!(world.complete(&task, &po, None).await.expect("a repeat").outcome, Outcome::Unchanged);
    assert_eq!(refused(world.complete(&task, &po, Some("chore")).await), ProblemKind::WrongState);
}

/// A pause by a clock that was ahead does not last as long as the jump back.
pub async fn a_clock_set_back_holds_no_retry_up(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    let task: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    world.fail(&task, &po, "flaky", true).await.expect("a failure");
    assert_eq!(refused(world.assign("T-1", &po).await), ProblemKind::NotReady);
    world.set_back(Duration::from_secs(3600));
    let task: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    assert_eq!((task.not_before, task.failed_at), (None, None));
}

/// Each retryable failure doubles the pause; the third is the last; one that no retry helps is the first and last.
pub async fn failures_back_off_until_there_were_too_many(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.ticket("T-1", &[]).await;
    for (failures, seconds) in [(1, 1), (2, 2)] {
        let task: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
        let pending: go_bus_api::Task = read(&world.fail(&task, &po, "flaky", true).await.expect("a failure"));
        assert_eq!((pending.state, pending.failures, pending.assignee), (TaskState::Pending, failures, None));
        assert_eq!(pending.not_before, Some(world.now().after(Duration::from_secs(seconds))));
        assert_eq!(world.fail(&task, &po, "flaky", true).await.expect("a repeat").outcome, Outcome::Unchanged);
        world.pass(Duration::from_secs(seconds));
    }
    let task: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    let failed: go_bus_api::Task = read(&world.fail(&task, &po, "again", true).await.expect("a failure"));
    assert_eq!((failed.state, failed.failures, failed.finished_at), (TaskState::Failed, 3, Some(world.now())));
    world.done(Action::PatchTask(id("T-1"), to(TaskState::Pending))).await;
    assert_eq!(world.task("T-1").await.failures, 0, "a retry begins anew");
    let hopeless = world.assigned("T-2", &po).await;
    let failed: go_bus_api::Task = read(&world.fail(&hopeless, &po, "never", false).await.expect("a failure"));
    assert_state(&failed, TaskState::Failed);
}

/// A push that can't be made is C0's to know, in the commit that gives it up; one that is tried again is nobody's news.
pub async fn a_push_that_fails_for_good_is_told_to_the_desk(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    world.done(Action::CreateTask(NewTask { kind: TaskKind::Push, max_attempts: 2, ..ticket("push-1", &[]) })).await;
    let before = inbox(&world, &AgentId::c0()).await.len();
    for told in [0, 1] {
        let push: go_bus_api::Task = read(&world.assign("push-1", &po).await.expect("an assignment"));
        world.fail(&push, &po, "rejected: fetch first", true).await.expect("a failure");
        let messages = inbox(&world, &AgentId::c0()).await;
        assert_eq!(messages.len() - before, told);
        if let Some(message) = messages.get(before) {
            assert_eq!(message.subject.as_str(), "L3 project site is not pushed: push-1 failed");
            assert!(message.body.as_str().contains("fetch first"), "{}", message.body);
        }
        world.pass(Duration::from_secs(1));
    }
}

/// The steps of the contract's list and no others, by those who may.
pub async fn a_patch_takes_listed_steps_alone(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let patch = |who, state| world.act(who, Action::PatchTask(id("T-1"), to(state)));
    world.ticket("T-1", &[]).await;
    for state in [TaskState::InProgress, TaskState::Done, TaskState::InReview, TaskState::Failed, TaskState::Waiting] {
        assert_eq!(refused(patch(Actor::Operator, state).await), ProblemKind::WrongState, "{state:?}");
    }
    assert_eq!(refused(patch(actor(&po), TaskState::Held).await), ProblemKind::Forbidden);
    patch(Actor::Operator, TaskState::Held).await.expect("held");
    patch(Actor::Operator, TaskState::Pending).await.expect("pending again");
    world.assign("T-1", &po).await.expect("an assignment");
    assert_eq!(refused(patch(Actor::Operator, TaskState::Pending).await), ProblemKind::WrongState);
    patch(actor(&po), TaskState::Waiting).await.expect("the assignee waits");
    patch(actor(&po), TaskState::InProgress).await.expect("and goes on");
    assert_eq!(patch(actor(&po), TaskState::InProgress).await.expect("no news").outcome, Outcome::Unchanged);
    patch(Actor::Operator, TaskState::Cancelled).await.expect("cancelled");
    assert_eq!(refused(patch(Actor::Operator, TaskState::Pending).await), ProblemKind::WrongState);
    let title = TaskPatch { title: Some(Text::clipped("better")), ..TaskPatch::default() };
    let from = world.seq().await;
    world.done(Action::PatchTask(id("T-1"), title)).await;
    assert_eq!(world.told_since(from).await, ["task.updated tasks/T-1"]);
}

/// Who builds a task that is cancelled or held is told to stop; its end changes the task no more.
pub async fn a_cancelled_task_stops_its_builder(make: MakeStore<'_>) {
    for state in [TaskState::Cancelled, TaskState::Held] {
        let world = World::with_place(make).await;
        world.launcher("forge", "boot-1").await;
        let po = world.po("site").await;
        world.assigned("T-1", &po).await;
        let builder = world.builder(&po, "T-1").await.expect("a builder");
        world.started(&builder).await;
        world.done(Action::PatchTask(id("T-1"), to(state))).await;
        assert_eq!(world.agent(&builder.id).await.state, AgentState::Draining);
        world.exit(&builder, super::world::stopped()).await.expect("its end");
        assert_state(&world.task("T-1").await, state);
    }
}

/// Progress is the assignee's and the builder's, on the present attempt.
pub async fn progress_is_its_workers_alone(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    world.create_project("other").await;
    let [po, other] = [world.po("site").await, world.po("other").await];
    let task = world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    let report = |who, attempt: u32| {
        let percent = Percent::new(50.0).ok();
        let body = ReportProgress { attempt: go_bus_api::Attempt(attempt), note: None, percent };
        world.act(who, Action::ReportProgress(id("T-1"), body))
    };
    assert_eq!(refused(report(actor(&other), 1).await), ProblemKind::NotAssignee);
    assert_eq!(refused(report(actor(&builder), 0).await), ProblemKind::StaleAttempt);
    for who in [actor(&builder), actor(&po)] {
        report(who, 1).await.expect("progress");
    }
    world.exit(&builder, exited(0)).await.expect("its end");
    world.complete(&task, &po, None).await.expect("a completion");
    assert_eq!(refused(report(actor(&po), 1).await), ProblemKind::WrongState);
}
