//! Landing: a ticket is done with the push that lands it, and never before.

use std::time::Duration;

use go_bus_api::{
    Agent, Complete, Deliver, Fail, Landing, NewTask, Priority, ProblemKind, ProjectPatch, ResourceKind, Review, Role,
    Task, TaskId, TaskKind, TaskPatch, TaskState, Text, Verdict, Workplace,
};

use super::MakeStore;
use super::world::{World, actor, assert_state, completion, exited, id, read, refused, shim, ticket};
use crate::{Action, Actor, Outcome, Policy, Query, QueryAnswer};

const BASE: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
pub(super) const WORK: &str = "1a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
pub(super) const LANDED: &str = "2a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

/// A scene with a repo that work is merged into, its PO and its host's HO.
pub(super) async fn scene(make: MakeStore<'_>) -> (World, Agent, Agent) {
    let world = World::with_place(make).await;
    world.launcher("forge", "boot-1").await;
    to_workplace(&world, Deliver::Merge).await;
    let po = world.po("site").await;
    let epoch = world.epoch().await;
    let body = go_bus_api::NewAgent { host: Some(id("forge")), ..super::world::new_agent(Role::Ho) };
    let ho = read(&world.lead(epoch, Action::Spawn(body)).await.expect("an HO"));
    let body =
        NewTask { priority: Priority::P0, verify: vec![Text::clipped("test \"$(cat it's)\"")], ..ticket("T-1", &[]) };
    world.done(Action::CreateTask(body)).await;
    world.ticket("T-2", &["T-1"]).await;
    (world, po, ho)
}

async fn to_workplace(world: &World, deliver: Deliver) {
    let workplace = Workplace { deliver, onto: Some(Text::clipped("main")), ..Workplace::default() };
    let repo = Some(Text::clipped("/srv/site"));
    let patch = ProjectPatch { repo, workplace: Some(workplace), ..ProjectPatch::default() };
    world.done(Action::PatchProject(id("site"), patch)).await;
}

fn landing(commit: &str) -> Landing {
    Landing {
        host: id("forge"),
        commit: Text::clipped(commit),
        base: Text::clipped(BASE),
        summary: Some(Text::clipped("three pages")),
        pushed: false,
    }
}

pub(super) fn with_landing(task: &Task, kind: Option<&str>) -> Complete {
    Complete { landing: Some(landing(WORK)), ..completion(task, kind) }
}

/// The next attempt of `T-1` is delivered, and has to land.
pub(super) async fn deliver(world: &World, po: &Agent, kind: Option<&str>) -> Task {
    let task: Task = read(&world.assign("T-1", po).await.expect("an assignment"));
    let builder = world.builder(po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    world.pass(Duration::from_secs(1));
    let done = world.act(actor(po), Action::CompleteTask(task.id.clone(), with_landing(&task, kind))).await;
    read(&done.expect("a delivery"))
}

/// The push that lands `T-1` in this attempt, assigned to the HO.
pub(super) async fn assigned_landing(world: &World, ho: &Agent, attempt: u64) -> Task {
    read(&world.assign(&format!("land-T-1-{attempt}"), ho).await.expect("an assignment"))
}

pub(super) fn landed(push: &Task) -> Action {
    let body = Complete { landed: Some(Text::clipped(LANDED)), ..completion(push, None) };
    Action::CompleteTask(push.id.clone(), body)
}

/// The delivery of `T-1`, whose commit is on the upstream too or not, and its landing.
async fn delivered_to(world: &World, po: &Agent, pushed: bool) -> Task {
    let task: Task = read(&world.assign("T-1", po).await.expect("an assignment"));
    let builder = world.builder(po, "T-1").await.expect("a builder");
    world.exit(&builder, exited(0)).await.expect("its end");
    let landing = Some(Landing { pushed, ..landing(WORK) });
    let body = Complete { landing, ..completion(&task, Some("chore")) };
    world.act(actor(po), Action::CompleteTask(task.id, body)).await.expect("a delivery");
    world.task("land-T-1-1").await
}

/// A landing goes to another host where the upstream has what it lands, and nobody has it in hand; the operator may know better. What was
/// told of its waiting is over with the move, and with its beginning.
pub async fn a_landing_moves_where_others_can_have_its_commit(make: MakeStore<'_>) {
    let to = |host: &str| TaskPatch { host: Some(id(host)), ..TaskPatch::default() };
    let waits = |push: &Task| go_bus_api::NewAlert {
        level: go_bus_api::AlertLevel::L4,
        title: Text::clipped("T-1 can't land"),
        detail: Text::default(),
        project: None,
        dedupe_key: Some(go_rules::alerts::waits_for_host(&push.id)),
    };
    for pushed in [true, false] {
        let (world, po, _) = scene(make).await;
        world.create_host("anvil", 4).await;
        let push = delivered_to(&world, &po, pushed).await;
        let open = async || {
            let query = go_bus_api::ListQuery { state: Some("open".to_owned()), ..Default::default() };
            match world.store.read(Query::List(ResourceKind::Alert, query)).await {
                Ok(QueryAnswer::List(alerts)) => alerts.items.len(),
                other => panic!("{other:?}"),
            }
        };
        let epoch = world.epoch().await;
        world.lead(epoch, Action::RaiseAlert(waits(&push))).await.expect("an alert");
        let moved = world.lead(epoch, Action::PatchTask(push.id.clone(), to("anvil"))).await;
        if pushed {
            moved.expect("the upstream has it");
            assert_eq!((world.task("land-T-1-1").await.host, open().await), (Some(id("anvil")), 0));
        } else {
            assert_eq!(refused(moved), ProblemKind::WrongState);
            assert_eq!(open().await, 1, "it waits still");
            world.done(Action::PatchTask(push.id.clone(), to("anvil"))).await;
        }
        world.lead(epoch, Action::RaiseAlert(waits(&push))).await.expect("an alert");
        world.assign("land-T-1-1", &po).await.expect("an assignment");
        assert_eq!(open().await, 0, "it has begun");
        let late = world.lead(epoch, Action::PatchTask(push.id.clone(), to("forge"))).await;
        assert_eq!(refused(late), ProblemKind::WrongState, "somebody has it in hand");
        world.lead(epoch, Action::RaiseAlert(waits(&push))).await.expect("an alert");
        let hold = TaskPatch { state: Some(TaskState::Held), ..TaskPatch::default() };
        world.done(Action::PatchTask(id("T-1"), hold)).await;
        assert_eq!(open().await, 0, "it is called off");
    }
}

async fn fails(world: &World, push: &Task, ho: &Agent, error: &str) {
    world.fail(push, ho, error, false).await.expect("its failure");
}

async fn reviewed(world: &World, po: &Agent, verdict: Verdict) -> (Agent, Action) {
    let query = go_bus_api::ListQuery { kind: Some("review".to_owned()), ..Default::default() };
    let Ok(QueryAnswer::List(mut reviews)) = world.store.read(Query::List(ResourceKind::Task, query)).await else {
        panic!("no list of reviews")
    };
    let review = reviews.items.pop().expect("a review task");
    world.assign(&review.id, po).await.expect("an assignment");
    let reviewer = world.hand(po, Role::Reviewer, &review.id).await.expect("a reviewer");
    let judge = Action::ReviewTask(id("T-1"), Review { verdict, notes: Text::clipped("seen") });
    world.act(shim(&reviewer), judge.clone()).await.expect("a verdict");
    (reviewer, judge)
}

/// Without a review the push is made with the delivery, and the ticket is done with the push: each in one commit. What depends on it opens
/// only then.
pub async fn a_ticket_is_done_with_its_landing(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    let before = world.seq().await;
    let task = deliver(&world, &po, Some("chore")).await;
    assert_eq!((task.state, task.finished_at), (TaskState::InReview, None));
    assert_eq!(task.landing_task, Some(id("land-T-1-1")));
    let told = world.told_since(before).await;
    assert_eq!(told[told.len() - 2..], ["task.delivered tasks/T-1", "task.created tasks/land-T-1-1"]);
    let early = world.assign("T-2", &po).await;
    assert_eq!(refused(early), ProblemKind::NotReady, "its code has not landed");

    let push = assigned_landing(&world, &ho, 1).await;
    assert_eq!((push.kind, &push.lands), (TaskKind::Push, &Some(id::<TaskId>("T-1"))));
    assert_eq!((push.priority, push.host.as_ref()), (Priority::P0, Some(&id("forge"))));
    let run = push.run.clone().expect("a command");
    let builder = &task.builders[0];
    for words in [
        "repo land --repo . ",
        &format!("--task='T-1' --attempt='1' --commit='{WORK}' --title='T-1' --agent='{builder}'"),
        r#"--deliver='merge' --onto='main' --verify='test "$(cat it'\''s)"'"#,
    ] {
        assert!(run.as_str().contains(words), "{words} is not in {run}");
    }
    let before = world.seq().await;
    world.act(actor(&ho), landed(&push)).await.expect("it has landed");
    let told = world.told_since(before).await;
    assert_eq!(told, ["task.completed tasks/land-T-1-1", "task.completed tasks/T-1"]);
    let task = world.task("T-1").await;
    assert_state(&task, TaskState::Done);
    let commit = task.landed.map(|landed| (landed.commit, landed.at));
    assert_eq!((commit, task.finished_at), (Some((Text::clipped(LANDED), world.now())), Some(world.now())));
    assert_eq!(world.act(actor(&ho), landed(&push)).await.expect("a repeat").outcome, Outcome::Unchanged);
    world.assign("T-2", &po).await.expect("it opens");
}

/// A significant delivery lands with its approval; the ticket stays in review until it has, and takes no second verdict.
pub async fn an_approval_makes_the_landing(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    let task = deliver(&world, &po, Some("feature")).await;
    assert_eq!((task.state, task.landing_task), (TaskState::InReview, None), "nobody has seen it");
    let (reviewer, approve) = reviewed(&world, &po, Verdict::Approve).await;
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.landing_task.clone()), (TaskState::InReview, Some(id("land-T-1-1"))));
    assert_eq!(world.act(shim(&reviewer), approve.clone()).await.expect("a repeat").outcome, Outcome::Unchanged);
    let other = Action::ReviewTask(id("T-1"), Review { verdict: Verdict::RequestChanges, notes: Text::default() });
    assert_eq!(refused(world.act(Actor::Operator, other).await), ProblemKind::WrongState);
    let push = assigned_landing(&world, &ho, 1).await;
    fails(&world, &push, &ho, "a.rs: both changed it").await;
    assert_eq!(world.act(shim(&reviewer), approve).await.expect("a repeat").outcome, Outcome::Unchanged);
    assert_state(&world.task("T-1").await, TaskState::ChangesRequested);
}

/// A reviewer that wants changes makes no landing.
pub async fn what_is_not_approved_does_not_land(make: MakeStore<'_>) {
    let (world, po, _) = scene(make).await;
    deliver(&world, &po, Some("feature")).await;
    reviewed(&world, &po, Verdict::RequestChanges).await;
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.landing_task), (TaskState::ChangesRequested, None));
    let task: Task = read(&world.assign("T-1", &po).await.expect("the next attempt"));
    assert_eq!(task.landing, None, "it was another attempt's");
}

/// A landing that fails for good sends its ticket back with what went wrong; after as many as there may be reviews it is blocked, and a human
/// is told. Who retries it gets as many anew.
pub async fn a_landing_that_fails_sends_its_ticket_back(make: MakeStore<'_>) {
    let twice = |policy| make(Policy { review_rounds: 2, ..policy });
    let (world, po, ho) = scene(&twice).await;
    deliver(&world, &po, Some("chore")).await;
    let push = assigned_landing(&world, &ho, 1).await;
    let before = world.seq().await;
    fails(&world, &push, &ho, "a.rs: both changed it").await;
    let told = world.told_since(before).await;
    assert_eq!(told, ["task.failed tasks/land-T-1-1", "task.changes_requested tasks/T-1"]);
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.review_rounds, task.landing_failures), (TaskState::ChangesRequested, 0, 1));
    assert_eq!((task.landing_task, task.assignee), (None, None));
    assert!(task.review_notes.is_some_and(|notes| notes.as_str().contains("a.rs: both changed it")));
    let again = TaskPatch { state: Some(TaskState::Pending), ..TaskPatch::default() };
    let push_again = Action::PatchTask(push.id.clone(), again.clone());
    assert_eq!(refused(world.act(Actor::Operator, push_again).await), ProblemKind::WrongState, "it is over");

    deliver(&world, &po, Some("chore")).await;
    let push = assigned_landing(&world, &ho, 2).await;
    let before = world.seq().await;
    fails(&world, &push, &ho, "b.rs").await;
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.landing_failures), (TaskState::Blocked, 2));
    assert!(task.error.is_some_and(|error| error.as_str().contains("b.rs")));
    let told = world.told_since(before).await.join("\n");
    assert!(told.contains("task.blocked tasks/T-1") && told.contains("alert.raised alerts/"), "{told}");
    world.done(Action::PatchTask(id("T-1"), again)).await;
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.landing_failures), (TaskState::Pending, 0));
}

/// What may pass is tried again, as the same landing.
pub async fn a_landing_is_tried_again(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    deliver(&world, &po, Some("chore")).await;
    for _ in 0..3 {
        let push = assigned_landing(&world, &ho, 1).await;
        let body = Fail { retryable: true, ..failure(&push) };
        let fail = Action::FailTask { task: push.id.clone(), body, jitter: 0 };
        world.act(actor(&ho), fail).await.expect("its failure");
        let waits = (world.task("land-T-1-1").await.state, world.task("T-1").await.state);
        assert_eq!(waits, (TaskState::Pending, TaskState::InReview));
        world.pass(Duration::from_secs(600));
    }
    let push = assigned_landing(&world, &ho, 1).await;
    world.act(actor(&ho), landed(&push)).await.expect("it has landed");
    assert_state(&world.task("T-1").await, TaskState::Done);
}

pub(super) fn failure(push: &Task) -> Fail {
    let body = serde_json::json!({ "attempt": push.attempt, "error": "uncommitted changes", "retryable": true });
    serde_json::from_value(body).expect("a failure")
}

/// Who sets a ticket aside or cancels it calls off its landing; nobody cancels the landing alone.
pub async fn a_landing_ends_with_its_ticket(make: MakeStore<'_>) {
    for state in [TaskState::Held, TaskState::Cancelled] {
        let (world, po, ho) = scene(make).await;
        deliver(&world, &po, Some("chore")).await;
        let push = assigned_landing(&world, &ho, 1).await;
        let worker = world.hand(&ho, Role::Worker, push.id.as_str()).await.expect("a worker");
        let to = |state| TaskPatch { state: Some(state), ..TaskPatch::default() };
        let alone = world.act(Actor::Operator, Action::PatchTask(push.id.clone(), to(TaskState::Cancelled))).await;
        assert_eq!(refused(alone), ProblemKind::WrongState);
        world.done(Action::PatchTask(id("T-1"), to(state))).await;
        assert_state(&world.task("land-T-1-1").await, TaskState::Cancelled);
        assert!(!world.agent(&worker.id).await.state.is_running(), "its worker goes on");
        assert_eq!(refused(world.act(actor(&ho), landed(&push)).await), ProblemKind::WrongState);
        assert_state(&world.task("T-1").await, state);
    }
}

/// A landing needs its commit, and a commit needs a landing; what has no repo, or delivers nothing, has none.
pub async fn a_landing_is_checked(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    let task: Task = read(&world.assign("T-1", &po).await.expect("an assignment"));
    let complete = |body: Complete| world.act(actor(&po), Action::CompleteTask(id("T-1"), body));
    for bad in ["", "--force", "HEAD~1", "0a1b2c", "0A1B2C3D"] {
        let body = Complete { landing: Some(landing(bad)), ..completion(&task, None) };
        assert_eq!(refused(complete(body).await), ProblemKind::Invalid, "{bad:?}");
    }
    let stray = Complete { landed: Some(Text::clipped(LANDED)), ..completion(&task, None) };
    assert_eq!(refused(complete(stray).await), ProblemKind::Invalid);
    to_workplace(&world, Deliver::None).await;
    assert_eq!(refused(complete(with_landing(&task, None)).await), ProblemKind::Invalid);
    to_workplace(&world, Deliver::Branch).await;
    complete(with_landing(&task, None)).await.expect("a delivery");
    let push = assigned_landing(&world, &ho, 1).await;
    let without = Action::CompleteTask(push.id.clone(), completion(&push, None));
    assert_eq!(refused(world.act(actor(&ho), without).await), ProblemKind::Invalid);
    assert!(push.run.is_some_and(|run| run.as_str().contains("--deliver='branch'")));
}

/// Where a project delivers no more, an approval is the end, and nothing is said to have landed.
pub async fn a_project_that_delivers_no_more_lands_nothing(make: MakeStore<'_>) {
    let (world, po, _) = scene(make).await;
    deliver(&world, &po, Some("feature")).await;
    to_workplace(&world, Deliver::None).await;
    reviewed(&world, &po, Verdict::Approve).await;
    let task = world.task("T-1").await;
    assert_eq!((task.state, task.landing, task.landed), (TaskState::Done, None, None));
}

/// Somebody's own task may have the landing's name.
pub async fn a_landing_whose_name_is_taken_has_another(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    world.ticket("land-T-1-1", &[]).await;
    let task = deliver(&world, &po, Some("chore")).await;
    let name = task.landing_task.expect("a landing");
    assert_ne!(name, id("land-T-1-1"));
    let push: Task = read(&world.assign(name.as_str(), &ho).await.expect("an assignment"));
    world.act(actor(&ho), landed(&push)).await.expect("it has landed");
    assert_state(&world.task("T-1").await, TaskState::Done);
}
