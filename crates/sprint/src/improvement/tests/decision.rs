//! What becomes of findings.

use go_bus_api::{DriverKind, Priority, Project, ProjectState, Resource, Role, Task, TaskKind, TaskState, Text, Usd};
use go_rules::placement;

use super::super::samples::{all_become, at, created, decide, finding, made, make_all, policy};
use super::super::*;
use crate::samples::{self, host, id, task};

use ImprovementKind::{Hardening, Optimization, Tests};

use super::{fleet, sentence, with};

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
    assert_eq!(sentence(&with(task("T-1", "site")), &policy), "0 of at least 3 work: T-1 starts by itself");
    let paused = Task { not_before: Some(at(5)), failed_at: Some(at(-1)), ..task("T-1", "site") };
    assert_eq!(sentence(&with(paused), &policy), "0 of at least 3 work: T-1 starts by itself");
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
