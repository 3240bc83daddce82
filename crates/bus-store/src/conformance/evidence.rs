//! What a keeper saw stands above what an assignee says: nothing is done that failed, that somebody is still at, or that has yet to land.

use std::time::Duration;

use go_bus_api::{
    Agent, Complete, ExitReport, Failure, FailureCause, Millis, ProblemKind, Remedy, TaskState, Text, VerifyResult,
    Work,
};

use super::MakeStore;
use super::landing::{WORK, scene, with_landing};
use super::world::{World, actor, assert_state, completion, exited, read, refused};
use crate::Action;

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
    let task: go_bus_api::Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
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
