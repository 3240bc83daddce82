//! Deliveries and verdicts.

use std::time::Duration;

use go_bus_api::{
    Agent, NewTask, Priority, ProblemKind, ResourceKind, Review, Role, Task, TaskId, TaskKind, TaskState, Text, Verdict,
};

use super::MakeStore;
use super::world::{World, actor, assert_state, completion, exited, id, read, refused, shim, ticket};
use crate::{Action, Actor, Outcome, Query, QueryAnswer};

/// A scene with `T-1` delivered by the PO's builder, and its review task.
async fn delivered(make: MakeStore<'_>) -> (World, Agent, Task) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let body = NewTask {
        priority: Priority::P0,
        review: Some(Text::clipped("make check")),
        verify: vec![Text::clipped("make test")],
        ..ticket("T-1", &[])
    };
    world.done(Action::CreateTask(body)).await;
    let task: Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    world.pass(Duration::from_secs(1));
    let task: Task = read(&world.complete(&task, &po, Some("feature")).await.expect("a delivery"));
    (world, po, task)
}

pub(super) async fn review_task(world: &World) -> Task {
    let query = go_bus_api::ListQuery { kind: Some("review".to_owned()), ..Default::default() };
    match world.store.read(Query::List(ResourceKind::Task, query)).await {
        Ok(QueryAnswer::List(mut listing)) => {
            let document = listing.items.pop().expect("a review task");
            serde_json::from_str(&document.json).expect("a task")
        }
        other => panic!("no list: {other:?}"),
    }
}

/// The PO's fresh reviewer, spawned with the review task.
async fn reviewer(world: &World, po: &Agent) -> Agent {
    let review = review_task(world).await;
    world.assign(review.id.as_str(), po).await.expect("an assignment");
    world.hand(po, Role::Reviewer, review.id.as_str()).await.expect("a reviewer")
}

fn verdict(verdict: Verdict, notes: &str) -> Action {
    Action::ReviewTask(id("T-1"), Review { verdict, notes: Text::clipped(notes) })
}

/// A significant delivery makes its review task in the same commit; the verdict of the reviewer's shim closes both.
pub async fn a_significant_delivery_is_reviewed(make: MakeStore<'_>) {
    let (world, po, task) = delivered(make).await;
    assert_eq!((task.state, task.delivered_at), (TaskState::InReview, Some(world.now())));
    let review = review_task(&world).await;
    assert_eq!((review.kind, &review.review_of), (TaskKind::Review, &Some(id::<TaskId>("T-1"))));
    assert_eq!(
        (review.priority, review.run, review.verify),
        (Priority::P0, Some(Text::clipped("make check")), task.verify.clone())
    );
    let told = world.told_since(go_bus_api::Seq(world.seq().await.0 - 3)).await;
    let review_created = format!("task.created tasks/{}", review.id);
    assert_eq!(told, ["task.delivered tasks/T-1", &review_created, "task.review_requested tasks/T-1"]);

    let reviewer = reviewer(&world, &po).await;
    let approve = verdict(Verdict::Approve, "well done");
    world.act(shim(&reviewer), approve.clone()).await.expect("a verdict");
    let (task, review) = (world.task("T-1").await, review_task(&world).await);
    assert_state(&task, TaskState::Done);
    assert_state(&review, TaskState::Done);
    assert_eq!((task.finished_at, review.finished_at), (Some(world.now()), Some(world.now())));
    assert_eq!(world.act(shim(&reviewer), approve).await.expect("a repeat").outcome, Outcome::Unchanged);
    world.exit(&reviewer, exited(0)).await.expect("its end");
    assert_state(&review_task(&world).await, TaskState::Done);
}

/// Notes stay for the next attempt, which is assigned like any other and reviewed anew.
pub async fn changes_lead_to_another_attempt(make: MakeStore<'_>) {
    let (world, po, _) = delivered(make).await;
    let reviewer = reviewer(&world, &po).await;
    world.act(actor(&reviewer), verdict(Verdict::RequestChanges, "too slow")).await.expect("a verdict");
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.review_notes), (TaskState::ChangesRequested, Some(Text::clipped("too slow"))));
    assert_state(&review_task(&world).await, TaskState::Done);
    let task: Task = read(&world.assign("T-1", &po).await.expect("the next attempt"));
    assert_eq!((task.attempt.0, task.review_notes.is_some()), (2, true));
    let late = world.act(actor(&reviewer), verdict(Verdict::Approve, "")).await;
    assert_eq!(refused(late), ProblemKind::WrongState);
    world.pass(Duration::from_secs(1));
    world.complete(&task, &po, Some("feature")).await.expect("a second delivery");
    let stale = world.act(actor(&reviewer), verdict(Verdict::Approve, "")).await;
    assert_eq!(refused(stale), ProblemKind::ReviewerNotFresh, "it was spawned before the second delivery");
    assert_state(&review_task(&world).await, TaskState::Pending);
}

/// The PO's next builder delivers `T-1` again, and a fresh reviewer wants changes.
async fn sent_back_again(world: &World, po: &Agent, notes: &str) {
    let task: Task = read(&world.assign("T-1", po).await.expect("the next attempt"));
    world.pass(Duration::from_secs(1));
    world.complete(&task, po, Some("feature")).await.expect("a delivery");
    let reviewer = reviewer(world, po).await;
    world.act(shim(&reviewer), verdict(Verdict::RequestChanges, notes)).await.expect("a verdict");
    world.exit(&reviewer, exited(1)).await.expect("its end");
}

/// The last verdict that `review.rounds` allows blocks the task and tells a human, in one commit; who retries it gets as many rounds anew.
pub async fn changes_wanted_too_often_block_the_task(make: MakeStore<'_>) {
    let (world, po, _) = delivered(make).await;
    let first = reviewer(&world, &po).await;
    world.act(shim(&first), verdict(Verdict::RequestChanges, "too slow")).await.expect("a verdict");
    world.exit(&first, exited(1)).await.expect("its end");
    sent_back_again(&world, &po, "still slow").await;
    assert_eq!(
        (world.task("T-1").await.state, world.task("T-1").await.review_rounds),
        (TaskState::ChangesRequested, 2)
    );
    let task: Task = read(&world.assign("T-1", &po).await.expect("the third attempt"));
    world.pass(Duration::from_secs(1));
    world.complete(&task, &po, Some("feature")).await.expect("a delivery");
    let third = reviewer(&world, &po).await;
    let before = world.seq().await;
    world.act(shim(&third), verdict(Verdict::RequestChanges, "no use")).await.expect("a verdict");
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.review_rounds, task.assignee), (TaskState::Blocked, 3, None));
    assert!(task.error.is_some_and(|error| error.as_str().contains("no use")));
    assert_state(&review_task(&world).await, TaskState::Done);
    let told = world.told_since(before).await.join("\n");
    assert!(told.contains("task.blocked tasks/T-1") && told.contains("alert.raised alerts/"), "{told}");
    let again = world.act(shim(&third), verdict(Verdict::RequestChanges, "no use")).await;
    assert_eq!(again.expect("a repeat").outcome, Outcome::Unchanged);
    world.exit(&third, exited(1)).await.expect("its end");
    let retry = go_bus_api::TaskPatch { state: Some(TaskState::Pending), ..Default::default() };
    world.act(Actor::Operator, Action::PatchTask(id("T-1"), retry)).await.expect("a retry");
    assert_eq!(world.task("T-1").await.review_rounds, 0);
    sent_back_again(&world, &po, "better").await;
    assert_state(&world.task("T-1").await, TaskState::ChangesRequested);
}

/// What its reviewers have blocked is not set free by what becomes of others.
pub async fn only_a_retry_frees_what_its_reviewers_blocked(make: MakeStore<'_>) {
    let once = |policy| make(crate::Policy { review_rounds: 1, ..policy });
    let (world, po, _) = delivered(&once).await;
    let reviewer = reviewer(&world, &po).await;
    world.act(shim(&reviewer), verdict(Verdict::RequestChanges, "no")).await.expect("a verdict");
    assert_state(&world.task("T-1").await, TaskState::Blocked);
    world.ticket("T-0", &[]).await;
    let behind = go_bus_api::TaskPatch { depends_on: Some(vec![id("T-0")]), ..Default::default() };
    world.act(Actor::Operator, Action::PatchTask(id("T-1"), behind)).await.expect("a dependency");
    assert_state(&world.task("T-1").await, TaskState::Blocked);
}

/// A wall clock that is set back after the delivery makes nobody old who is spawned after it.
pub async fn a_clock_set_back_makes_no_reviewer_old(make: MakeStore<'_>) {
    let (world, po, task) = delivered(make).await;
    world.set_back(Duration::from_secs(3600));
    let reviewer = reviewer(&world, &po).await;
    assert_eq!(Some(reviewer.spawned_at), task.delivered_at);
    world.act(shim(&reviewer), verdict(Verdict::Approve, "")).await.expect("a verdict");
    assert_state(&world.task("T-1").await, TaskState::Done);
}

/// Not the builder, not who answers for it, not who was there before, not who is no reviewer.
pub async fn only_the_fresh_review(make: MakeStore<'_>) {
    let world = World::with_place(make).await;
    let po = world.po("site").await;
    let task = world.assigned("T-1", &po).await;
    world.ticket("T-2", &[]).await;
    let early = world.hand(&po, Role::Reviewer, "T-2").await.expect("a reviewer");
    let builder = world.builder(&po, "T-1").await.expect("a builder");
    world.pass(Duration::from_secs(1));
    // The operator's word, as the builder is still there.
    world.done(Action::CompleteTask(task.id.clone(), completion(&task, Some("config_change")))).await;
    for who in [&early, &builder, &po] {
        for who in [actor(who), shim(who)] {
            let answer = world.act(who.clone(), verdict(Verdict::Approve, "")).await;
            assert_eq!(refused(answer), ProblemKind::ReviewerNotFresh, "{who:?}");
        }
    }
    let direct = review_task(&world).await;
    let direct: Task = read(&world.assign(direct.id.as_str(), &po).await.expect("an assignment"));
    assert_eq!(refused(world.complete(&direct, &po, None).await), ProblemKind::WrongState, "a verdict closes it");
    world.act(Actor::Operator, verdict(Verdict::Approve, "")).await.expect("the operator may judge");
}
