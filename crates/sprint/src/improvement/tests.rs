//! What becomes of findings, what stands in the way, and who hears of it.

use std::collections::BTreeMap;

use go_bus_api::{
    Alert, AlertState, DriverKind, HostState, Priority, Project, ProjectState, Resource, Role, Task, TaskKind,
    TaskState, Text, Usd,
};
use go_bus_client::World;
use go_rules::placement;

use super::samples::{all_become, at, created, decide, finding, made, make_all, policy};
use super::*;
use crate::limits::Limits;
use crate::samples::{self, host, id, task};

use ImprovementKind::{Hardening, Optimization, Tests};

fn fleet() -> World {
    samples::world([("h1", 4)])
}

fn with(task: Task) -> World {
    let mut world = fleet();
    world.apply(Resource::Task(task));
    world
}

fn sentence(world: &World, policy: &ImprovementPolicy) -> String {
    decide(world, policy, 0).map(|short| short.to_string()).unwrap_or_default()
}

#[test]
fn a_finding_becomes_one_task_of_the_lowest_priority() {
    let (mut world, policy) = (fleet(), policy([finding(Tests, "lint")]));
    let short = decide(&world, &policy, 0).unwrap();
    let [new] = short.make.as_slice() else { panic!("{short}") };
    assert_eq!((new.kind, new.priority, new.state), (TaskKind::Improvement, Priority::P3, TaskState::Pending));
    assert_eq!((new.max_attempts, new.verify.len(), new.role), (1, 1, None));
    assert_eq!(new.id.as_ref().unwrap().as_str(), format!("improve-site-tests-{}-1", Fingerprint::of(&["lint"])));
    make_all(&mut world, &policy, 0);
    assert_eq!(made(&world, &policy, 0), [""; 0], "it is about to start");
    all_become(&mut world, TaskState::InProgress, None, 0);
    assert_eq!(made(&world, &policy, 0), [""; 0], "it is open");
}

#[test]
fn nothing_is_made_while_enough_work_or_a_ticket_can_start() {
    let policy = policy([finding(Tests, "lint")]);
    let mut busy = fleet();
    for name in ["T-1", "T-2", "T-3"] {
        busy.apply(Resource::Task(Task { state: TaskState::InProgress, ..task(name, "site") }));
    }
    assert_eq!(decide(&busy, &policy, 0), None);
    assert_eq!(sentence(&with(task("T-1", "site")), &policy), "0 of at least 3 work: T-1 is about to start");
    let paused = Task { not_before: Some(at(5)), failed_at: Some(at(-1)), ..task("T-1", "site") };
    assert_eq!(sentence(&with(paused), &policy), "0 of at least 3 work: T-1 is about to start");
    let sent_back = Task { state: TaskState::ChangesRequested, ..task("T-1", "site") };
    assert!(made(&with(sent_back), &policy, 0).is_empty());
}

#[test]
fn what_can_not_start_holds_no_improvement_up() {
    let policy = policy([finding(Tests, "lint")]);
    for state in [TaskState::Held, TaskState::Blocked, TaskState::Waiting, TaskState::Failed] {
        assert_eq!(made(&with(Task { state, ..task("T-1", "site") }), &policy, 0).len(), 1, "{state:?}");
    }
    let mut away = with(Task { host: Some(id("h2")), ..task("T-1", "site") });
    away.apply(Resource::Host(go_bus_api::Host { launcher: None, ..host("h2", 1) }));
    assert_eq!(made(&away, &policy, 0).len(), 1, "its host's launcher is away");
    let mut world = with(Task { state: TaskState::InProgress, ..task("T-1", "site") });
    world.apply(Resource::Task(Task { depends_on: vec![id("T-1")], ..task("T-2", "site") }));
    assert_eq!(made(&world, &policy, 0).len(), 1, "T-2 waits for T-1");
    let theirs = Task { kind: TaskKind::Rotation, ..task("rotate-1", "site") };
    assert!(!placement::takes_slot(&theirs) && made(&with(theirs), &policy, 0).len() == 1);
}

#[test]
fn a_finding_is_mended_once_and_one_that_recurs_after_a_rest() {
    let once = policy([finding(Tests, "lint")]);
    let often = policy([Finding { recurs: true, ..finding(Tests, "lint") }]);
    for (policy, again) in [(&once, 0), (&often, 1)] {
        let mut world = fleet();
        make_all(&mut world, policy, 0);
        all_become(&mut world, TaskState::Done, Some("two tests (1 verification passed)"), 1);
        assert_eq!(made(&world, policy, 10), [""; 0]);
        let later = made(&world, policy, 11);
        assert!(later.len() == again && later.iter().all(|id| id.ends_with("-2")), "{later:?}");
    }
}

#[test]
fn what_came_to_nothing_rests_longer_each_time_until_something_is_mended() {
    let policy = policy([Finding { recurs: true, ..finding(Tests, "lint") }]);
    let mut world = fleet();
    let mut minute = 0;
    let vain = [
        (TaskState::Failed, None, 10),
        (TaskState::Cancelled, None, 20),
        (TaskState::Done, Some("nothing to improve (1 verification passed)"), 40),
        (TaskState::Done, Some("mended"), 10),
        (TaskState::Failed, None, 10),
    ];
    for (state, result, rest) in vain {
        make_all(&mut world, &policy, minute);
        all_become(&mut world, state, result, minute);
        assert_eq!(made(&world, &policy, minute + rest - 1), [""; 0], "{state:?}");
        minute += rest;
        assert_eq!(made(&world, &policy, minute).len(), 1, "{state:?}");
    }
}

#[test]
fn one_kind_that_rests_leaves_the_others_at_work_and_says_until_when() {
    let policy = policy([finding(Tests, "lint"), finding(Tests, "other"), finding(Hardening, "scan")]);
    let mut world = fleet();
    let first = decide(&world, &policy, 0).unwrap().make;
    world.apply(Resource::Task(created(&first[0], at(0))));
    all_become(&mut world, TaskState::Failed, None, 0);
    let short = decide(&world, &policy, 1).unwrap();
    assert_eq!(short.make.len(), 1, "{short}");
    assert_eq!(short.to_string(), format!("0 of at least 3 work: tests of site rest until {}", at(10)));
    assert_eq!(short.next_wake(&world, &policy.settings, at(1)), Some(at(10)));
}

#[test]
fn as_many_are_made_as_are_missing_and_the_limits_allow() {
    let names = ["a", "b", "c", "d", "e"];
    let mut policy = policy(names.map(|name| finding(Tests, name)));
    assert_eq!(made(&fleet(), &policy, 0).len(), 3, "agents.min");
    assert_eq!(made(&samples::world([("h1", 2)]), &policy, 0).len(), 2, "slots");
    policy.settings.max_open = 1;
    let mut world = fleet();
    make_all(&mut world, &policy, 0);
    all_become(&mut world, TaskState::InProgress, None, 0);
    assert_eq!(sentence(&world, &policy), "1 of at least 3 work: limit improvement.max_open: 1 of 1 are open");
    (policy.settings.max_open, policy.settings.per_day) = (9, 2);
    assert_eq!(made(&world, &policy, 0).len(), 1);
    make_all(&mut world, &policy, 0);
    all_become(&mut world, TaskState::Done, Some("mended"), 60);
    let told = decide(&world, &policy, 24 * 60 - 1).unwrap().to_string();
    assert_eq!(told, "0 of at least 3 work: limit improvement.per_day: 2 of 2 were made within a day");
    assert_eq!(made(&world, &policy, 24 * 60).len(), 2);
}

#[test]
fn what_no_check_can_tell_or_nobody_can_build_is_not_made() {
    let blind = Finding { verify: vec![], ..finding(Tests, "blind") };
    let blank = Finding { verify: vec![Text::clipped(" ")], ..finding(Tests, "blank") };
    let prose = Finding { run: None, ..finding(Tests, "prose") };
    let unwanted = finding(Optimization, "slow");
    let mut policy = policy([blind, blank, prose, unwanted]);
    policy.settings.kinds = vec![Tests];
    assert_eq!(sentence(&fleet(), &policy), "0 of at least 3 work: nothing to improve is known in site");
    policy.settings.driver = DriverKind::Claude;
    let [new] = &decide(&fleet(), &policy, 0).unwrap().make[..] else { panic!("prose is an agent's") };
    assert_eq!((new.title.as_str(), new.role), ("prose", Some(Role::Specialist)));
}

#[test]
fn projects_take_turns_and_those_that_may_not_cost_or_are_not_active_get_none() {
    let known =
        ["docs", "site"].into_iter().flat_map(|project| ["a", "b", "c"].map(|name| (project, finding(Tests, name))));
    let known = known.fold(KnownFindings::default(), |known, (project, finding)| known.with(id(project), finding));
    let policy = ImprovementPolicy { sources: vec![std::sync::Arc::new(known)], ..policy([]) };
    let urgent = Project { priority: Priority::P1, ..samples::project("docs") };
    let projects = |docs: Project| {
        let mut world = fleet();
        world.apply(Resource::Project(docs));
        made(&world, &policy, 0).iter().map(|id| id.split('-').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(projects(urgent.clone()), ["docs", "site", "docs"]);
    assert_eq!(projects(Project { state: ProjectState::Paused, ..urgent.clone() }), ["site"; 3]);
    assert_eq!(projects(Project { budget_usd: Some(Usd::ZERO), ..urgent }), ["site"; 3]);
}

#[test]
fn the_sentence_says_what_stands_above_the_minimum() {
    let none = policy([]);
    assert_eq!(sentence(&World::default(), &none), "0 of at least 3 work: no active host has a launcher now");
    let off = ImprovementPolicy::off();
    assert_eq!(sentence(&fleet(), &off), "0 of at least 3 work: improvement work is switched off");
    let mut busy = samples::world([("h1", 1)]);
    busy.apply(Resource::Task(Task { state: TaskState::InProgress, host: Some(id("h1")), ..task("T-1", "site") }));
    assert_eq!(sentence(&busy, &none), "1 of at least 3 work: no slot is free on h1 (1 of 1)");
    let capped = shortfall(&busy, &none, &Limits { agents_max: Some(1) }, at(0)).unwrap();
    assert_eq!(capped.to_string(), "1 of at least 3 work: cap agents.max: 1 of 1 at work");
    let mut paused = fleet();
    paused.apply(Resource::Project(Project {
        state: ProjectState::Paused,
        revision: go_bus_api::Revision(2),
        ..samples::project("site")
    }));
    assert_eq!(sentence(&paused, &none), "0 of at least 3 work: no project is active");
    let poor = Project { budget_usd: Some(Usd::ZERO), revision: go_bus_api::Revision(2), ..samples::project("site") };
    let mut broke = fleet();
    broke.apply(Resource::Project(poor));
    assert_eq!(sentence(&broke, &none), "0 of at least 3 work: the budget of site is 0");
}

fn commands(run: Option<&str>) -> CommandFindings {
    let find = Text::clipped("make lint");
    CommandFindings::new(BTreeMap::from([(Tests, ImprovementCommands { find, run: run.map(Text::clipped) })]))
}

fn seed_sources(commands: CommandFindings) -> ImprovementPolicy {
    let sources: Vec<std::sync::Arc<dyn ImprovementSource>> = vec![
        std::sync::Arc::new(commands),
        std::sync::Arc::new(FailedChecks),
        std::sync::Arc::new(MissingRegressionTests),
    ];
    ImprovementPolicy { sources, ..policy([]) }
}

#[test]
fn a_shell_without_commands_is_alerted_once_and_not_at_once() {
    let (mut world, policy) = (fleet(), seed_sources(CommandFindings::default()));
    let at_minute = |world: &World, minute| {
        let short = decide(world, &policy, minute).unwrap();
        (short.alert(world, &policy.settings, at(minute)), short)
    };
    world.apply(Resource::Task(Task { state: TaskState::Done, finished_at: Some(at(0)), ..task("T-1", "site") }));
    let (early, short) = at_minute(&world, 0);
    assert_eq!((early, short.next_wake(&world, &policy.settings, at(0))), (None, Some(at(1))));
    let alert = at_minute(&world, 1).0.unwrap();
    assert_eq!(alert.title.as_str(), "0 of at least 3 agents work, and there is no work for more");
    let reason = "- improvement of site lacks the settings `improvement.find` and `improvement.run` or a driver that reads what is to be done\n";
    assert!(alert.detail.as_str().starts_with(reason), "{}", alert.detail);
    let mut raised: Alert = serde_json::from_value(serde_json::json!({
        "id": "alert-1", "level": "L2", "title": "t", "project": null, "state": "open", "raised_at": at(1),
        "acknowledged_by": null, "dedupe_key": alert.dedupe_key, "revision": 1,
    }))
    .unwrap();
    world.apply(Resource::Alert(raised.clone()));
    assert_eq!(at_minute(&world, 99_999).0, None, "it is open");
    (raised.state, raised.revision) = (AlertState::Acknowledged, raised.revision.next());
    world.apply(Resource::Alert(raised));
    assert_eq!(at_minute(&world, 24 * 60).0, None, "somebody took note");
    assert!(at_minute(&world, 24 * 60 + 1).0.is_some(), "that was a day ago");
}

#[test]
fn no_alert_while_work_is_on_its_way_or_a_person_has_decided_so() {
    let policy = seed_sources(CommandFindings::default());
    let alert = |world: &World, policy: &ImprovementPolicy| {
        decide(world, policy, 999).and_then(|short| short.alert(world, &policy.settings, at(999)))
    };
    assert!(alert(&fleet(), &policy).is_some());
    assert_eq!(alert(&fleet(), &ImprovementPolicy::off()), None);
    assert_eq!(alert(&World::default(), &policy), None);
    let mut waits = with(Task { state: TaskState::InProgress, ..task("T-1", "site") });
    assert!(alert(&waits, &policy).is_some());
    waits.apply(Resource::Task(Task { depends_on: vec![id("T-1")], ..task("T-2", "site") }));
    assert_eq!(alert(&waits, &policy), None);
    assert!(
        decide(&waits, &policy, 0)
            .unwrap()
            .to_string()
            .starts_with("1 of at least 3 work: others wait for T-1; improvement")
    );
    let mut drained = fleet();
    let draining = go_bus_api::Host { state: HostState::Draining, revision: go_bus_api::Revision(2), ..host("h1", 4) };
    drained.apply(Resource::Host(draining));
    assert_eq!(alert(&drained, &policy), None);
}

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
