//! A landing whose host is gone.

use go_bus_api::{Alert, Landing, Resource, Revision};
use serde_json::json;

use super::*;
use crate::samples;

const GONE: i64 = 1_774_000_000_000;

/// So many seconds after the host was last heard of.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_millis(GONE + seconds * 1000)
}

fn host(id: &str, launcher: bool) -> Resource {
    let host = samples::host(id, 2);
    let launcher = host.launcher.clone().filter(|_| launcher);
    Resource::Host(Host { launcher, last_heartbeat: Some(at(0)), ..host })
}

fn landing(pushed: bool) -> [Resource; 2] {
    let commit = Text::clipped("c0ffee0");
    let landing = Landing { host: samples::id("h1"), base: commit.clone(), commit, summary: None, pushed };
    let push = Task {
        kind: TaskKind::Push,
        lands: Some(samples::id("T-1")),
        host: Some(samples::id("h1")),
        created_at: at(-60),
        ..samples::task("land-T-1-1", "site")
    };
    let landing_task = Some(push.id.clone());
    let ticket =
        Task { state: TaskState::InReview, landing: Some(landing), landing_task, ..samples::task("T-1", "site") };
    [Resource::Task(ticket), Resource::Task(push)]
}

fn world(hosts: &[Resource], pushed: bool) -> World {
    let mut world = samples::world([]);
    for resource in hosts.iter().chain(&landing(pushed)) {
        world.apply(resource.clone());
    }
    world
}

fn moved(world: &World, now: i64) -> Vec<String> {
    moves(world, at(now)).into_iter().map(|(push, host)| format!("{push} to {host}")).collect()
}

fn told(world: &World, now: i64) -> Vec<String> {
    stranded(world, at(now)).into_iter().map(|alert| format!("{:?} {}", alert.level, alert.title)).collect()
}

fn words(world: &World, now: i64) -> Option<String> {
    pinned_in_words(world, world.task(&samples::id("land-T-1-1")).unwrap(), at(now))
}

#[test]
fn a_landing_that_the_upstream_has_moves_to_a_host_that_is_there_once_its_own_is_long_away() {
    let hosts = [host("h1", false), host("h2", true), host("h3", false)];
    let world = world(&hosts, true);
    assert_eq!((moved(&world, 599), next_look(&world, at(599))), (vec![], Some(at(600))));
    assert_eq!((moved(&world, 600), next_look(&world, at(600))), (vec!["land-T-1-1 to h2".to_owned()], None));
    assert_eq!(told(&world, 10_000), Vec::<String>::new(), "nobody has to do anything");
    assert_eq!(words(&world, 1), Some(format!("it moves to h2 at {}", at(600))));
}

#[test]
fn nothing_moves_that_one_host_alone_has_and_people_are_told_what_to_do() {
    let world = world(&[host("h1", false), host("h2", true)], false);
    assert_eq!((moved(&world, 600), told(&world, 599)), (vec![], vec![]));
    assert_eq!(told(&world, 600), [format!("L4 T-1 can't land: host h1 is away since {}", at(0))]);
    let advice = words(&world, 600).unwrap();
    for part in ["on h1 alone", "`go launcher --host h1`", "`go task hold T-1` and then `go task retry T-1`"] {
        assert!(advice.contains(part), "{part} is missing in {advice}");
    }
}

#[test]
fn a_host_that_is_there_keeps_its_landing_and_one_that_is_drained_or_unused_gives_it_away_at_once() {
    let here = world(&[host("h1", true), host("h2", true)], true);
    assert_eq!((moved(&here, 9999), told(&here, 9999), words(&here, 9999)), (vec![], vec![], None));
    for (state, is_told) in [(HostState::Draining, 0), (HostState::Inactive, 1)] {
        let Resource::Host(first) = host("h1", true) else { unreachable!() };
        let first = Resource::Host(Host { state, ..first });
        assert_eq!(moved(&world(&[first.clone(), host("h2", true)], true), 0), ["land-T-1-1 to h2"], "{state:?}");
        let alone = world(&[first, host("h2", true)], false);
        assert_eq!((moved(&alone, 9999).len(), told(&alone, 9999).len()), (0, is_told), "{state:?}");
    }
}

#[test]
fn people_are_told_once_for_each_time_that_the_host_is_away() {
    let mut world = world(&[host("h1", false)], true);
    assert!(words(&world, 600).unwrap().contains("no other host is there"), "{:?}", words(&world, 600));
    let raised = |id: &str, at: Timestamp, state: &str| -> Resource {
        let key = waits_for_host(&samples::id("land-T-1-1"));
        let alert: Alert = serde_json::from_value(json!({
            "id": id, "level": "L4", "title": "t", "detail": "", "project": null, "state": state, "raised_at": at,
            "acknowledged_by": null, "dedupe_key": key, "revision": 1,
        }))
        .unwrap();
        Resource::Alert(alert)
    };
    world.apply(raised("al-1", at(-7200), "acknowledged"));
    assert_eq!(told(&world, 600).len(), 1, "that was another time");
    world.apply(raised("al-2", at(600), "open"));
    assert_eq!(told(&world, 601), Vec::<String>::new());
    world.apply(raised("al-3", at(700), "acknowledged"));
    assert_eq!(told(&world, 9999), Vec::<String>::new(), "somebody knows");
}

#[test]
fn a_push_of_nothing_delivered_waits_and_is_told_too() {
    let mut world = world(&[host("h1", false), host("h2", true)], true);
    let (host, created_at) = (Some(samples::id("h1")), at(-60));
    let push = Task { kind: TaskKind::Push, host, created_at, ..samples::task("push-1", "site") };
    let Resource::Task(landing) = landing(true)[1].clone() else { unreachable!() };
    world.apply(Resource::Task(Task { state: TaskState::Cancelled, revision: Revision(2), ..landing }));
    world.apply(Resource::Task(push));
    assert_eq!(moved(&world, 600), Vec::<String>::new());
    assert_eq!(told(&world, 600), [format!("L4 push-1 can't start: host h1 is away since {}", at(0))]);
}
