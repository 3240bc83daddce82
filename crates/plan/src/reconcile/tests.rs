//! From plan to Bus and back.

use go_bus_api::{
    DriverKind, Host, HostState, Millis, NewTask, Project, ProjectState, Resource, Session, Slots, Task, TaskId,
    TaskKind, TaskPatch, TaskState, Text, Timestamp,
};
use go_bus_client::World;
use serde_json::{Value, json};

use super::{Defaults, PlanChange, changes, changes_since, updates};
use crate::{Plan, ResultLine};

const PLAN: &str = "
projects:
- id: site
  weight: 2
  repo: web
  tickets:
  - {id: C, title: Ship, depends_on: [B], status: held}
  - {id: B, title: Test, depends_on: [A], kind: feature, timeout: 30m, host: h1, verify: [make test], review: make lint}
  - {id: A, title: Build, status: done, run: make, model: opus, labels: [x], estimate_minutes: 5}
hosts:
- {id: h1, slots: 4}
- {id: h2}
users:
- {id: ann}
- {id: bob, logged_in: false}
";

fn plan(text: &str) -> Plan {
    Plan::parse("plan.yaml", text).unwrap()
}

fn defaults() -> Defaults {
    Defaults {
        repo: Text::new("/srv/plan").unwrap(),
        slots: Slots::new(7).unwrap(),
        driver: DriverKind::Shell,
        timeout: Some(Millis(1000)),
        idle_timeout: None,
    }
}

/// What the Bus has after `changes`, as far as plans go.
fn perform(world: &mut World, changes: &[PlanChange]) {
    for change in changes {
        let resource = match change {
            PlanChange::CreateHost(new) => made::<Host>(new, json!({})).map(Resource::Host),
            PlanChange::CreateProject(new) => made::<Project>(new, json!({})).map(Resource::Project),
            PlanChange::OpenSession(new) => {
                made::<Session>(new, json!({"id": "s-1", "opened_at": at()})).map(Resource::Session)
            }
            PlanChange::CreateTask(new) => Ok(Resource::Task(task(new))),
            PlanChange::PatchTask(id, patch) => Ok(Resource::Task(patched(world.task(id).unwrap(), patch))),
            PlanChange::CancelTask(id) => Ok(Resource::Task(with_state(world.task(id).unwrap(), TaskState::Cancelled))),
            PlanChange::PatchHost(..) | PlanChange::PatchProject(..) => panic!("not needed: {change:?}"),
        };
        assert!(world.apply(resource.unwrap()), "{change:?}");
    }
}

fn at() -> Timestamp {
    Timestamp::from_unix_millis(0)
}

/// The resource that `new` asks for, with what the Bus adds.
fn made<T: serde::de::DeserializeOwned>(new: &impl serde::Serialize, more: Value) -> serde_json::Result<T> {
    let mut value = serde_json::to_value(new)?;
    let object = value.as_object_mut().unwrap();
    object.extend([("revision".to_owned(), json!(1)), ("created_at".to_owned(), json!(at()))]);
    object.extend(more.as_object().unwrap().clone());
    serde_json::from_value(value)
}

fn task(new: &NewTask) -> Task {
    made(new, json!({"attempt": 0, "failures": 0, "losses": 0})).unwrap()
}

fn with_state(task: &Task, state: TaskState) -> Task {
    Task { state, revision: task.revision.next(), ..task.clone() }
}

fn patched(task: &Task, patch: &TaskPatch) -> Task {
    let mut value = serde_json::to_value(task).unwrap();
    value.as_object_mut().unwrap().extend(serde_json::to_value(patch).unwrap().as_object().unwrap().clone());
    Task { revision: task.revision.next(), ..serde_json::from_value(value).unwrap() }
}

/// A Bus that has all of [`PLAN`].
fn world() -> World {
    let mut world = World::default();
    perform(&mut world, &changes(&plan(PLAN), &World::default(), &defaults()));
    world
}

fn id(text: &str) -> TaskId {
    TaskId::new(text).unwrap()
}

#[test]
fn an_empty_bus_gets_everything_in_an_order_in_which_it_can_be_made() {
    let names: Vec<String> = changes(&plan(PLAN), &World::default(), &defaults())
        .iter()
        .map(|change| match change {
            PlanChange::CreateHost(new) => format!("host {} {}", new.id, new.slots.get()),
            PlanChange::CreateProject(new) => format!("project {} {}", new.id, new.repo.as_ref().unwrap()),
            PlanChange::OpenSession(new) => format!("session {}", new.user),
            PlanChange::CreateTask(new) => format!("task {} {}", new.id.as_ref().unwrap(), new.state.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        "host h1 4",
        "host h2 7",
        "project site /srv/plan/web",
        "session ann",
        "task A done",
        "task B pending",
        "task C held",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_task_has_all_that_its_ticket_says() {
    let world = world();
    let task = world.task(&id("B")).unwrap();
    assert_eq!((task.kind, task.deadline_ms), (TaskKind::Ticket, Some(Millis(1_800_000))));
    assert_eq!(task.category.as_ref().map(|category| category.as_str()), Some("feature"));
    assert_eq!(task.host.as_ref().map(|host| host.as_str()), Some("h1"));
    assert_eq!((task.verify.len(), task.review.is_some(), task.depends_on.clone()), (1, true, vec![id("A")]));
    let created = changes(&plan(PLAN), &World::default(), &defaults()).into_iter().find_map(|change| match change {
        PlanChange::CreateTask(task) if task.id == Some(id("A")) => Some(task),
        _ => None,
    });
    let task = created.unwrap();
    assert_eq!((task.deadline_ms, task.estimate_minutes), (Some(Millis(1000)), Some(5)));
    assert!(task.model.as_ref().unwrap().is_opus() && task.run.is_some() && task.labels.len() == 1);
}

#[test]
fn a_bus_that_has_the_plan_needs_nothing() {
    assert_eq!(changes(&plan(PLAN), &world(), &defaults()), []);
    assert_eq!(updates(&plan(PLAN), &world()), []);
}

#[test]
fn a_plan_without_hosts_and_users_has_one_of_each() {
    let changes = changes(&plan("projects: []"), &World::default(), &defaults());
    let [PlanChange::CreateHost(host), PlanChange::OpenSession(session)] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!((host.id.as_str(), host.slots.get(), session.user.as_str()), ("localhost", 7, "operator"));
}

#[test]
fn an_edit_becomes_a_patch_of_exactly_what_changed_and_never_of_what_is_finished() {
    let edited =
        PLAN.replace("title: Test", "title: Test all").replace("30m", "1h").replace("title: Build", "title: Rebuild");
    let changes = changes(&plan(&edited), &world(), &defaults());
    let patch = TaskPatch {
        title: Some(Text::new("Test all").unwrap()),
        deadline_ms: Some(Millis(3_600_000)),
        ..TaskPatch::default()
    };
    assert_eq!(changes, [PlanChange::PatchTask(id("B"), patch)]);
}

#[test]
fn a_failed_task_takes_edits_so_that_it_can_be_mended() {
    let mut world = world();
    world.apply(Resource::Task(with_state(world.task(&id("B")).unwrap(), TaskState::Failed)));
    let edited = PLAN.replace("make test", "make check");
    assert!(matches!(&*changes(&plan(&edited), &world, &defaults()), [PlanChange::PatchTask(..)]));
}

#[test]
fn a_removed_ticket_is_cancelled_after_those_that_waited_for_it_are_patched() {
    let without_b = PLAN.replace("depends_on: [B]", "depends_on: [A]");
    let without_b: String =
        without_b.lines().filter(|line| !line.contains("id: B")).map(|line| format!("{line}\n")).collect();
    let changes = changes(&plan(&without_b), &world(), &defaults());
    assert!(
        matches!(changes.as_slice(), [PlanChange::PatchTask(patched, _), PlanChange::CancelTask(gone)]
        if *patched == id("C") && *gone == id("B")),
        "{changes:?}"
    );
}

#[test]
fn what_never_was_in_the_plan_is_not_cancelled() {
    let mut world = world();
    let base = world.task(&id("B")).unwrap().clone();
    let foreign = [
        (id("REVIEW-1"), TaskKind::Review),
        (TaskId::generate(), TaskKind::Ticket),
        (id("fix-integration-5"), TaskKind::Ticket),
    ];
    for (id, kind) in foreign {
        world.apply(Resource::Task(Task { id, kind, ..base.clone() }));
    }
    assert_eq!(changes(&plan(PLAN), &world, &defaults()), []);
    world.apply(Resource::Task(Task { id: id("POSTED"), ..base }));
    assert_eq!(changes_since(Some(&plan(PLAN)), &plan(PLAN), &world, &defaults()), []);
    assert_eq!(changes(&plan(PLAN), &world, &defaults()), [PlanChange::CancelTask(id("POSTED"))]);
}

#[test]
fn an_operators_pause_stays_until_the_person_edits_the_state() {
    let mut world = world();
    let project = world.projects().next().unwrap().clone();
    world.apply(Resource::Project(Project {
        state: ProjectState::Paused,
        revision: project.revision.next(),
        ..project
    }));
    let host = world.hosts().next().unwrap().clone();
    world.apply(Resource::Host(Host { state: HostState::Draining, revision: host.revision.next(), ..host }));
    let (active, paused) = (plan(PLAN), plan(&PLAN.replace("weight: 2", "weight: 2\n  state: paused")));
    assert_eq!(changes(&active, &world, &defaults()), []);
    assert_eq!(changes_since(Some(&active), &active, &world, &defaults()), []);
    let resumed = changes_since(Some(&paused), &active, &world, &defaults());
    assert!(
        matches!(&*resumed, [PlanChange::PatchProject(_, patch)] if patch.state == Some(ProjectState::Active)),
        "{resumed:?}"
    );
}

#[test]
fn a_state_in_the_plan_that_asks_for_less_is_imposed() {
    let paused =
        plan(&PLAN.replace("weight: 2", "weight: 3\n  state: paused").replace("slots: 4", "slots: 4, state: draining"));
    let changes = changes(&paused, &world(), &defaults());
    let [PlanChange::PatchHost(_, host), PlanChange::PatchProject(_, project)] = changes.as_slice() else {
        panic!("{changes:?}")
    };
    assert_eq!((host.state, host.slots), (Some(HostState::Draining), None));
    assert_eq!(
        (project.state, project.weight.map(|weight| weight.get()), project.repo.as_ref()),
        (Some(ProjectState::Paused), Some(3), None)
    );
}

#[test]
fn what_became_of_a_ticket_is_written_where_it_differs() {
    let mut world = world();
    let task = with_state(world.task(&id("B")).unwrap(), TaskState::Done);
    let summary = Text::new("all\ngreen").unwrap();
    world.apply(Resource::Task(Task { result: Some(summary), sprint: "sprint-1".parse().ok(), ..task }));
    let found = updates(&plan(PLAN), &world);
    let [update] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (&update.id, update.status, update.result.clone()),
        (&id("B"), Some(TaskState::Done), ResultLine::of("all green"))
    );
    let text = crate::edit::write_back(PLAN, &found).unwrap().text;
    assert_eq!(updates(&plan(&text), &world), []);
}

#[test]
fn a_failure_leaves_its_reason_and_a_running_task_no_result() {
    let mut world = world();
    let task = with_state(world.task(&id("B")).unwrap(), TaskState::Failed);
    world.apply(Resource::Task(Task { error: Some(Text::new("exit 2").unwrap()), ..task.clone() }));
    assert_eq!(updates(&plan(PLAN), &world)[0].result, ResultLine::of("exit 2"));
    let retried = Task { error: Some(Text::new("exit 2").unwrap()), ..with_state(&task, TaskState::InProgress) };
    world.apply(Resource::Task(retried));
    assert_eq!(updates(&plan(PLAN), &world)[0].result, None);
}
