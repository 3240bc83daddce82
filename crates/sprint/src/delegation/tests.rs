//! What only the Mac offers goes to the Mac, one at a time, and waits while it sleeps.

use std::collections::BTreeMap;

use go_bus_api::{AgentState, Attempt, Host, Millis, Priority, Resource, Revision, Role};

use super::*;
use crate::{Answerer, Limits, Outlook, Readiness, answerer, readiness, samples};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_800_000_000_000 + seconds * 1000)
}

fn m0() -> Agent {
    Agent { last_heartbeat: Some(at(0)), ..samples::agent("m0", Role::M0) }
}

fn asking(id: &str, wanted: &[&str]) -> Task {
    Task { capabilities: wanted.iter().map(|name| Text::clipped(name)).collect(), ..samples::task(id, "site") }
}

fn in_hand(id: &str) -> Task {
    let deadline_ms = Some(Millis(60_000));
    let (state, assignee, assigned_at) = (TaskState::InProgress, Some(AgentId::m0()), Some(at(0)));
    Task { state, assignee, assigned_at, deadline_ms, attempt: Attempt(1), ..asking(id, &["browser"]) }
}

/// A fleet of one host with M0 and these tasks.
fn world(m0: Agent, tasks: impl IntoIterator<Item = Task>) -> World {
    let mut world = samples::world([("h1", 1)]);
    world.apply(Resource::Agent(m0));
    world.extend(tasks.into_iter().map(Resource::Task));
    world
}

fn labelled(id: &str, label: &str) -> Host {
    Host {
        labels: BTreeMap::from([(Text::clipped(label), Text::clipped("yes"))]),
        revision: Revision(2),
        ..samples::host(id, 1)
    }
}

fn given(world: &World) -> Option<String> {
    delegation(world, at(10)).map(|given| format!("{} to {}", given.task, given.assignee))
}

fn words(world: &World, task: &str) -> Vec<String> {
    let task = world.task(&samples::id(task)).unwrap();
    match readiness(world, task, &Limits::default(), at(10)) {
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect(),
        Readiness::Ready => vec![],
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn what_no_host_offers_and_m0_does_is_m0_s() {
    for wanted in [&["browser"][..], &["obsidian"], &["gpu"], &["gpu", "browser"]] {
        let world = world(m0(), [asking("T-1", wanted)]);
        assert_eq!(given(&world).as_deref(), Some("T-1 to m0"), "{wanted:?}");
        assert_eq!(words(&world, "T-1"), Vec::<String>::new());
    }
    assert_eq!(given(&world(m0(), [asking("T-1", &[])])), None);
    let neither = world(m0(), [asking("T-1", &["browser", "lidar"])]);
    assert_eq!(given(&neither), None);
    assert_eq!(words(&neither, "T-1").len(), 1, "the capability that nobody has");
}

#[test]
fn a_host_that_offers_it_comes_first_though_its_launcher_is_away() {
    let mut world = world(m0(), [asking("T-1", &["gpu"])]);
    let away = Host { launcher: None, ..labelled("h1", "gpu") };
    world.apply(Resource::Host(away));
    assert_eq!(given(&world), None);
    world.apply(Resource::Host(Host { state: HostState::Inactive, revision: Revision(3), ..labelled("h1", "gpu") }));
    assert_eq!(given(&world).as_deref(), Some("T-1 to m0"));
    let named = Task { host: Some(samples::id("h1")), revision: Revision(2), ..asking("T-1", &["gpu"]) };
    world.apply(Resource::Task(named));
    assert_eq!(given(&world), None, "it names its host");
}

#[test]
fn m0_says_what_it_offers() {
    let only = |name: &str| Agent { capabilities: vec![Text::clipped(name)], ..m0() };
    assert_eq!(given(&world(only("lidar"), [asking("T-1", &["lidar"])])).as_deref(), Some("T-1 to m0"));
    assert_eq!(given(&world(only("lidar"), [asking("T-1", &["browser"])])), None);
}

#[test]
fn reviews_and_host_work_are_never_m0_s() {
    for kind in [TaskKind::Review, TaskKind::Push, TaskKind::IntegrationTest, TaskKind::Rotation] {
        let task = Task { kind, ..asking("T-1", &["browser"]) };
        assert_eq!(given(&world(m0(), [task])), None, "{kind:?}");
    }
    for kind in [TaskKind::Ticket, TaskKind::Improvement, TaskKind::Delegation] {
        let task = Task { kind, ..asking("T-1", &["browser"]) };
        let world = world(m0(), [task.clone()]);
        assert!(matches!(answerer(&world, &task), Answerer::Agent(agent) if agent.id == AgentId::m0()), "{kind:?}");
    }
}

#[test]
fn it_gets_one_at_a_time_the_most_urgent_first_and_takes_no_slot_for_it() {
    let urgent = Task { priority: Priority::P0, ..asking("T-9", &["gpu"]) };
    let mut world = world(m0(), [asking("T-1", &["gpu"]), urgent]);
    assert_eq!(given(&world).as_deref(), Some("T-9 to m0"));
    world.apply(Resource::Task(Task { revision: Revision(2), ..in_hand("T-9") }));
    assert_eq!(given(&world), None);
    assert_eq!(words(&world, "T-1"), ["only M0 offers what it needs, and M0 is at work on T-9"]);
    world.apply(Resource::Task(samples::task("T-2", "site")));
    assert_eq!(words(&world, "T-2"), ["it waits for the next sprint"], "the only slot is free");
}

#[test]
fn while_m0_sleeps_its_tickets_wait_and_say_so() {
    let never = Agent { last_heartbeat: None, ..m0() };
    let lost = Agent { state: AgentState::Lost, ..m0() };
    for (m0, said, outlook) in [
        (never, "only M0 offers what it needs, and M0 was never heard of", Outlook::Stays),
        (
            lost,
            "only M0 offers what it needs, and M0 sleeps: nothing is heard of it since 2027-01-15T08:00:00.000Z",
            Outlook::Passes,
        ),
    ] {
        let world = world(m0.clone(), [asking("T-1", &["browser"])]);
        assert_eq!((given(&world), words(&world, "T-1")), (None, vec![said.to_owned()]));
        assert_eq!(hold_up(&world, &m0).map(|reason| reason.outlook()), Some(outlook));
    }
}

#[test]
fn c0_is_told_of_a_silence_that_something_waits_for_and_of_nothing_else() {
    let lost = Agent { state: AgentState::Lost, ..m0() };
    let missed = |m0: &Agent, tasks: Vec<Task>| m0_is_missed(&world(m0.clone(), tasks), at(10));
    let behind = Task { depends_on: vec![samples::id("T-0")], ..asking("T-2", &["browser"]) };
    assert_eq!(missed(&m0(), vec![asking("T-1", &["browser"])]), None, "it is there");
    assert_eq!(missed(&lost, vec![samples::task("T-1", "site"), behind]), None, "nothing waits for it alone");
    let alert = missed(&lost, vec![asking("T-1", &["browser"]), asking("T-2", &["gpu"])]).unwrap();
    assert_eq!((alert.level, alert.title.as_str()), (AlertLevel::L2, "T-1 and 1 more wait for M0"));
    let later = Agent { last_heartbeat: Some(at(5)), ..lost };
    let key = |m0: &Agent| missed(m0, vec![asking("T-1", &["browser"])]).unwrap().dedupe_key;
    assert_ne!(alert.dedupe_key, key(&later), "another silence is another alert");
    assert_eq!(key(&later), key(&later));
}

#[test]
fn an_attempt_is_over_at_its_deadline_whether_m0_sleeps_or_not() {
    let lost = Agent { state: AgentState::Lost, ..m0() };
    for m0 in [m0(), lost] {
        let world = world(m0, [in_hand("T-1")]);
        assert!(overdue(&world, at(59)).is_empty());
        assert_eq!(next_deadline(&world, at(59)), Some(at(60)));
        assert_eq!(overdue(&world, at(60)).iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["T-1"]);
        assert_eq!(next_deadline(&world, at(60)), None);
    }
    let endless = Task { deadline_ms: None, ..in_hand("T-1") };
    assert_eq!(next_deadline(&world(m0(), [endless]), at(0)), Some(at(7200)));
}
