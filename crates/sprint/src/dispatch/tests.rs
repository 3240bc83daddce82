//! Never too much, nobody starves, the same answer twice.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

use go_bus_api::{Agent, Attempt, Host, Priority, Project, Resource, Revision, Role, TaskKind, Weight};
use proptest::prelude::*;

use super::*;
use crate::policy::{SeedDispatch, Share};
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn assign(world: &World, limits: &Limits) -> Vec<Assignment> {
    let mut world = world.clone();
    samples::enrol(&mut world);
    dispatch(&world, limits, &SeedDispatch::default(), &Turns::default(), now()).assignments
}

fn ids(assignments: &[Assignment]) -> Vec<&str> {
    assignments.iter().map(|assignment| assignment.task.as_str()).collect()
}

fn add_project(world: &mut World, id: &str, priority: Priority, weight: u32) {
    let weight = Weight::new(weight).unwrap();
    let revision = Revision(2);
    world.apply(Resource::Project(Project { priority, weight, revision, ..samples::project(id) }));
    world.apply(Resource::Agent(samples::po(id)));
}

fn add_tickets(world: &mut World, project: &str, count: usize) {
    for n in 0..count {
        world.apply(Resource::Task(samples::task(&format!("{project}-{n}"), project)));
    }
}

/// How many of the assignments are of each project, by the prefix of the ids.
fn by_project(assignments: &[Assignment]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for assignment in assignments {
        let project = assignment.task.as_str().split('-').next().unwrap().to_owned();
        *counts.entry(project).or_default() += 1;
    }
    counts
}

#[test]
fn each_goes_to_its_po_with_a_slot_kept_on_a_host() {
    let mut world = samples::world([("h1", 1), ("h2", 1)]);
    add_tickets(&mut world, "site", 3);
    let assignments = assign(&world, &Limits::default());
    assert_eq!(ids(&assignments), ["site-0", "site-1"]);
    assert!(assignments.iter().all(|assignment| assignment.assignee.as_str() == "po-site"));
    let hosts: Vec<_> = assignments.iter().filter_map(|assignment| assignment.host.as_ref()?.as_str().into()).collect();
    assert_eq!(hosts, ["h1", "h2"]);
}

#[test]
fn nothing_that_waits_is_assigned() {
    let mut world = samples::world([("h1", 9)]);
    let later = Some("2026-03-21T09:00:01.000Z".parse().unwrap());
    world.extend(
        [
            samples::task("T-1", "site"),
            Task { depends_on: vec![samples::id("T-1")], ..samples::task("T-2", "site") },
            Task { not_before: later, ..samples::task("T-3", "site") },
            Task { state: TaskState::Held, ..samples::task("T-4", "site") },
            Task { host: Some(samples::id("h7")), ..samples::task("T-5", "site") },
            samples::task("T-6", "nobody"),
        ]
        .map(Resource::Task),
    );
    assert_eq!(ids(&assign(&world, &Limits::default())), ["T-1"]);
}

#[test]
fn projects_share_by_weight_and_priority() {
    let mut world = samples::world([("h1", 10)]);
    for (id, priority, weight) in [("a", Priority::P1, 3), ("b", Priority::P1, 1), ("c", Priority::P3, 4)] {
        add_project(&mut world, id, priority, weight);
        add_tickets(&mut world, id, 20);
    }
    let shares = by_project(&assign(&world, &Limits::default()));
    assert_eq!(shares, BTreeMap::from([("a".to_owned(), 6), ("b".to_owned(), 2), ("c".to_owned(), 2)]));
}

#[test]
fn what_is_urgent_goes_first_whatever_its_project_and_ends_after_seven() {
    let mut world = samples::world([("h1", 9)]);
    add_project(&mut world, "a", Priority::P1, 100);
    add_project(&mut world, "z", Priority::P3, 1);
    add_tickets(&mut world, "a", 5);
    let urgent = |n: usize| Task { priority: Priority::P0, ..samples::task(&format!("z-{n}"), "z") };
    world.extend((0..9).map(urgent).map(Resource::Task));
    let order = assign(&world, &Limits::default());
    assert_eq!(ids(&order), ["z-0", "z-1", "z-2", "z-3", "z-4", "z-5", "z-6", "a-0", "z-7"]);
}

#[test]
fn a_ticket_that_no_sprint_under_way_has_does_not_start() {
    let mut world = samples::world([("h1", 9)]);
    add_tickets(&mut world, "site", 2);
    let (limits, policy, turns) = (Limits::default(), SeedDispatch::default(), Turns::default());
    let started = |world: &World, now| {
        let dispatched = dispatch(world, &limits, &policy, &turns, now);
        dispatched.assignments.iter().map(|given| given.task.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(started(&world, now()), [""; 0]);
    let sprint = samples::sprint("S-1", &[samples::id("site-1")]);
    world.apply(Resource::Sprint(sprint.clone()));
    assert_eq!(started(&world, now()), ["site-1"]);
    assert_eq!(started(&world, sprint.ends_at), [""; 0], "nor does one whose window is over");
    let review = Task { kind: TaskKind::Review, ..samples::task("R-1", "site") };
    world.apply(Resource::Task(review));
    assert_eq!(started(&world, sprint.ends_at), ["R-1"], "a review needs none");
}

#[test]
fn what_runs_already_counts_against_its_project() {
    let mut world = samples::world([("h1", 4)]);
    for id in ["a", "b"] {
        add_project(&mut world, id, Priority::P2, 1);
        add_tickets(&mut world, id, 9);
    }
    for n in 0..2 {
        let running =
            Task { state: TaskState::InProgress, revision: Revision(2), ..samples::task(&format!("a-{n}"), "a") };
        world.apply(Resource::Task(running));
    }
    assert_eq!(by_project(&assign(&world, &Limits::default())), BTreeMap::from([("b".to_owned(), 2)]));
}

#[test]
fn a_task_that_finds_no_slot_on_its_host_holds_nobody_up() {
    let mut world = samples::world([("h1", 1), ("h2", 1)]);
    let pinned = |id: &str| Task { host: Some(samples::id("h1")), priority: Priority::P0, ..samples::task(id, "site") };
    world.extend([pinned("T-1"), pinned("T-2"), samples::task("T-3", "site")].map(Resource::Task));
    assert_eq!(ids(&assign(&world, &Limits::default())), ["T-1", "T-3"]);
}

#[test]
fn a_delegation_without_a_command_needs_no_slot_and_a_review_goes_first() {
    let mut world = samples::world([("h1", 1)]);
    add_tickets(&mut world, "site", 2);
    let of_kind = |id: &str, kind| Resource::Task(Task { kind, priority: Priority::P3, ..samples::task(id, "site") });
    world.extend([of_kind("ask", TaskKind::Delegation), of_kind("review", TaskKind::Review)]);
    let assignments = assign(&world, &Limits::default());
    assert_eq!(ids(&assignments), ["review", "ask"]);
    assert_eq!(assignments.last().map(|ask| (ask.assignee.as_str(), ask.host.is_none())), Some(("ho-h1", true)));
}

#[test]
fn host_work_takes_a_slot_on_the_host_of_the_ho_that_answers_for_it() {
    let mut world = samples::world([("h1", 1), ("h2", 4)]);
    let push = |id: &str| Resource::Task(Task { kind: TaskKind::Push, ..samples::task(id, "site") });
    world.extend([push("push-1"), push("push-2")]);
    let assignments = assign(&world, &Limits::default());
    assert_eq!(ids(&assignments), ["push-1"], "the other host's room is no use");
    assert_eq!(assignments.first().and_then(|push| push.host.clone()), Some(samples::id("h1")));
}

#[test]
fn an_improvement_starts_when_nothing_else_is_ready_in_any_project() {
    let mut world = samples::world([("h1", 2)]);
    add_project(&mut world, "first", Priority::P0, 9);
    add_project(&mut world, "last", Priority::P3, 1);
    let improvement = Task { kind: TaskKind::Improvement, ..samples::task("first-better", "first") };
    world.apply(Resource::Task(improvement));
    add_tickets(&mut world, "last", 1);
    assert_eq!(ids(&assign(&world, &Limits::default())), ["last-0", "first-better"]);
    add_tickets(&mut world, "last", 2);
    assert_eq!(ids(&assign(&world, &Limits::default())), ["last-0", "last-1"]);
}

#[test]
fn with_one_slot_equal_projects_take_turns() {
    let mut world = samples::world([("h1", 1)]);
    for id in ["a", "b", "c"] {
        add_project(&mut world, id, Priority::P2, 1);
        add_tickets(&mut world, id, 20);
    }
    samples::enrol(&mut world);
    let mut turns = Turns::default();
    let mut served = String::new();
    for _ in 0..9 {
        let next = dispatch(&world, &Limits::default(), &SeedDispatch::default(), &turns, now()).assignments;
        let task = world.task(&next[0].task).unwrap().clone();
        turns.note(world.project(&task.project).unwrap(), &task);
        served.push_str(task.project.as_str());
        world.apply(Resource::Task(Task { state: TaskState::Done, revision: Revision(3), ..task }));
    }
    assert_eq!(served, "abcabcabc");
}

#[test]
fn neither_finished_tasks_nor_those_behind_others_nor_those_of_later_sprints_slow_a_dispatch() {
    let mut world = samples::world([("h1", 1)]);
    add_tickets(&mut world, "site", 2);
    samples::enrol(&mut world);
    let small = time_of_dispatches(&world);
    for n in 0..50_000 {
        let done = Task { state: TaskState::Done, ..samples::task(&format!("old-{n}"), "site") };
        let behind = Task { depends_on: vec![samples::id("site-0")], ..samples::task(&format!("later-{n}"), "site") };
        world.extend([done, behind, samples::task(&format!("next-{n}"), "site")].map(Resource::Task));
    }
    let large = time_of_dispatches(&world);
    // One look at each of them would make it a thousand times slower.
    assert!(large < small * 20 + Duration::from_millis(200), "{large:?} against {small:?}");
}

#[expect(clippy::disallowed_methods, reason = "what is measured here is time itself")]
fn time_of_dispatches(world: &World) -> Duration {
    let start = std::time::Instant::now();
    for _ in 0..100 {
        let given = dispatch(world, &Limits::default(), &SeedDispatch::default(), &Turns::default(), now());
        assert_eq!(given.assignments.len(), 1);
    }
    start.elapsed()
}

/// A policy that wants everything the other way round: caps hold above any policy.
#[derive(Debug)]
struct Contrary;

impl DispatchPolicy for Contrary {
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering {
        SeedDispatch::default().projects(b, a)
    }

    fn tasks(&self, a: &Task, b: &Task) -> Ordering {
        SeedDispatch::default().tasks(b, a)
    }
}

/// A fleet in any condition: slots of hosts; priority and weight of projects; project, condition, host and pin of tickets, some
/// at work, some assigned and not yet built.
#[derive(Debug, Clone)]
struct Fleet {
    hosts: Vec<u32>,
    projects: Vec<(usize, u32)>,
    tasks: Vec<(usize, usize, usize, bool)>,
}

fn fleet() -> impl Strategy<Value = Fleet> {
    let hosts = prop::collection::vec(0_u32..4, 0..4);
    let projects = prop::collection::vec((0_usize..4, 1_u32..5), 1..4);
    let tasks = prop::collection::vec((0_usize..4, 0_usize..8, 0_usize..6, any::<bool>()), 0..40);
    (hosts, projects, tasks).prop_map(|(hosts, projects, tasks)| Fleet { hosts, projects, tasks })
}

impl Fleet {
    fn world(&self) -> World {
        build(&self.hosts, &self.projects, &self.tasks)
    }
}

fn build(hosts: &[u32], projects: &[(usize, u32)], tasks: &[(usize, usize, usize, bool)]) -> World {
    let mut world = build_without_sprint(hosts, projects, tasks);
    samples::enrol(&mut world);
    world
}

fn build_without_sprint(hosts: &[u32], projects: &[(usize, u32)], tasks: &[(usize, usize, usize, bool)]) -> World {
    let names: Vec<String> = (0..hosts.len()).map(|n| format!("h{n}")).collect();
    let mut world = samples::world(names.iter().map(String::as_str).zip(hosts.iter().copied()));
    let priorities = [Priority::P0, Priority::P1, Priority::P2, Priority::P3];
    for (n, (priority, weight)) in projects.iter().enumerate() {
        add_project(&mut world, &format!("p{n}"), priorities[*priority], *weight);
    }
    for (n, (project, condition, host, pinned)) in tasks.iter().enumerate() {
        let mut task = samples::task(&format!("t-{n}"), &format!("p{}", project % projects.len()));
        task.host = names.get(*host).filter(|_| *pinned).map(|name| samples::id(name));
        match condition {
            0 => task.state = TaskState::InProgress,
            1 => {
                task.state = TaskState::InProgress;
                let builder = Agent {
                    host: names.get(*host).map(|name| samples::id(name)),
                    task: Some(task.id.clone()),
                    attempt: Some(Attempt(0)),
                    ..samples::agent(&format!("a-{n}"), Role::Worker)
                };
                world.apply(Resource::Agent(builder));
            }
            2 => task.state = TaskState::ChangesRequested,
            3 => task.kind = TaskKind::Review,
            _ => {}
        }
        world.apply(Resource::Task(task));
    }
    world
}

/// Slots that agents hold and assigned tasks keep, by host; those that may come anywhere are `None`.
fn kept(world: &World, assignments: &[Assignment]) -> BTreeMap<Option<HostId>, usize> {
    let mut kept: BTreeMap<Option<HostId>, usize> = BTreeMap::new();
    for agent in world.agents_with_task() {
        *kept.entry(agent.host.clone()).or_default() += 1;
    }
    for task in world.tasks_in(TaskState::InProgress).filter(|task| world.builders(&task.id).next().is_none()) {
        *kept.entry(task.host.clone()).or_default() += 1;
    }
    for assignment in assignments {
        *kept.entry(assignment.host.clone()).or_default() += 1;
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn never_over_slots_or_the_cap_whatever_the_policy(fleet in fleet(), max in 0_u32..12, contrary in any::<bool>()) {
        let (world, limits) = (fleet.world(), Limits { agents_max: Some(max), ..Limits::default() });
        let policy: &dyn DispatchPolicy = if contrary { &Contrary } else { &SeedDispatch::default() };
        let assignments = dispatch(&world, &limits, policy, &Turns::default(), now()).assignments;
        let (before, after) = (kept(&world, &[]), kept(&world, &assignments));
        for (host, used) in &after {
            let slots = host.as_ref().and_then(|id| world.host(id)).map_or(0, |host| host.slots.get() as usize);
            let grew = *used > before.get(host).copied().unwrap_or(0);
            prop_assert!(!grew || *used <= slots, "{used} of {slots} on {host:?}");
        }
        let total: usize = after.values().sum();
        prop_assert!(assignments.is_empty() || total <= max as usize);
        // A host may have been too full before.
        let places = |host: &Host| (host.slots.get() as usize).max(before.get(&Some(host.id.clone())).copied().unwrap_or(0));
        let all: usize = world.hosts().map(places).sum();
        prop_assert!(assignments.is_empty() || total <= all, "{total} for {all} slots in all");
    }

    #[test]
    fn the_same_world_gives_the_same_assignments_each_task_once(fleet in fleet()) {
        let world = fleet.world();
        let once = assign(&world, &Limits::default());
        prop_assert_eq!(&once, &assign(&world.clone(), &Limits::default()));
        let mut tasks: Vec<_> = once.iter().map(|assignment| &assignment.task).collect();
        tasks.sort();
        tasks.dedup();
        prop_assert_eq!(tasks.len(), once.len());
        for assignment in &once {
            prop_assert!(world.task(&assignment.task).is_some_and(|task| task.state.is_assignable()));
        }
    }

    #[test]
    fn what_is_ready_and_has_a_slot_never_waits(fleet in fleet(), max in 0_u32..12) {
        let (world, limits) = (fleet.world(), Limits { agents_max: Some(max), ..Limits::default() });
        let given = assign(&world, &limits);
        // After the assignments no task is ready any more: each either was given away or has a reason.
        let mut after = world.clone();
        for assignment in &given {
            let task = world.task(&assignment.task).unwrap();
            let host = assignment.host.clone();
            after.apply(Resource::Task(Task { state: TaskState::InProgress, host, revision: Revision(9), ..task.clone() }));
        }
        prop_assert_eq!(assign(&after, &limits), []);
    }
}
