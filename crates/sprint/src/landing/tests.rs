//! The queue of each repo, and what stops it.

use go_bus_api::{Attempt, Host, Priority, Project, Resource, Revision, TaskKind, Timestamp};

use super::*;
use crate::readiness::{Readiness, readiness};
use crate::{Limits, SeedDispatch, Turns, dispatch, samples};

const NOW: i64 = 1_000_000;

fn now() -> Timestamp {
    Timestamp::from_unix_millis(NOW)
}

/// The landing of `ticket`, approved `at` seconds after the beginning.
fn landing(ticket: &str, project: &str, at: i64) -> Task {
    Task {
        kind: TaskKind::Push,
        lands: Some(samples::id(ticket)),
        host: Some(samples::id("h1")),
        created_at: Timestamp::from_unix_millis(at * 1000),
        ..samples::task(&format!("land-{ticket}-1"), project)
    }
}

/// A host of many slots; `site` and `docs` share a repo, `app` has its own.
fn world(landings: &[Task]) -> World {
    let mut world = samples::world([("h1", 9)]);
    for (id, repo) in [("site", "/srv/one"), ("docs", "/srv/one"), ("app", "/srv/two")] {
        let project = Project { repo: Some(Text::clipped(repo)), revision: Revision(7), ..samples::project(id) };
        world.apply(Resource::Project(project));
    }
    for landing in landings {
        world.apply(Resource::Task(landing.clone()));
    }
    world
}

fn assigned(world: &World) -> Vec<String> {
    let dispatched = dispatch(world, &Limits::default(), &SeedDispatch::default(), &Turns::default(), now());
    let mut ids: Vec<_> = dispatched.assignments.iter().map(|it| it.task.to_string()).collect();
    ids.sort();
    ids
}

fn waits(world: &World, task: &Task) -> Vec<String> {
    match readiness(world, task, &Limits::default(), now()) {
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect(),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn one_lands_at_a_time_in_a_repo_that_two_projects_share() {
    let all = [landing("S-1", "site", 2), landing("D-1", "docs", 1), landing("A-1", "app", 3)];
    let mut world = world(&all);
    assert_eq!(assigned(&world), ["land-A-1-1", "land-D-1-1"], "the first of each repo");
    assert_eq!(waits(&world, &all[0]), ["lands after D-1"]);
    let begun = Task { state: TaskState::InProgress, revision: Revision(2), ..all[1].clone() };
    world.apply(Resource::Task(begun.clone()));
    assert_eq!(assigned(&world), ["land-A-1-1"]);
    assert_eq!(waits(&world, &all[0]), ["lands after D-1"]);
    world.apply(Resource::Task(Task { state: TaskState::Done, revision: Revision(3), ..begun }));
    assert_eq!(assigned(&world), ["land-A-1-1", "land-S-1-1"]);
}

#[test]
fn what_matters_more_goes_first_and_then_what_was_approved_first() {
    let urgent = Task { priority: Priority::P0, ..landing("S-3", "site", 9) };
    let all = [landing("S-1", "site", 2), landing("S-2", "site", 1), urgent];
    let world = world(&all);
    assert_eq!(assigned(&world), ["land-S-3-1"]);
    assert_eq!(waits(&world, &all[1]), ["lands after S-3"]);
    let mut world = world;
    world.apply(Resource::Task(Task { state: TaskState::Cancelled, revision: Revision(2), ..all[2].clone() }));
    assert_eq!(assigned(&world), ["land-S-2-1"]);
}

#[test]
fn one_that_is_held_up_holds_nobody_up() {
    let pausing = Task {
        not_before: Some(Timestamp::from_unix_millis(NOW + 60_000)),
        failed_at: Some(Timestamp::from_unix_millis(NOW - 1)),
        ..landing("S-1", "site", 1)
    };
    let elsewhere = Task { host: Some(samples::id("h2")), ..landing("S-2", "site", 2) };
    let held = Task { state: TaskState::Held, ..landing("S-3", "site", 3) };
    let mut world = world(&[pausing.clone(), elsewhere.clone(), held, landing("S-4", "site", 4)]);
    let away = Host { launcher: None, ..samples::host("h2", 4) };
    world.apply(Resource::Host(away));
    assert_eq!(assigned(&world), ["land-S-4-1"]);
    assert_eq!(waits(&world, &elsewhere), ["host h2 has no launcher now", "no HO of host h2 is alive yet"]);
}

#[test]
fn nothing_lands_while_the_integration_test_is_red_but_what_mends_it() {
    let mend = landing("fix-integration-5", "site", 5);
    let all = [landing("S-1", "site", 1), mend];
    let mut world = world(&all);
    let run = samples::task("integration-5", "site");
    let red = Task { kind: TaskKind::IntegrationTest, state: TaskState::Failed, attempt: Attempt(1), ..run };
    world.apply(Resource::Task(red));
    assert_eq!(assigned(&world), ["land-fix-integration-5-1"]);
    assert_eq!(waits(&world, &all[0])[0], "landing stops: integration-5 is red");
}

#[test]
fn a_landing_comes_before_what_has_not_begun() {
    let mut world = samples::world([("h1", 1)]);
    let project = Project { repo: Some(Text::clipped("/srv/one")), revision: Revision(7), ..samples::project("site") };
    world.apply(Resource::Project(project));
    world.apply(Resource::Task(samples::task("S-9", "site")));
    samples::enrol(&mut world);
    world.apply(Resource::Task(landing("S-1", "site", 1)));
    assert_eq!(assigned(&world), ["land-S-1-1"]);
}
