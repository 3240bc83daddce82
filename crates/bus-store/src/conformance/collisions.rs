//! Collisions of work in flight: both tasks have one, and it ends with either.

use go_bus_api::{
    Agent, Collision, CollisionReport, EventKind, Host, MergeTrial, Message, NewTask, ProblemKind, Role, Task, TaskId,
    TaskPatch, TaskState, Text,
};

use super::MakeStore;
use super::landing::{assigned_landing, deliver, landed, scene};
use super::world::{World, actor, completion, exited, host, id, refused, shim, ticket};
use crate::{Action, Actor, Outcome};

/// What was tried: `one` and `other` collide in `files`.
fn trial(one: &str, other: &str, files: &[&str]) -> MergeTrial {
    MergeTrial { one: id(one), other: id(other), files: files.iter().map(|file| Text::clipped(file)).collect() }
}

fn report(trials: &[MergeTrial]) -> Action {
    Action::ReportCollisions(host(), CollisionReport { trials: trials.to_vec() })
}

/// What the task collides with.
async fn met(world: &World, task: &str) -> Vec<(TaskId, Vec<String>)> {
    let task = world.task(task).await;
    let files = |files: Vec<Text<1024>>| files.iter().map(ToString::to_string).collect();
    task.collides_with.into_iter().map(|collision| (collision.task, files(collision.files))).collect()
}

/// The messages to `agent`, their subjects.
async fn told(world: &World, agent: &Agent) -> Vec<String> {
    let events = world.events().await.into_iter().filter(|event| event.kind == EventKind::MessageSent);
    let messages = events.map(|event| serde_json::from_value::<Message>(event.data).expect("a message"));
    messages.filter(|message| message.to == agent.id).map(|message| message.subject.to_string()).collect()
}

/// A scene in which `T-1`, `T-3` and `T-4` are being built; the builder of each.
async fn three_builders(make: MakeStore<'_>) -> (World, Agent, [Agent; 3]) {
    let (world, po, _) = scene(make).await;
    for ticket in ["T-3", "T-4"] {
        world.ticket(ticket, &[]).await;
    }
    let mut builders = Vec::new();
    for ticket in ["T-1", "T-3", "T-4"] {
        world.assign(ticket, &po).await.expect("an assignment");
        builders.push(world.builder(&po, ticket).await.expect("a builder"));
    }
    let builders = <[Agent; 3]>::try_from(builders).expect("three");
    (world, po, builders)
}

/// A report sets it on both, another one changes or ends it, a repeat is no news; both builders hear of a new one, and the other's of a
/// landing. It ends with either task.
pub async fn both_tasks_have_it_until_either_is_over(make: MakeStore<'_>) {
    let (world, po, [first, third, fourth]) = three_builders(make).await;
    let before = world.seq().await;
    world.done(report(&[trial("T-1", "T-3", &["a.rs"]), trial("T-4", "T-1", &["b.rs"])])).await;
    assert_eq!(met(&world, "T-1").await, [(id("T-3"), vec!["a.rs".into()]), (id("T-4"), vec!["b.rs".into()])]);
    assert_eq!(met(&world, "T-3").await, [(id("T-1"), vec!["a.rs".into()])]);
    let events = world.told_since(before).await;
    let updates = events.iter().filter(|event| event.starts_with("task.updated")).count();
    assert_eq!(
        (updates, events.len()),
        (3, 7),
        "one event for each task, a message for each builder of a pair: {events:?}"
    );
    assert_eq!(told(&world, &third).await, ["T-1 changes the same lines"]);

    let before = world.seq().await;
    let again = world.done(report(&[trial("T-3", "T-1", &["a.rs"])])).await;
    assert_eq!((again.outcome, world.seq().await), (Outcome::Unchanged, before), "it is known");
    world.done(report(&[trial("T-1", "T-3", &["a.rs", "c.rs"])])).await;
    assert_eq!(met(&world, "T-3").await, [(id("T-1"), vec!["a.rs".into(), "c.rs".into()])]);
    world.done(report(&[trial("T-1", "T-3", &[])])).await;
    assert_eq!((met(&world, "T-1").await.len(), met(&world, "T-3").await), (1, vec![]));
    assert_eq!(told(&world, &third).await.len(), 1, "it was told once");

    let cancel = TaskPatch { state: Some(TaskState::Cancelled), ..TaskPatch::default() };
    world.done(report(&[trial("T-1", "T-3", &["a.rs"])])).await;
    world.done(Action::PatchTask(id("T-3"), cancel)).await;
    assert_eq!((met(&world, "T-3").await, met(&world, "T-1").await.len()), (vec![], 1));
    let task: Task = world.task("T-1").await;
    world.exit(&first, exited(0)).await.expect("its end");
    world.act(actor(&po), Action::CompleteTask(task.id.clone(), completion(&task, Some("chore")))).await.expect("done");
    assert_eq!((met(&world, "T-1").await, met(&world, "T-4").await), (vec![], vec![]));
    assert_eq!(told(&world, &fourth).await, ["T-1 changes the same lines"], "nothing has landed");
}

/// Once one of them has landed the collision is over, and the builder of the other is told to merge what it brought.
pub async fn a_landing_is_told_to_whoever_has_to_merge_it(make: MakeStore<'_>) {
    let (world, po, ho) = scene(make).await;
    world.ticket("T-3", &[]).await;
    world.assign("T-3", &po).await.expect("an assignment");
    let builder = world.builder(&po, "T-3").await.expect("a builder");
    deliver(&world, &po, Some("chore")).await;
    world.done(report(&[trial("T-1", "T-3", &["a.rs"])])).await;
    assert_eq!(met(&world, "T-1").await.len(), 1, "it is delivered and has not landed");
    let push = assigned_landing(&world, &ho, 1).await;
    world.act(actor(&ho), landed(&push)).await.expect("it has landed");
    assert_eq!((met(&world, "T-1").await, met(&world, "T-3").await), (vec![], vec![]));
    assert_eq!(told(&world, &builder).await, ["T-1 changes the same lines", "T-1 has landed"]);
}

/// What nobody has begun, what is over and what lands elsewhere collides with nothing; a launcher's report may come late.
pub async fn only_what_is_in_flight_in_one_repo_collides(make: MakeStore<'_>) {
    let (world, po, _) = three_builders(make).await;
    world.ticket("T-5", &[]).await;
    world.create_project("docs").await;
    world.done(Action::CreateTask(NewTask { project: id("docs"), ..ticket("D-1", &[]) })).await;
    world.assign("D-1", &po).await.expect("an assignment");
    let files = &["a.rs"];
    let before = world.seq().await;
    let none = [trial("T-1", "T-5", files), trial("T-1", "D-1", files), trial("T-1", "gone", files)];
    world.done(report(&none)).await;
    assert_eq!(world.seq().await, before);
    let with_itself = world.act(Actor::Operator, report(&[trial("T-1", "T-1", files)])).await;
    assert_eq!(refused(with_itself), ProblemKind::Invalid);
    let many = vec!["a"; 9];
    assert_eq!(refused(world.act(Actor::Operator, report(&[trial("T-1", "T-3", &many)])).await), ProblemKind::Invalid);
}

/// Beyond the most that a task may have there is none, on neither side.
pub async fn a_task_has_so_many_at_most_and_then_the_other_has_none_either(make: MakeStore<'_>) {
    let (world, po, _) = scene(make).await;
    let all: Vec<String> = (0..Collision::MOST + 2).map(|number| format!("M-{number}")).collect();
    for task in &all {
        world.ticket(task, &[]).await;
        world.assign(task, &po).await.expect("an assignment");
    }
    let with_first: Vec<MergeTrial> = all.iter().skip(1).map(|other| trial("M-0", other, &["a.rs"])).collect();
    world.done(report(&with_first)).await;
    assert_eq!((met(&world, "M-0").await.len(), met(&world, "M-33").await), (Collision::MOST, vec![]));
    world.done(report(&[trial("M-0", "M-32", &["b.rs"]), trial("M-33", "M-32", &["c.rs"])])).await;
    assert_eq!(met(&world, "M-32").await.len(), 2, "what is known may change, and others may have their own");
}

/// The launcher that holds the host tells; agents, and launchers of other hosts, don't.
pub async fn only_the_host_s_launcher_tells(make: MakeStore<'_>) {
    let (world, po, [builder, ..]) = three_builders(make).await;
    world.create_host("anvil", 4).await;
    let stranger = world.launcher("anvil", "boot-9").await;
    let found = report(&[trial("T-1", "T-3", &["a.rs"])]);
    for actor in [actor(&po), actor(&builder), shim(&builder), actor(&stranger)] {
        assert_eq!(refused(world.act(actor.clone(), found.clone()).await), ProblemKind::Forbidden, "{actor:?}");
    }
    let here: Host = world.forge().await;
    let launcher = Actor::Agent { id: here.launcher.expect("a launcher"), role: Role::Launcher };
    world.act(launcher, found).await.expect("a report");
    assert_eq!(met(&world, "T-1").await.len(), 1);
}
