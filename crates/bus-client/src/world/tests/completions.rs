//! Completions are counted once each, and runs of the integration test are known by how far they went.

use go_bus_api::{Resource, TaskId};
use serde_json::{Value, json};

use super::task;
use crate::World;

fn put(world: &mut World, id: &str, revision: u64, more: Value) {
    assert!(world.apply(Resource::Task(task(id, revision, more))), "{id} at {revision}");
}

fn done(world: &mut World, id: &str, second: u32) {
    let at = format!("2026-03-21T09:00:{second:02}.000Z");
    put(world, id, 2, json!({"state": "done", "attempt": 1, "finished_at": at}));
}

fn run(world: &mut World, number: u64, revision: u64, more: Value) {
    let mut fields = json!({"kind": "integration_test"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    put(world, &format!("integration-{number}"), revision, fields);
}

fn latest(world: &World) -> Vec<&str> {
    world.latest_completions().map(TaskId::as_str).collect()
}

fn red(world: &World) -> Option<&str> {
    world.red_run().map(|run| run.id.as_str())
}

#[test]
fn a_completion_counts_once_however_often_it_is_heard_of() {
    let mut world = World::default();
    for (id, second) in [("T-2", 2), ("T-1", 1), ("T-3", 3)] {
        put(&mut world, id, 1, json!({"state": "in_progress", "attempt": 1}));
        done(&mut world, id, second);
    }
    put(
        &mut world,
        "T-1",
        3,
        json!({"state": "done", "attempt": 1, "title": "renamed", "finished_at": "2026-03-21T09:00:01.000Z"}),
    );
    put(&mut world, "T-0", 1, json!({"state": "done", "attempt": 0}));
    put(&mut world, "R-1", 1, json!({"state": "done", "attempt": 1, "kind": "review"}));
    put(&mut world, "T-9", 1, json!({"state": "cancelled", "attempt": 1}));
    assert_eq!(world.completions(), 3);
    assert_eq!(latest(&world), ["T-3", "T-2", "T-1"]);
}

#[test]
fn of_many_completions_the_last_are_known_by_name() {
    let mut world = World::default();
    for n in 0..250_u32 {
        let at = format!("2026-03-21T09:{:02}:{:02}.000Z", n / 60, n % 60);
        put(&mut world, &format!("T-{n}"), 1, json!({"state": "done", "attempt": 1, "finished_at": at}));
    }
    let names = latest(&world);
    assert_eq!((world.completions(), names.len()), (250, World::COMPLETIONS_KEPT));
    assert_eq!((names.first().copied(), names.last().copied()), (Some("T-249"), Some("T-150")));
}

#[test]
fn a_run_is_green_red_or_neither_and_the_later_one_counts() {
    let mut world = World::default();
    run(&mut world, 5, 1, json!({"state": "pending"}));
    assert_eq!((world.covered_completions(), world.integration_tests().count(), red(&world)), (5, 1, None));
    run(&mut world, 5, 2, json!({"state": "failed", "attempt": 2}));
    run(&mut world, 10, 1, json!({"state": "failed", "attempt": 2, "labels": ["covers:12"]}));
    assert_eq!((world.covered_completions(), red(&world), world.green_completions()), (12, Some("integration-10"), 0));
    run(&mut world, 15, 1, json!({"state": "in_progress", "attempt": 1}));
    assert_eq!((world.covered_completions(), red(&world)), (15, Some("integration-10")), "it has not ended yet");
    assert_eq!(world.covered_without(&TaskId::new("integration-15").unwrap()), 12);
    run(&mut world, 15, 2, json!({"state": "done", "attempt": 1, "result": "all well"}));
    assert_eq!((world.covered_completions(), red(&world), world.green_completions()), (15, None, 15));
}

#[test]
fn a_failed_run_that_is_tried_again_is_red_no_more_but_proves_nothing_until_it_is_green() {
    let mut world = World::default();
    let unproven = |world: &World| world.unproven_run().map(|run| run.id.to_string());
    let five = Some("integration-5".to_owned());
    run(&mut world, 5, 1, json!({"state": "failed", "attempt": 2}));
    assert_eq!(unproven(&world), five);
    run(&mut world, 5, 2, json!({"state": "pending", "attempt": 2}));
    assert_eq!((red(&world), unproven(&world)), (None, five));
    run(&mut world, 5, 3, json!({"state": "cancelled", "attempt": 2}));
    assert_eq!((world.covered_completions(), world.green_completions(), red(&world)), (5, 0, None));
    assert_eq!(unproven(&world), None);
    run(&mut world, 10, 1, json!({"state": "in_progress", "attempt": 1}));
    assert_eq!(unproven(&world), None, "a first attempt holds nothing up");
}

#[test]
fn a_skipped_run_is_not_green_and_is_known_until_a_later_one_was_run() {
    let mut world = World::default();
    run(&mut world, 5, 1, json!({"state": "done", "attempt": 1, "result": "skipped: it is not there"}));
    run(&mut world, 10, 1, json!({"state": "done", "attempt": 1, "result": "skipped: it is not there"}));
    let skipped = |world: &World| world.skipped_run().map(|(covered, id)| (covered, id.to_string()));
    assert_eq!((skipped(&world), world.green_completions()), (Some((10, "integration-10".to_owned())), 0));
    run(&mut world, 15, 1, json!({"state": "failed", "attempt": 2}));
    assert_eq!((skipped(&world), red(&world)), (None, Some("integration-15")));
    run(&mut world, 20, 1, json!({"state": "done", "attempt": 1, "result": "skipped: it is not there"}));
    assert_eq!((skipped(&world).map(|(covered, _)| covered), red(&world)), (Some(20), Some("integration-15")));
}
