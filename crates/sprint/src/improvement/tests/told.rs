//! What stands in the way, in a sentence and in an alert.

use go_bus_api::{Alert, AlertState, HostState, Project, ProjectState, Resource, Task, TaskState, Usd};
use go_bus_client::World;

use super::super::samples::{at, decide, policy};
use super::super::*;
use crate::limits::Limits;
use crate::samples::{self, host, id, task};

use super::{fleet, seed_sources, sentence, with};

#[test]
fn the_sentence_says_what_stands_above_the_minimum() {
    let none = policy([]);
    assert_eq!(sentence(&World::default(), &none), "0 of at least 3 work: no active host has a launcher now");
    let off = ImprovementPolicy::off();
    assert_eq!(sentence(&fleet(), &off), "0 of at least 3 work: improvement work is switched off");
    let mut busy = samples::world([("h1", 1)]);
    busy.apply(Resource::Task(Task { state: TaskState::InProgress, host: Some(id("h1")), ..task("T-1", "site") }));
    assert_eq!(sentence(&busy, &none), "1 of at least 3 work: no slot is free on h1 (1 of 1)");
    let capped = shortfall(&busy, &none, &Limits { agents_max: Some(1), ..Limits::default() }, at(0)).unwrap();
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

#[test]
fn where_accounts_rest_no_more_work_is_made_and_the_sentence_says_until_when() {
    let mut world = fleet();
    let claude =
        Project { driver: Some(DriverKind::Claude), revision: go_bus_api::Revision(2), ..samples::project("site") };
    let account = go_bus_api::Account { parked_until: Some(at(60)), ..samples::account("work", "anthropic") };
    world.extend([Resource::Project(claude), Resource::Task(task("T-1", "site")), Resource::Account(account)]);
    let short = decide(&world, &seed_sources(CommandFindings::default()), 0).unwrap();
    let until = at(60);
    assert_eq!(short.to_string(), format!("0 of at least 3 work: every account of anthropic rests until {until}"));
    assert!(short.make.is_empty());
    let later = decide(&world, &seed_sources(CommandFindings::default()), 60).unwrap();
    assert_eq!(later.to_string(), "0 of at least 3 work: T-1 starts by itself");
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
