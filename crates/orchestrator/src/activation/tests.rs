//! Before anything starts the bootstrap skill is done, once for each version and boot; a failed one ends it.

use go_bus_api::{BootId, Host, Resource, Task};
use go_steward::{Sources, Steward};

use super::*;
use crate::decide::plan;
use crate::memory::Memory;
use crate::plan_view::PlanView;
use crate::policy::Policy;
use crate::samples;

/// A library with a bootstrap skill, and one that is loaded and has a command.
fn library() -> Library {
    let folder = tempfile::tempdir().unwrap();
    let registry = "skills:\n  - {id: bootstrap, file: b.md}\n  - {id: warm, file: w.md}\nskills_on_load: [warm]\n";
    let skill = |run: &str| format!("---\nname: a\ndescription: Gets it ready\nrun: {run}\n---\n");
    for (name, text) in [("S.yaml", registry.to_owned()), ("b.md", skill("./up.sh")), ("w.md", skill("./warm.sh"))] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let sources =
        Sources { skills: folder.path().join("S.yaml"), bootstrap: "bootstrap".to_owned(), ..Sources::default() };
    Library::clone(&Steward::open(sources).0.library())
}

fn host(boot: Option<&str>) -> Resource {
    Resource::Host(Host { boot_id: boot.map(|boot| BootId::new(boot).unwrap()), ..samples::host("h1", 4) })
}

fn world(boot: Option<&str>) -> World {
    [host(boot), Resource::Project(samples::project("site"))].into_iter().collect()
}

/// A tenure's activation that has seen `world`.
fn seen(world: &World) -> Activation {
    let mut activation = Activation::of(&library());
    activation.observe(world);
    activation
}

fn created(activation: &Activation, world: &World) -> Vec<NewTask> {
    let actions = activation.gate(world, Vec::new()).into_iter();
    actions.filter_map(|action| if let Action::Create(new) = action { Some(*new) } else { None }).collect()
}

/// The World with this skill task in this state.
fn with(mut world: World, new: &NewTask, state: TaskState) -> World {
    let task = samples::task(new.id.as_ref().unwrap().as_str(), "site");
    let error = (state == TaskState::Failed).then(|| Text::clipped("exited 3"));
    let revision = world.task(&task.id).map_or(task.revision, |known| known.revision.next());
    world.apply(Resource::Task(Task { kind: new.kind, state, error, revision, ..task }));
    world
}

#[test]
fn the_bootstrap_skill_is_a_p0_delegation_on_the_first_host_and_the_others_wait_for_it() {
    let world = world(Some("boot-1"));
    let [bootstrap, warm] = created(&seen(&world), &world).try_into().unwrap();
    assert_eq!((bootstrap.kind, bootstrap.priority, bootstrap.max_attempts), (TaskKind::Delegation, Priority::P0, 1));
    assert_eq!(bootstrap.host, Some(samples::id("h1")));
    assert!(bootstrap.run.unwrap().as_str().ends_with("&& ./up.sh"));
    assert_eq!((bootstrap.depends_on, warm.depends_on), (vec![], vec![bootstrap.id.unwrap()]));
}

#[test]
fn until_a_host_is_there_nothing_is_made_and_nothing_starts() {
    for world in [World::default(), world(None)] {
        let activation = seen(&world);
        assert_eq!((created(&activation, &world).len(), activation.is_over(&world)), (0, false));
    }
}

#[test]
fn where_its_host_is_gone_before_it_has_run_it_runs_on_another() {
    let boot = Some(BootId::new("boot-2").unwrap());
    let mut world = world(Some("boot-1"));
    world.apply(Resource::Host(Host { boot_id: boot, ..samples::host("h2", 4) }));
    let mut activation = seen(&world);
    let [first, _] = created(&activation, &world).try_into().unwrap();
    let mut world = with(world, &first, TaskState::Pending);
    let gone = Host { launcher: None, revision: go_bus_api::Revision(9), ..samples::host("h1", 4) };
    world.apply(Resource::Host(gone));
    activation.observe(&world);
    let moved = created(&activation, &world);
    assert_eq!(moved.iter().map(|new| new.host.clone()).collect::<Vec<_>>(), vec![Some(samples::id("h2")); 2]);
    let done = moved.iter().fold(world, |world, new| with(world, new, TaskState::Done));
    activation.observe(&done);
    assert!(activation.is_over(&done) && created(&activation, &done).is_empty());
}

#[test]
fn a_successor_runs_nothing_twice_and_another_boot_is_run_anew() {
    let first = world(Some("boot-1"));
    let tasks = created(&seen(&first), &first);
    let done = tasks.iter().fold(first, |world, new| with(world, new, TaskState::Done));
    let successor = seen(&done);
    assert!(successor.is_over(&done) && created(&successor, &done).is_empty());
    let mut rebooted = done;
    if let Resource::Host(again) = host(Some("boot-2")) {
        rebooted.apply(Resource::Host(Host { revision: again.revision.next(), ..again }));
    }
    assert!(successor.is_over(&rebooted), "a tenure is activated once");
    assert_eq!(created(&seen(&rebooted), &rebooted).len(), 2);
}

#[test]
fn what_is_under_way_holds_back_every_start_but_its_own() {
    let world = world(Some("boot-1"));
    let activation = seen(&world);
    let bootstrap = created(&activation, &world).remove(0);
    let (project, assignee) = (samples::id("site"), samples::id("a-1"));
    let assign = |task: TaskId| Action::Assign {
        task,
        attempt: go_bus_api::Attempt(0),
        project: samples::id("site"),
        assignee: samples::id("a-1"),
    };
    let spawn = |orchestrator: Orchestrator| {
        let world = [host(None), Resource::Project(samples::project("site"))].into_iter().collect();
        let request = go_spawn::orchestrator_request(&orchestrator, &world, &go_spawn::Handbook::default());
        Action::Spawn { orchestrator, request: Box::new(request.unwrap()) }
    };
    let end = Action::End(assignee);
    let kept = vec![end, assign(bootstrap.id.clone().unwrap()), spawn(Orchestrator::Ho(samples::id("h1")))];
    let held = vec![assign(samples::id("T-1")), spawn(Orchestrator::Po(project))];
    let world = with(world, &bootstrap, TaskState::InProgress);
    let gated = activation.gate(&world, [kept.clone(), held].concat());
    assert_eq!(gated.iter().take(3).cloned().collect::<Vec<_>>(), kept);
    assert_eq!(gated.len(), 4, "and the other skill is made: {gated:?}");
}

#[test]
fn the_plan_s_tickets_start_once_it_is_over() {
    let view = PlanView::new(samples::plan(samples::ONE_TICKET), samples::defaults(), &Policy::default());
    let ticket = Resource::Task(samples::task("T-1", "site"));
    let mut ready = world(Some("boot-1"));
    [ticket, Resource::Sprint(samples::open_sprint(&["T-1"])), Resource::Agent(samples::po("a-po", "site"))]
        .into_iter()
        .for_each(|resource| {
            ready.apply(resource);
        });
    let memory = Memory { activation: seen(&ready), ..Memory::default() };
    let now = "2026-03-21T09:00:00.000Z".parse().unwrap();
    let starts = |world: &World| {
        let actions = plan(&Policy::default(), world, &view, &memory, now);
        actions.iter().any(|action| matches!(action, Action::Assign { task, .. } if task.as_str() == "T-1"))
    };
    assert!(!starts(&ready));
    let tasks = created(&memory.activation, &ready);
    let done = tasks.iter().fold(ready, |world, new| with(world, new, TaskState::Done));
    assert!(starts(&done));
}

#[test]
fn while_it_is_under_way_nobody_is_missed_and_no_timer_is_due_for_that() {
    use go_sprint::improvement::ImprovementPolicy;
    let improvement = ImprovementPolicy { settings: Default::default(), sources: Vec::new() };
    let policy = Policy { improvement, ..Policy::default() };
    let (world, view) = (world(Some("boot-1")), PlanView::none(&policy));
    let now = "2026-03-22T09:00:00.000Z".parse().unwrap();
    let alerts = |memory: &Memory| {
        plan(&policy, &world, &view, memory, now).iter().filter(|action| matches!(action, Action::Raise(_))).count()
    };
    let wake = |memory: &Memory| crate::decide::next_wake(&policy, &world, memory, now);
    assert_eq!(alerts(&Memory::default()), 1, "nobody has worked for a day");
    let memory = Memory { activation: seen(&world), ..Memory::default() };
    assert_eq!((alerts(&memory), wake(&memory)), (0, None));
}

#[test]
fn a_failed_bootstrap_ends_it_and_is_run_anew_by_the_next_one() {
    let world = world(Some("boot-1"));
    let mut activation = seen(&world);
    let [bootstrap, warm] = created(&activation, &world).try_into().unwrap();
    let failed = with(world, &bootstrap, TaskState::Failed);
    activation.observe(&failed);
    let failure = activation.failure(&failed).unwrap();
    assert_eq!((Some(failure.task), failure.error.as_str()), (bootstrap.id.clone(), "exited 3"));
    assert!(!activation.is_over(&with(failed.clone(), &warm, TaskState::Cancelled)), "nothing starts after it");

    let mut next = seen(&failed);
    assert_eq!(next.failure(&failed), None, "it is not this tenure's failure");
    let again = next.gate(&failed, Vec::new());
    assert!(matches!(&again[0], Action::Change(PlanChange::PatchTask(id, patch))
        if Some(id) == bootstrap.id.as_ref() && patch.state == Some(TaskState::Pending)));
    let pending = with(failed, &bootstrap, TaskState::Pending);
    next.observe(&pending);
    let failed = with(pending, &bootstrap, TaskState::Failed);
    next.observe(&failed);
    assert!(next.failure(&failed).is_some(), "it was run anew once");
}

#[test]
fn another_skill_s_failure_holds_nothing_up() {
    let world = world(Some("boot-1"));
    let activation = seen(&world);
    let [bootstrap, warm] = created(&activation, &world).try_into().unwrap();
    let world = with(with(world, &bootstrap, TaskState::Done), &warm, TaskState::Failed);
    assert!(activation.is_over(&world));
    assert_eq!(activation.failure(&world), None);
}

#[test]
fn with_no_skill_to_run_nothing_is_held_up() {
    let mut activation = Activation::of(&Library::default());
    activation.observe(&World::default());
    assert!(activation.is_over(&World::default()));
}
