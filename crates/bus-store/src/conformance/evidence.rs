//! What a keeper saw stands above what an assignee says: nothing is done that failed, that somebody is still at, or that has yet to land.

use std::time::Duration;

use go_bus_api::{
    Agent, Category, Complete, DriverKind, ExitReport, Failure, FailureCause, Millis, NewAgent, NewTask, ProblemKind,
    Remedy, Role, Task, TaskKind, TaskState, Text, VerifyResult, Work,
};

use super::MakeStore;
use super::landing::{LANDED, WORK, assigned_landing, deliver, landed, scene, with_landing};
use super::world::{World, actor, assert_state, completion, exited, host, id, new_agent, read, refused, ticket};
use crate::Action;

/// A PO of this project, or the HO, that is run by a model.
async fn thinking(world: &World, project: Option<&str>) -> Agent {
    let (role, project) = (if project.is_some() { Role::Po } else { Role::Ho }, project.map(id));
    let body = NewAgent { project, host: Some(host()), driver: Some(DriverKind::Claude), ..new_agent(role) };
    let epoch = world.epoch().await;
    read(&world.lead(epoch, Action::Spawn(body)).await.expect("an orchestrator"))
}

/// A task of this kind and category that is `to`'s.
async fn given(world: &World, name: &str, kind: TaskKind, category: Option<Category>, to: &Agent) -> Task {
    world.done(Action::CreateTask(NewTask { kind, category, ..ticket(name, &[]) })).await;
    read(&world.assign(name, to).await.expect("an assignment"))
}

/// A builder of `T-1` that has ended like this.
async fn ended(world: &World, po: &Agent, report: ExitReport) -> Agent {
    let builder = world.builder(po, "T-1").await.expect("a builder");
    world.exit(&builder, report).await.expect("its end");
    builder
}

/// A failed verification, a failed run and a run that its driver reads as a failure are no successes, whatever the assignee says of them; and the
/// attempt stays to be failed.
pub async fn what_failed_is_not_done_whatever_its_assignee_says(make: MakeStore<'_>) {
    let verify = vec![VerifyResult {
        command: Text::clipped("make test"),
        code: 2,
        duration_ms: Millis(1),
        tail: Text::default(),
    }];
    let failure = Some(Failure::new(Remedy::Retry, FailureCause::NoChange, "nothing has changed"));
    for report in [ExitReport { verify, ..exited(0) }, exited(7), ExitReport { failure, ..exited(0) }] {
        let world = World::with_place(make).await;
        let po = world.po("site").await;
        let task = world.assigned("T-1", &po).await;
        ended(&world, &po, report).await;
        for kind in [None, Some("feature")] {
            assert_eq!(refused(world.complete(&task, &po, kind).await), ProblemKind::WrongState);
        }
        assert_state(&world.task("T-1").await, TaskState::InProgress);
        world.fail(&task, &po, "it does not work", true).await.expect("its failure");
    }
}

/// While a hand is at it nobody knows how it went; afterwards the same words are right.
pub async fn nothing_is_done_that_somebody_is_still_at(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    assert_eq!(refused(world.complete(&task, &po, None).await), ProblemKind::WrongState);
    world.exit(&builder, exited(0)).await.expect("its end");
    world.complete(&task, &po, None).await.expect("a completion");
    world.complete(&task, &po, None).await.expect("the same again");
}

/// The operator may call done what they like, and work without a hand is its assignee's own.
pub async fn the_operator_s_word_and_one_s_own_work_need_no_evidence(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    ended(&world, &po, exited(1)).await;
    world.done(Action::CompleteTask(task.id.clone(), completion(&task, None))).await;
    let own = world.assigned("T-2", &po).await;
    world.complete(&own, &po, None).await.expect("a completion");
}

/// What a hand left in a project that delivers is done with its landing: that commit, and no other.
pub async fn what_was_changed_is_not_done_without_its_landing(make: MakeStore<'_>) {
    let (world, po, _) = scene(make).await;
    let task: Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    let work = Work {
        base: Text::clipped("0a1b2c3d"),
        commit: Text::clipped(WORK),
        changed: true,
        ..serde_json::from_value(serde_json::json!({"base": "", "commit": "", "changed": true})).expect("a work")
    };
    ended(&world, &po, ExitReport { work: Some(work), ..exited(0) }).await;
    world.pass(Duration::from_secs(1));
    let complete = |body: Complete| world.act(actor(&po), Action::CompleteTask(task.id.clone(), body));
    let landing = with_landing(&task, None);
    let other =
        landing.landing.clone().map(|landing| go_bus_api::Landing { commit: Text::clipped("ffffffffff"), ..landing });
    assert_eq!(refused(complete(completion(&task, None)).await), ProblemKind::Invalid);
    assert_eq!(refused(complete(Complete { landing: other, ..landing.clone() }).await), ProblemKind::Invalid);
    complete(landing).await.expect("a delivery");
    assert_state(&world.task("T-1").await, TaskState::InReview);
}

/// One that thinks has no tools to build, test or land with: what no hand had is not done by its word.
pub async fn who_thinks_does_nothing_without_a_hand(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let (po, ho) = (thinking(&world, Some("site")).await, thinking(&world, None).await);
    for (name, kind) in [("T-1", TaskKind::Ticket), ("T-2", TaskKind::Improvement), ("T-3", TaskKind::IntegrationTest)]
    {
        let task = given(&world, name, kind, None, &po).await;
        assert_eq!(refused(world.complete(&task, &po, None).await), ProblemKind::WrongState, "{kind:?}");
        assert_state(&world.task(name).await, TaskState::InProgress);
    }
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    world.complete(&world.task("T-1").await, &po, None).await.expect("a hand has done it");
    let test = given(&world, "integration-5", TaskKind::IntegrationTest, None, &ho).await;
    let body = Complete { summary: Text::clipped("skipped: make is not there"), ..completion(&test, None) };
    world.act(actor(&ho), Action::CompleteTask(test.id.clone(), body)).await.expect("there was nothing to run");
    let push = given(&world, "push-1", TaskKind::Push, None, &ho).await;
    world.complete(&push, &ho, None).await.expect("there was nothing to push");
    let own = given(&world, "D-1", TaskKind::Delegation, None, &ho).await;
    world.complete(&own, &ho, None).await.expect("a delegation without a command is its own");
}

/// A significant ticket goes to a fresh reviewer, though whoever thinks says nothing of it or calls it less; what a fixed program says is its policy's.
pub async fn who_thinks_leaves_out_no_review(make: MakeStore<'_>) {
    for (thinks, category, kind, expected) in [
        (true, Category::Feature, None, TaskState::InReview),
        (true, Category::ConfigChange, Some("chore"), TaskState::InReview),
        (true, Category::Chore, None, TaskState::Done),
        (false, Category::Feature, None, TaskState::Done),
    ] {
        let world = World::with_place(make).await;
        let po = if thinks { thinking(&world, Some("site")).await } else { world.po("site").await };
        let task = given(&world, "T-1", TaskKind::Ticket, Some(category.clone()), &po).await;
        ended(&world, &po, exited(0)).await;
        world.complete(&task, &po, kind).await.expect("a completion");
        let task = world.task("T-1").await;
        assert_eq!(task.state, expected, "{thinks} {category:?} {kind:?}");
        world.complete(&task, &po, kind).await.expect("the same again");
    }
}

/// What has landed is the commit that its worker told, and a landing takes a worker where its assignee thinks.
pub async fn what_has_landed_is_its_worker_s_to_say(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    deliver(&world, &po, None).await;
    let push = assigned_landing(&world, &ho, 1).await;
    let worker = world.builder(&ho, push.id.as_str()).await.expect("a worker");
    let tail = Text::clipped(&format!("landed {LANDED} on main\n"));
    world.exit(&worker, ExitReport { tail, ..exited(0) }).await.expect("its end");
    let complete = |commit: &str| {
        let body = Complete { landed: Some(Text::clipped(commit)), ..completion(&push, None) };
        world.act(actor(&ho), Action::CompleteTask(push.id.clone(), body))
    };
    assert_eq!(refused(complete(WORK).await), ProblemKind::Invalid);
    complete(LANDED).await.expect("it has landed");
    assert_state(&world.task("T-1").await, TaskState::Done);

    let (world, po, _) = scene(make).await;
    deliver(&world, &po, None).await;
    world.create_project("other").await;
    let other = thinking(&world, Some("other")).await;
    let push = assigned_landing(&world, &other, 1).await;
    assert_eq!(refused(world.act(actor(&other), landed(&push)).await), ProblemKind::WrongState);
}
