//! Who waits for whom, and who does not.

use std::time::Duration;

use go_bus_api::{Attempt, Host, Priority, Project, Resource, Revision, TaskKind, Text};

use super::*;
use crate::readiness::{Readiness, readiness};
use crate::{Limits, SeedDispatch, Turns, dispatch, samples};

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn ticket(id: &str, state: TaskState, with: &[&str]) -> Task {
    let collision = |other: &&str| Collision { task: samples::id(other), files: vec![Text::clipped("a.rs")] };
    let attempt = Attempt(u32::from(state != TaskState::Pending || !with.is_empty()));
    Task { state, attempt, collides_with: with.iter().map(collision).collect(), ..samples::task(id, "site") }
}

/// A host of many slots, and these in a sprint under way.
fn world(tasks: &[Task]) -> World {
    let mut world = samples::world([("h1", 9)]);
    let project = Project { repo: Some(Text::clipped("/srv/one")), revision: Revision(7), ..samples::project("site") };
    world.apply(Resource::Project(project));
    for task in tasks {
        world.apply(Resource::Task(task.clone()));
    }
    samples::enrol(&mut world);
    world
}

fn limits(min: u32) -> Limits {
    Limits { agents_min: min, ..Limits::default() }
}

fn assigned(world: &World, min: u32) -> Vec<String> {
    let dispatched = dispatch(world, &limits(min), &SeedDispatch::default(), &Turns::default(), now());
    let mut ids: Vec<_> = dispatched.assignments.iter().map(|it| it.task.to_string()).collect();
    ids.sort();
    ids
}

fn why(world: &World, id: &str, min: u32) -> Vec<String> {
    match readiness(world, world.task(&samples::id(id)).unwrap(), &limits(min), now()) {
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect(),
        Readiness::Ready => Vec::new(),
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn who_collides_with_one_at_work_begins_once_that_has_landed() {
    use TaskState::{Blocked, ChangesRequested, Done, Failed, Held, InProgress, InReview, Pending, Waiting};
    let both = |state| [ticket("T-1", state, &["T-2"]), ticket("T-2", Pending, &["T-1"]), ticket("T-3", Pending, &[])];
    for state in [InProgress, InReview] {
        let world = world(&both(state));
        assert_eq!(assigned(&world, 0), ["T-3"], "{state:?}");
        assert_eq!(why(&world, "T-2", 0), ["T-1 is at work on the same lines: it starts once that has landed"]);
    }
    for state in [Waiting, Held, Blocked, Failed, Done] {
        assert_eq!(assigned(&world(&both(state)), 0), ["T-2", "T-3"], "{state:?} is not at work");
    }
    let sent_back = [ticket("T-1", InProgress, &["T-2"]), ticket("T-2", ChangesRequested, &["T-1"])];
    assert_eq!(assigned(&world(&sent_back), 0), Vec::<String>::new());
}

#[test]
fn what_collides_is_told_with_its_files_while_both_are_in_flight() {
    let tasks = [
        ticket("T-1", TaskState::InProgress, &["T-2", "T-3", "T-9"]),
        ticket("T-2", TaskState::InReview, &["T-1"]),
        ticket("T-3", TaskState::Failed, &["T-1"]),
    ];
    let world = world(&tasks);
    assert_eq!(collisions_in_words(&world, &tasks[0]).as_deref(), Some("collides with T-2 (a.rs)"));
    assert_eq!(collisions_in_words(&world, &tasks[2]).as_deref(), Some("collides with T-1 (a.rs)"));
    assert_eq!(collisions_in_words(&world, &ticket("T-4", TaskState::Pending, &[])), None);
}

#[test]
fn of_two_that_collide_and_could_begin_one_does() {
    let world = world(&[ticket("T-1", TaskState::Pending, &["T-2"]), ticket("T-2", TaskState::Pending, &["T-1"])]);
    assert_eq!(assigned(&world, 0), ["T-1"]);
    assert_eq!((why(&world, "T-1", 0), why(&world, "T-2", 0)), (vec![], vec![]), "neither is at work yet");
}

#[test]
fn urgent_work_and_work_below_the_min_wait_for_nobody() {
    let first = ticket("T-1", TaskState::InProgress, &["T-2", "T-3"]);
    let urgent = Task { priority: Priority::P0, ..ticket("T-2", TaskState::Pending, &["T-1"]) };
    let other = ticket("T-3", TaskState::Pending, &["T-1"]);
    let hurried = world(&[first.clone(), urgent, other.clone()]);
    assert_eq!(assigned(&hurried, 0), ["T-2"]);
    assert_eq!(why(&hurried, "T-2", 0), Vec::<String>::new());
    let idle = world(&[first, other, ticket("T-4", TaskState::Pending, &[])]);
    assert_eq!(assigned(&idle, 2), ["T-4"], "what does not collide comes first");
    assert_eq!(assigned(&idle, 3), ["T-3", "T-4"]);
    assert_eq!((why(&idle, "T-3", 1).len(), why(&idle, "T-3", 2).len()), (1, 0));
}

#[test]
fn a_ticket_that_is_held_back_opens_no_sprint_and_keeps_no_slot_free() {
    let mut world = world(&[ticket("T-1", TaskState::InProgress, &["T-2"])]);
    world.apply(Resource::Task(ticket("T-2", TaskState::Pending, &["T-1"])));
    let dispatched = dispatch(&world, &limits(0), &SeedDispatch::default(), &Turns::default(), now());
    let opened = crate::opening(&world, &crate::Rhythm::default(), &dispatched, &SeedDispatch::default(), now());
    assert_eq!(opened, None);
    let improvement = Task { kind: TaskKind::Improvement, ..samples::task("I-1", "site") };
    world.apply(Resource::Task(improvement));
    assert_eq!(assigned(&world, 0), ["I-1"], "nothing else can start");
}

/// The landing of `ticket`, approved `at` seconds after the beginning.
fn landing(ticket: &str, at: i64) -> Task {
    Task {
        kind: TaskKind::Push,
        lands: Some(samples::id(ticket)),
        host: Some(samples::id("h1")),
        created_at: Timestamp::from_unix_millis(at * 1000),
        ..samples::task(&format!("land-{ticket}-1"), "site")
    }
}

fn pausing(landing: Task) -> Task {
    Task { not_before: Some(now().after(Duration::from_secs(60))), failed_at: Some(now()), ..landing }
}

fn delivered(id: &str, with: &[&str]) -> Task {
    let landing_task = Some(samples::id(&format!("land-{id}-1")));
    Task { landing_task, ..ticket(id, TaskState::InReview, with) }
}

#[test]
fn of_two_that_collide_who_was_approved_first_lands_first_also_where_its_landing_pauses() {
    let tickets = [delivered("T-1", &["T-2"]), delivered("T-2", &["T-1"]), delivered("T-3", &[])];
    let landings = [pausing(landing("T-1", 1)), landing("T-2", 2), landing("T-3", 3)];
    let all: Vec<_> = tickets.iter().chain(&landings).cloned().collect();
    let waits = world(&all);
    assert_eq!(assigned(&waits, 0), ["land-T-3-1"]);
    assert_eq!(why(&waits, "land-T-2-1", 0), ["lands after T-1"]);
    let apart = [delivered("T-1", &[]), delivered("T-2", &[]), landings[0].clone(), landings[1].clone()];
    assert_eq!(assigned(&world(&apart), 0), ["land-T-2-1"], "they don't collide");
    let mut away = world(&all);
    away.apply(Resource::Host(Host { launcher: None, revision: Revision(9), ..samples::host("h1", 9) }));
    let elsewhere = Task { host: Some(samples::id("h2")), revision: Revision(2), ..landings[1].clone() };
    away.apply(Resource::Host(samples::host("h2", 4)));
    away.apply(Resource::Agent(go_bus_api::Agent {
        host: Some(samples::id("h2")),
        ..samples::agent("ho-h2", go_bus_api::Role::Ho)
    }));
    away.apply(Resource::Task(elsewhere));
    assert_eq!(why(&away, "land-T-2-1", 0), Vec::<String>::new(), "the host of the first one may stay away");
}

#[test]
fn nobody_waits_for_a_delivery_that_can_not_land_now() {
    let tickets = [delivered("T-1", &["T-2"]), ticket("T-2", TaskState::Pending, &["T-1"])];
    let free: Vec<_> = tickets.iter().cloned().chain([landing("T-1", 1)]).collect();
    assert_eq!(why(&world(&free), "T-2", 0).len(), 1);
    let mut held = world(&free);
    let host = Host { launcher: None, revision: Revision(9), ..samples::host("h1", 9) };
    held.apply(Resource::Host(host));
    held.apply(Resource::Host(samples::host("h2", 4)));
    assert_eq!(why(&held, "T-2", 0), Vec::<String>::new());
}
