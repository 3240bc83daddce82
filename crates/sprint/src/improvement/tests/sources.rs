//! Where findings come from.

use go_bus_api::{DriverKind, Resource, Task, TaskKind, TaskState, Text};
use go_bus_client::World;

use super::super::samples::finding;
use super::super::*;
use crate::samples::{self, id, task};

use ImprovementKind::Tests;

use super::{commands, fleet, with};

fn conforms(source: &dyn ImprovementSource, world: &World, driver: DriverKind) -> Vec<Finding> {
    let project = samples::project("site");
    let subject = Subject { world, project: &project, driver };
    assert_eq!(conformance::run(source, &subject), Vec::<String>::new());
    source.findings(&subject)
}

#[test]
fn a_shell_looks_first_then_improves_and_agents_are_told_how_to_look() {
    let both = commands(Some("make fix # all of it"));
    let [shell] = &conforms(&both, &fleet(), DriverKind::Shell)[..] else { panic!("one") };
    let run = shell.run.as_ref().unwrap().as_str();
    assert!(run.find("make lint").unwrap() < run.find("make fix").unwrap(), "{run}");
    assert_eq!((shell.verify[0].as_str(), shell.recurs), ("make lint", true));
    let [agent] = &conforms(&both, &fleet(), DriverKind::Claude)[..] else { panic!("one") };
    assert!(agent.run.is_none() && agent.description.as_str().contains("make lint"));
    let find_only = commands(None);
    assert!(conforms(&find_only, &fleet(), DriverKind::Shell).is_empty());
    assert_eq!(conforms(&find_only, &fleet(), DriverKind::Codex).len(), 1);
}

#[test]
fn a_ticket_that_was_given_up_with_a_red_check_is_an_agent_s_finding() {
    let error = Some(Text::clipped("verification `make test` exited 2\nno such page"));
    let failed =
        Task { state: TaskState::Failed, error, verify: vec![Text::clipped("make test")], ..task("T-1", "site") };
    let mut world = with(failed.clone());
    world.apply(Resource::Task(Task { error: Some(Text::clipped("exited 1")), ..Task { id: id("T-2"), ..failed } }));
    let [found] = &conforms(&FailedChecks, &world, DriverKind::Claude)[..] else { panic!("T-1 alone") };
    assert_eq!((found.verify[0].as_str(), found.recurs), ("make test", false));
    assert!(found.description.as_str().contains("no such page"));
    assert!(conforms(&FailedChecks, &world, DriverKind::Shell).is_empty());
}

#[test]
fn a_red_integration_run_that_was_mended_lacks_a_test() {
    let run = Task { kind: TaskKind::IntegrationTest, state: TaskState::Failed, ..task("integration-5", "site") };
    let mut world = with(run);
    let fix =
        |state, revision| Task { state, revision: go_bus_api::Revision(revision), ..task("fix-integration-5", "site") };
    world.apply(Resource::Task(fix(TaskState::InProgress, 1)));
    assert!(conforms(&MissingRegressionTests, &world, DriverKind::Claude).is_empty());
    world.apply(Resource::Task(fix(TaskState::Done, 2)));
    let [found] = &conforms(&MissingRegressionTests, &world, DriverKind::Claude)[..] else { panic!("one") };
    assert_eq!(found.verify[0].as_str(), "git grep -qIF -e 'regression test of integration-5'");
    assert!(!found.title.as_str().contains("regression test of"), "its own title must not make the check pass");
    assert!(conforms(&MissingRegressionTests, &world, DriverKind::Shell).is_empty());
}

/// Breaks what a source has to hold to.
#[derive(Debug)]
struct Careless;

impl ImprovementSource for Careless {
    fn findings(&self, _: &Subject<'_>) -> Vec<Finding> {
        let blind = Finding { verify: vec![], description: Text::default(), run: None, ..finding(Tests, "same") };
        vec![blind, Finding { title: Text::clipped(" "), ..finding(Tests, "same") }]
    }

    fn lacks(&self, _: &Subject<'_>) -> Option<String> {
        Some("care".to_owned())
    }
}

#[test]
fn the_suite_catches_every_carelessness() {
    let (world, project) = (fleet(), samples::project("site"));
    let broken = conformance::run(&Careless, &Subject { world: &world, project: &project, driver: DriverKind::Shell });
    for part in
        ["no title", "does not say what", "nothing tells when", "nothing to run", "its fingerprint", "lacks something"]
    {
        assert!(broken.iter().any(|what| what.contains(part)), "{part}: {broken:?}");
    }
}
