//! What a failure's remedy does to its task.

use std::time::Duration;

use go_bus_api::{
    Agent, Alert, AlertLevel, Attempt, Fail, NewAccount, ProblemKind, Provider, Remedy, Task, TaskPatch, TaskState,
    Text, Timestamp,
};
use go_rules::accounts::{LONGEST_REST, MOST_EXCUSED};

use super::MakeStore;
use super::accounts::{account, builder, with_account};
use super::world::{World, actor, id, outcome, read, refused};
use crate::{Action, Outcome, Receipt, Reject};

async fn fail(world: &World, po: &Agent, attempt: Attempt, remedy: Remedy) -> Result<Receipt, Reject> {
    let body = Fail { attempt, error: Text::clipped("why"), retryable: true, remedy: Some(remedy) };
    world.act(actor(po), Action::FailTask { task: id("T-1"), body, jitter: 0 }).await
}

async fn failed(world: &World, po: &Agent, remedy: Remedy) -> Task {
    let attempt = world.task("T-1").await.attempt;
    read(&fail(world, po, attempt, remedy).await.expect("a failure"))
}

/// A builder of the task on an account, which then ends.
async fn built(world: &World, po: &Agent, account: &str) {
    let agent = builder(world, po, "T-1", account).await;
    world.exit(&agent, super::world::exited(1)).await.expect("an exit");
}

fn in_hours(world: &World, hours: u64) -> Timestamp {
    world.now().after(Duration::from_secs(3600 * hours))
}

/// Retried as any failure: counted, with backoff, until there were too many.
pub async fn a_retry_counts(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let task = failed(&world, &po, Remedy::Retry).await;
    assert_eq!((task.state, task.failures, task.excused), (TaskState::Pending, 1, 0));
    assert!(task.not_before.is_some_and(|at| world.now() < at));
}

/// Nothing is counted, its account is parked in that commit, and it waits for the first account that takes agents again.
pub async fn a_used_up_account_is_parked_and_nothing_counted(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let until = in_hours(&world, 5);
    built(&world, &po, "work").await;
    let task = failed(&world, &po, Remedy::ParkUntil { until }).await;
    assert_eq!((task.state, task.failures, task.excused), (TaskState::Pending, 0, 1));
    assert_eq!((task.not_before, task.assignee), (Some(until), None));
    assert_eq!(account(&world, "work").await.parked_until, Some(until));
    assert_eq!(refused(world.assign("T-1", &po).await), ProblemKind::NotReady);
    world.pass(Duration::from_secs(5 * 3600));
    world.assign("T-1", &po).await.expect("its account is free");
}

/// A limit that is over by the Bus's clock as soon as it is told gives a minute's rest, so that clocks which differ have nobody try again and again; what
/// is told late of a limit that was, gives none; and no mistake closes an account for longer than any window is.
pub async fn clocks_that_differ_have_nobody_try_again_at_once(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    built(&world, &po, "work").await;
    let past = Timestamp::from_unix_millis(world.now().unix_millis() - 1);
    let soon = world.now().after(Duration::from_secs(60));
    let task = failed(&world, &po, Remedy::ParkUntil { until: past }).await;
    assert_eq!((task.not_before, account(&world, "work").await.parked_until), (Some(soon), Some(soon)));
    assert_eq!(refused(world.assign("T-1", &po).await), ProblemKind::NotReady);

    world.pass(Duration::from_secs(60));
    world.assign("T-1", &po).await.expect("the minute is over");
    built(&world, &po, "work").await;
    let until = world.now().after(Duration::from_secs(120));
    world.pass(Duration::from_secs(300));
    assert_eq!(failed(&world, &po, Remedy::ParkUntil { until }).await.not_before, None, "its assignee came late");

    world.assign("T-1", &po).await.expect("the account is free");
    built(&world, &po, "work").await;
    let longest = world.now().after(LONGEST_REST);
    let task = failed(&world, &po, Remedy::ParkUntil { until: in_hours(&world, 24 * 366) }).await;
    assert_eq!((task.not_before, account(&world, "work").await.parked_until), (Some(longest), Some(longest)));
}

/// With another account it goes on at once; where that one rests too, once the first of them is free.
pub async fn its_work_goes_to_another_account(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    for (name, provider) in [("home", Provider::Anthropic), ("other", Provider::OpenAi)] {
        world.done(Action::CreateAccount(NewAccount { id: id(name), provider, weekly_limit: None })).await;
    }
    let (sooner, later) = (in_hours(&world, 2), in_hours(&world, 5));
    built(&world, &po, "work").await;
    let task = failed(&world, &po, Remedy::ParkUntil { until: later }).await;
    assert_eq!((task.state, task.not_before), (TaskState::Pending, None));
    world.assign("T-1", &po).await.expect("the other account is free");
    built(&world, &po, "home").await;
    let task = failed(&world, &po, Remedy::ParkUntil { until: sooner }).await;
    assert_eq!((task.not_before, task.excused), (Some(sooner), 2));
}

/// With the program's own login it waits as long as it was told to.
pub async fn without_an_account_the_task_waits_itself(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let until = in_hours(&world, 1);
    assert_eq!(failed(&world, &po, Remedy::ParkUntil { until }).await.not_before, Some(until));
    assert_eq!(account(&world, "work").await.parked_until, None);
}

/// A full context is nobody's failure, but not for ever: the twenty-first end of the kind counts.
pub async fn nothing_circles_for_ever(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    for excused in 1..=MOST_EXCUSED {
        let task = failed(&world, &po, Remedy::Rotate).await;
        assert_eq!((task.failures, task.excused, task.not_before), (0, excused, None));
        world.assign("T-1", &po).await.expect("it goes on at once");
    }
    for failures in 1..=3 {
        let task = failed(&world, &po, Remedy::Rotate).await;
        assert_eq!((task.failures, task.excused), (failures, MOST_EXCUSED));
        if failures < 3 {
            world.pass(Duration::from_secs(3600));
            world.assign("T-1", &po).await.expect("its pause is over");
        }
    }
    assert_eq!(world.task("T-1").await.state, TaskState::Failed);
    let patch = TaskPatch { state: Some(TaskState::Pending), ..TaskPatch::default() };
    let task: Task = read(&world.done(Action::PatchTask(id("T-1"), patch)).await);
    assert_eq!((task.failures, task.excused), (0, 0));
}

/// What only a person can mend is set aside, with one alert of the highest level, in that commit.
pub async fn what_only_a_person_can_mend_is_held_and_told(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    for round in 0..2 {
        let from = world.seq().await;
        let task = failed(&world, &po, Remedy::Escalate).await;
        assert_eq!((task.state, task.failures, task.excused, task.assignee), (TaskState::Held, 0, 0, None));
        let told = world.told_since(from).await;
        assert_eq!(told.first().map(String::as_str), Some("task.held tasks/T-1"));
        let alerts = told.iter().filter(|line| line.starts_with("alert.raised")).count();
        assert_eq!(alerts, usize::from(round == 0), "one alert while nobody took note");
        let patch = TaskPatch { state: Some(TaskState::Pending), ..TaskPatch::default() };
        world.done(Action::PatchTask(id("T-1"), patch)).await;
        world.assign("T-1", &po).await.expect("somebody mended it");
    }
    let events = world.events().await;
    let raised = events.iter().find(|event| event.kind.as_str() == "alert.raised").expect("an alert");
    let alert: Alert = serde_json::from_value(raised.data.clone()).expect("an alert");
    assert_eq!((alert.level, alert.dedupe_key), (AlertLevel::L5, Some(Text::clipped("escalated:T-1"))));
}

/// What no attempt can mend has failed, whatever `retryable` says.
pub async fn what_nothing_can_mend_has_failed(make: MakeStore<'_>) {
    let (world, po) = with_account(make).await;
    let task = failed(&world, &po, Remedy::Fatal).await;
    assert_eq!((task.state, task.failures, task.finished_at), (TaskState::Failed, 1, Some(world.now())));
}

/// The answer to a failure may be lost: said again, it changes nothing, whatever its remedy was.
pub async fn a_failure_is_taken_once_whatever_its_remedy(make: MakeStore<'_>) {
    for remedy in [
        Remedy::Retry,
        Remedy::Rotate,
        Remedy::Escalate,
        Remedy::Fatal,
        Remedy::ParkUntil { until: super::world::later() },
    ] {
        let (world, po) = with_account(make).await;
        let first: Task = read(&fail(&world, &po, Attempt(1), remedy.clone()).await.expect("a failure"));
        let again = fail(&world, &po, Attempt(1), remedy.clone()).await;
        assert_eq!(outcome(again), Outcome::Unchanged, "{remedy:?}");
        assert_eq!(world.task("T-1").await, first);
    }
}
