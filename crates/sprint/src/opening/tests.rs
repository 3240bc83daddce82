//! When a sprint begins, with what, and for how long.

use std::time::Duration;

use go_bus_api::{Priority, Project, Resource, Revision, Sprint, SprintState, Task, TaskId, TaskState, Text, Weight};

use super::*;
use crate::limits::Limits;
use crate::policy::SeedDispatch;
use crate::turns::Turns;
use crate::{dispatch, samples};

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn rhythm(most: u32) -> Rhythm {
    Rhythm { max_tickets: Some(most), ..Rhythm::default() }
}

fn open_with(world: &World, rhythm: &Rhythm) -> Option<NewSprint> {
    let (policy, turns) = (SeedDispatch::default(), Turns::default());
    let dispatched = dispatch(world, &Limits::default(), &policy, &turns, now());
    opening(world, rhythm, &dispatched, &policy, now())
}

/// The ids of what the next sprint begins with; empty where none begins.
fn batch(world: &World, most: u32) -> Vec<String> {
    let sprint = open_with(world, &rhythm(most));
    sprint.map(|sprint| sprint.tickets.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn ticket(id: &str) -> Task {
    samples::task(id, "site")
}

fn after(id: &str, on: &[&str]) -> Task {
    Task { depends_on: on.iter().map(|id| samples::id(id)).collect(), ..ticket(id) }
}

fn labelled(id: &str, label: &str) -> Task {
    Task { labels: vec![Text::clipped(label)], ..ticket(id) }
}

fn running(id: &str) -> Task {
    Task { state: TaskState::InProgress, ..ticket(id) }
}

/// One host with so many slots, and these tasks.
fn world(slots: u32, tasks: impl IntoIterator<Item = Task>) -> World {
    let mut world = samples::world([("h1", slots)]);
    world.extend(tasks.into_iter().map(Resource::Task));
    world
}

fn with_sprint(mut world: World, tickets: &[&str]) -> World {
    let tickets: Vec<TaskId> = tickets.iter().map(|id| samples::id(id)).collect();
    world.apply(Resource::Sprint(samples::sprint("S-1", &tickets)));
    world
}

#[test]
fn one_begins_where_a_ticket_is_ready_and_a_slot_is_free() {
    assert_eq!(batch(&world(1, []), 9), [""; 0], "there is nothing to do");
    assert_eq!(batch(&world(1, [ticket("T-1")]), 9), ["T-1"]);
    let full = with_sprint(world(1, [running("T-1"), ticket("T-2")]), &["T-1"]);
    assert_eq!(batch(&full, 9), [""; 0], "no slot is free");
    let waits = Task { state: TaskState::Held, ..ticket("T-1") };
    assert_eq!(batch(&world(1, [waits]), 9), [""; 0], "nothing is ready");
}

#[test]
fn the_next_rolls_in_while_the_tail_of_the_last_ends_and_not_before() {
    let both = with_sprint(world(3, [running("T-1"), ticket("T-2"), ticket("T-3")]), &["T-1", "T-2"]);
    assert_eq!(batch(&both, 9), ["T-3"], "T-2 is started now, and a slot is left");
    let one_left = with_sprint(world(2, [running("T-1"), ticket("T-2"), ticket("T-3")]), &["T-1", "T-2"]);
    assert_eq!(batch(&one_left, 9), [""; 0], "T-2 has the last slot");
    let tail = with_sprint(world(2, [running("T-1"), ticket("T-3")]), &["T-1", "T-2"]);
    assert_eq!(batch(&tail, 9), ["T-3"]);
}

#[test]
fn ids_follow_from_the_highest_there_is() {
    let id = |world: &World| open_with(world, &rhythm(9)).and_then(|sprint| sprint.id).map(|id| id.to_string());
    let mut world = world(1, [ticket("T-1")]);
    assert_eq!(id(&world).as_deref(), Some("S-1"));
    for name in ["S-9", "S-10", "other"] {
        world.apply(Resource::Sprint(Sprint { state: SprintState::Closed, ..samples::sprint(name, &[]) }));
    }
    assert_eq!(id(&world).as_deref(), Some("S-11"));
}

#[test]
fn a_chain_comes_before_what_shares_a_label_and_that_before_the_rest() {
    let tasks =
        [labelled("T-1", "css"), after("T-9", &["T-1"]), after("T-8", &["T-9"]), ticket("T-2"), labelled("T-7", "css")];
    let world = world(1, tasks);
    assert_eq!(batch(&world, 9), ["T-1", "T-9", "T-8", "T-7", "T-2"]);
    assert_eq!(batch(&world, 3), ["T-1", "T-9", "T-8"]);
}

#[test]
fn what_waits_for_anything_outside_the_batch_is_left_out() {
    let tasks = [ticket("T-1"), running("T-2"), after("T-3", &["T-1", "T-2"]), after("T-4", &["T-1"])];
    let world = with_sprint(world(2, tasks), &["T-2"]);
    assert_eq!(batch(&world, 9), ["T-1", "T-4"]);
}

#[test]
fn what_was_carried_over_comes_first_a_pause_after_a_failure_and_all() {
    let carried = |id: &str| Task { sprint: Some(samples::id("S-1")), ..ticket(id) };
    let pauses = Task { not_before: Some(now().after(Duration::from_secs(60))), ..carried("T-8") };
    let mut world = world(2, [ticket("T-1"), carried("T-9"), pauses, ticket("T-2")]);
    world.apply(Resource::Sprint(Sprint { state: SprintState::Closed, ..samples::sprint("S-1", &[]) }));
    assert_eq!(batch(&world, 3), ["T-8", "T-9", "T-1"]);
    let fresh = Task { not_before: Some(now().after(Duration::from_secs(60))), ..ticket("T-3") };
    world.apply(Resource::Task(fresh));
    assert!(!batch(&world, 9).contains(&"T-3".to_owned()));
}

#[test]
fn what_runs_without_a_sprint_is_taken_into_the_next_and_is_reason_enough_for_one() {
    let world = world(1, [running("T-1"), ticket("T-2")]);
    assert_eq!(batch(&world, 9), ["T-1", "T-2"]);
    let reviewed = Task { state: TaskState::InReview, ..ticket("T-1") };
    let failed = Task {
        kind: go_bus_api::TaskKind::Review,
        state: TaskState::Failed,
        review_of: Some(samples::id("T-1")),
        ..ticket("R-1")
    };
    let mut stuck = samples::world([("h1", 1)]);
    stuck.extend([reviewed.clone(), failed].map(Resource::Task));
    assert_eq!(batch(&stuck, 9), [""; 0], "a sprint of what can't move would end at once, again and again");
    let mut moving = samples::world([("h1", 1)]);
    moving.apply(Resource::Task(reviewed));
    assert_eq!(batch(&moving, 9), ["T-1"]);
}

#[test]
fn a_window_that_is_over_holds_nothing_up() {
    let mut world = with_sprint(world(2, [ticket("T-1"), ticket("T-2")]), &["T-1"]);
    assert_eq!(batch(&world, 9), ["T-2"]);
    let over = Sprint { ends_at: now(), revision: Revision(2), ..samples::sprint("S-1", &[samples::id("T-1")]) };
    world.apply(Resource::Sprint(over.clone()));
    assert_eq!(batch(&world, 9), ["T-1", "T-2"]);
    // A clock that was set back a year lets no sprint last as long.
    let far = now().after(Duration::from_secs(365 * 24 * 3600));
    world.apply(Resource::Sprint(Sprint { ends_at: far, revision: Revision(3), ..over }));
    assert_eq!(batch(&world, 9), ["T-1", "T-2"]);
}

fn estimated(id: &str, minutes: u32, on: &[&str]) -> Task {
    Task { estimate_minutes: Some(minutes), ..after(id, on) }
}

fn minutes(world: &World, most: u32) -> Option<u64> {
    open_with(world, &rhythm(most)).map(|sprint| sprint.ends_at.since(now()).as_secs() / 60)
}

#[test]
fn the_window_is_as_long_as_the_work_on_all_slots_or_its_longest_chain() {
    let four = || (0..4).map(|n| estimated(&format!("T-{n}"), 50, &[]));
    assert_eq!(minutes(&world(2, four()), 9), Some(100));
    assert_eq!(minutes(&world(4, four()), 9), Some(60), "sprint.min at least");
    let chain = [estimated("T-1", 50, &[]), estimated("T-2", 50, &["T-1"]), estimated("T-3", 50, &["T-2"])];
    assert_eq!(minutes(&world(4, chain), 9), Some(150));
}

#[test]
fn a_batch_is_no_more_than_the_fleet_does_in_the_longest_window_but_a_ticket_for_each_slot() {
    let long = |count: usize, each: u32| (0..count).map(move |n| estimated(&format!("T-{n}"), each, &[]));
    assert_eq!(batch(&world(2, long(9, 60)), 99).len(), 6, "2 slots, 3 hours");
    assert_eq!(batch(&world(3, long(9, 600)), 99).len(), 3);
    assert_eq!(minutes(&world(3, long(9, 600)), 99), Some(180), "sprint.max at most");
    let chain = [estimated("T-1", 100, &[]), estimated("T-2", 70, &["T-1"]), estimated("T-3", 70, &["T-2"])];
    assert_eq!(batch(&world(4, chain), 9), ["T-1", "T-2"], "the third can't be done by then");
}

#[test]
fn projects_share_a_batch_by_weight_and_what_is_urgent_is_never_left_out() {
    let mut world = world(2, []);
    for (id, weight) in [("a", 3), ("b", 1)] {
        let weight = Weight::new(weight).unwrap();
        world.apply(Resource::Project(Project { weight, ..samples::project(id) }));
        world.apply(Resource::Agent(samples::po(id)));
        world.extend((0..20).map(|n| Resource::Task(samples::task(&format!("{id}-{n}"), id))));
    }
    let of = |batch: &[String], project: &str| batch.iter().filter(|id| id.starts_with(project)).count();
    let first = batch(&world, 8);
    assert_eq!((of(&first, "a"), of(&first, "b")), (6, 2), "{first:?}");
    world.apply(Resource::Task(Task { priority: Priority::P0, ..ticket("T-1") }));
    assert_eq!(batch(&world, 8).first().map(String::as_str), Some("T-1"));
}

#[test]
fn one_that_could_start_is_in_it_whatever_comes_before() {
    let pinned = |id: &str| Task { host: Some(samples::id("h1")), priority: Priority::P1, ..ticket(id) };
    let mut world = samples::world([("h1", 1), ("h2", 1)]);
    world.extend([running("T-0"), pinned("T-1"), pinned("T-2"), ticket("T-9")].map(Resource::Task));
    let kept = Task { host: Some(samples::id("h1")), revision: Revision(2), ..running("T-0") };
    world.apply(Resource::Task(kept));
    let world = with_sprint(world, &["T-0"]);
    assert_eq!(batch(&world, 2), ["T-1", "T-2", "T-9"]);
}

#[test]
fn with_a_sprint_under_way_an_urgent_ticket_joins_that_and_begins_none() {
    let urgent = Task { priority: Priority::P0, ..ticket("T-2") };
    let joins = with_sprint(world(2, [running("T-1"), urgent.clone()]), &["T-1"]);
    assert_eq!(batch(&joins, 9), [""; 0]);
    assert_eq!(crate::joiners(&joins, now()), [(samples::id("T-2"), samples::id("S-1"))]);
    let later = Task { state: TaskState::Held, ..urgent.clone() };
    assert_eq!(crate::joiners(&with_sprint(world(2, [running("T-1"), later]), &["T-1"]), now()), []);
    let alone = world(2, [urgent]);
    assert_eq!((batch(&alone, 9), crate::joiners(&alone, now())), (vec!["T-2".to_owned()], vec![]));
}
