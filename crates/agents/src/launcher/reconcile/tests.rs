//! Scenarios of one host.

use std::time::Duration;

use super::*;
use go_bus_api::Resource;
use serde_json::json;

const KEEPER: ProcessId = ProcessId { pid: 7, started: 70 };

fn at(seconds: u64) -> Boottime {
    Boottime(Duration::from_secs(seconds))
}

fn id(text: &str) -> AgentId {
    AgentId::new(text).unwrap()
}

fn agent(name: &str, role: &str, host: &str, state: &str) -> Resource {
    serde_json::from_value(json!({"type": "agent", "resource": {
        "id": name, "role": role, "host": host, "state": state, "driver": "shell",
        "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }}))
    .unwrap()
}

/// A state that holds the host's lease until second 100.
fn local(agents: &[(&str, Local)]) -> LocalState {
    let agents = agents.iter().map(|(name, local)| (id(name), local.clone())).collect();
    LocalState { agents, leased_until: at(100), joined: true, launcher: Some(id("l-1")), ..LocalState::default() }
}

fn look_at(world: impl IntoIterator<Item = Resource>, local: &LocalState, now: Boottime) -> Vec<LaunchAction> {
    let world: World = world.into_iter().collect();
    reconcile(&HostId::new("h1").unwrap(), &world, local, now)
}

fn look(role: &str, state: &str, mine: Local) -> Vec<LaunchAction> {
    look_at([agent("a", role, "h1", state)], &local(&[("a", mine)]), at(1))
}

fn kept() -> Local {
    Local { announced: true, ..Local::new(Keeper::Alive(KEEPER)) }
}

fn gone(stage: Stage) -> Local {
    Local::new(Keeper::Gone(stage))
}

#[test]
fn requested_agents_of_this_host_are_started_and_no_others() {
    let world = [
        agent("a", "worker", "h1", "requested"),
        agent("b", "po", "h1", "requested"),
        agent("c", "worker", "h2", "requested"),
        agent("l-1", "launcher", "h1", "ready"),
        agent("d", "worker", "h1", "terminated"),
    ];
    assert_eq!(
        look_at(world, &local(&[]), at(1)),
        [LaunchAction::Do(id("a"), Step::Start), LaunchAction::Do(id("b"), Step::Start)]
    );
}

#[test]
fn nothing_is_started_without_the_host_s_lease_or_while_stopping() {
    let world = || [agent("a", "worker", "h1", "requested")];
    assert_eq!(look_at(world(), &local(&[]), at(100)), []);
    assert_eq!(
        look_at(world(), &LocalState { joined: false, ..local(&[]) }, at(1)),
        [],
        "the lease is a predecessor's"
    );
    let stopping = LocalState { stopping: true, ..local(&[]) };
    assert_eq!(look_at(world(), &stopping, at(1)), [LaunchAction::Do(id("a"), Step::CallOff)]);
}

#[test]
fn what_is_in_hand_is_not_begun_again() {
    let busy = Local { busy: true, ..gone(Stage::Empty) };
    assert_eq!(look("worker", "requested", busy), []);
    let later = Local { not_before: Some(at(2)), ..gone(Stage::Empty) };
    assert_eq!(look("worker", "requested", later.clone()), []);
    let now = Local { not_before: Some(at(1)), ..later };
    assert_eq!(look("worker", "requested", now), [LaunchAction::Do(id("a"), Step::Start)]);
}

#[test]
fn a_stop_waits_for_nothing_that_is_under_way() {
    let busy = Local { busy: true, ..kept() };
    assert_eq!(look("worker", "draining", busy), [LaunchAction::Do(id("a"), Step::Stop(KEEPER))]);
}

#[test]
fn a_hand_is_announced_once_and_an_orchestrator_never() {
    let fresh = Local::new(Keeper::Alive(KEEPER));
    assert_eq!(look("worker", "requested", fresh.clone()), [LaunchAction::Do(id("a"), Step::Announce)]);
    assert_eq!(look("worker", "requested", kept()), []);
    assert_eq!(look("worker", "busy", fresh.clone()), []);
    assert_eq!(look("po", "requested", fresh), []);
}

#[test]
fn an_agent_that_is_told_to_end_is_stopped_once() {
    for state in ["draining", "terminated"] {
        assert_eq!(look("worker", state, kept()), [LaunchAction::Do(id("a"), Step::Stop(KEEPER))], "{state}");
        assert_eq!(look("worker", state, Local { stopped: true, ..kept() }), [], "{state}");
    }
    assert_eq!(look("worker", "busy", kept()), []);
    assert_eq!(
        look_at([], &local(&[("a", kept())]), at(1)),
        [LaunchAction::Do(id("a"), Step::Stop(KEEPER))],
        "of another Bus"
    );
}

#[test]
fn a_lost_orchestrator_is_stopped_and_a_lost_hand_may_yet_bring_its_result() {
    assert_eq!(look("po", "lost", kept()), [LaunchAction::Do(id("a"), Step::Stop(KEEPER))]);
    assert_eq!(look("worker", "lost", kept()), []);
}

#[test]
fn all_are_stopped_when_the_lease_is_over_or_the_launcher_stops() {
    let world = || [agent("a", "worker", "h1", "busy"), agent("b", "po", "h1", "ready")];
    let running = local(&[("a", kept()), ("b", kept())]);
    let both = [LaunchAction::Do(id("a"), Step::Stop(KEEPER)), LaunchAction::Do(id("b"), Step::Stop(KEEPER))];
    assert_eq!(look_at(world(), &running, at(99)), []);
    assert_eq!(look_at(world(), &running, at(100)), both);
    assert_eq!(look_at(world(), &LocalState { stopping: true, ..running }, at(1)), both);
}

#[test]
fn a_dead_keeper_s_folder_says_what_is_left_to_do() {
    let expected = [
        (Stage::Started, "busy", Some(LaunchAction::Do(id("a"), Step::Bury))),
        (Stage::Started, "terminated", Some(LaunchAction::Do(id("a"), Step::Bury))),
        (Stage::Ended, "busy", Some(LaunchAction::Do(id("a"), Step::Report))),
        (Stage::Reported, "terminated", Some(LaunchAction::Do(id("a"), Step::Remove))),
        (Stage::Reported, "busy", None),
        (Stage::Prepared, "ready", Some(LaunchAction::Do(id("a"), Step::Start))),
        (Stage::Prepared, "draining", Some(LaunchAction::Do(id("a"), Step::CallOff))),
        (Stage::Prepared, "lost", Some(LaunchAction::Do(id("a"), Step::Bury))),
        (Stage::Empty, "requested", Some(LaunchAction::Do(id("a"), Step::Start))),
        (Stage::Empty, "terminated", Some(LaunchAction::Do(id("a"), Step::Remove))),
    ];
    for (stage, state, action) in expected {
        assert_eq!(look("worker", state, gone(stage)), Vec::from_iter(action), "{stage:?} {state}");
    }
}

#[test]
fn an_agent_whose_keepers_never_come_to_its_start_is_given_up() {
    let tried = |starts| Local { starts, ..gone(Stage::Prepared) };
    assert_eq!(look("worker", "requested", tried(2)), [LaunchAction::Do(id("a"), Step::Start)]);
    assert_eq!(look("worker", "requested", tried(3)), [LaunchAction::Do(id("a"), Step::Bury)]);
}

#[test]
fn an_agent_without_a_folder_that_is_said_to_run_is_buried() {
    for state in ["starting", "ready", "busy", "draining", "lost"] {
        assert_eq!(
            look_at([agent("a", "worker", "h1", state)], &local(&[]), at(1)),
            [LaunchAction::Do(id("a"), Step::Bury)]
        );
    }
}

#[test]
fn a_rotation_is_carried_out_once_for_each_message_to_this_launcher() {
    let message = |name: &str, to: &str, kind: &str| -> Resource {
        serde_json::from_value(json!({"type": "message", "resource": {
            "id": name, "to": to, "subject": "a-9", "body": "", "kind": kind, "sent_at": "2026-03-21T08:15:30.250Z"
        }}))
        .unwrap()
    };
    let world =
        || [message("m-1", "l-1", "rotation"), message("m-2", "l-1", "stop"), message("m-3", "l-2", "rotation")];
    let mut mine = local(&[]);
    let first = MessageId::new("m-1").unwrap();
    assert_eq!(look_at(world(), &mine, at(1)), [LaunchAction::Rotate(id("a-9"), first.clone())]);
    mine.rotating.insert(first);
    assert_eq!(look_at(world(), &mine, at(1)), []);
}
