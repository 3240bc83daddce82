//! Full contexts are handed over, once each.

use go_bus_api::{AgentState, Alert, AlertState, Message, Project, Ratio, Resource, Revision};

use super::*;
use crate::samples;

const ASKED: &str = "2026-03-21T08:20:00.000Z";

fn at(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn full(id: &str) -> Agent {
    Agent { context_used: Ratio::new(0.8).ok(), host: Some(samples::id("h1")), ..samples::po(id, "site") }
}

fn world(po: Agent, messages: &[Message]) -> World {
    let place =
        [Resource::Host(samples::host("h1", 2)), Resource::Project(samples::project("site")), Resource::Agent(po)];
    place.into_iter().chain(messages.iter().cloned().map(Resource::Message)).collect()
}

fn message(id: &str, from: &str, to: &str, kind: &str) -> Message {
    Message {
        id: samples::id(id),
        from: Some(samples::id(from)),
        to: samples::id(to),
        subject: Text::clipped("s"),
        body: Text::clipped("T-1 waits for the index"),
        kind: Some(Text::clipped(kind)),
        sent_at: at(ASKED),
        acknowledged_at: None,
    }
}

fn due_of(world: &World) -> Vec<Action> {
    let (policy, memory) = (crate::Policy::default(), crate::Memory::default());
    let view = crate::PlanView::none(&policy);
    let seats = Seats::new(&policy, world, &view, &memory, at(ASKED));
    actions(&policy.handbook, &seats, world, at(ASKED))
}

fn said(world: &World) -> Vec<String> {
    due_of(world).iter().map(ToString::to_string).collect()
}

#[test]
fn a_full_one_is_asked_then_succeeded_with_its_handoff_and_that_is_put_away() {
    let asked = message("m-1", "000", "a-1", Message::ROTATION);
    let handoff = message("m-2", "a-1", "000", Message::HANDOFF);
    assert_eq!(said(&world(full("a-1"), &[])), ["tell a-1: your context is 80 % full: hand over"]);
    assert_eq!(said(&world(full("a-1"), std::slice::from_ref(&asked))), Vec::<String>::new());
    let both = [asked, handoff];
    assert_eq!(said(&world(full("a-1"), &both)), ["spawn the PO of project site in place of a-1"]);
    let actions = due_of(&world(full("a-1"), &both));
    let [Action::Rotate { request, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(request.replaces, Some(samples::id("a-1")));
    assert!(request.prompt.as_ref().unwrap().as_str().contains("## Handoff\n\nT-1 waits for the index\n"));
    let mut after = world(Agent { state: AgentState::Draining, ..full("a-1") }, &both);
    after.apply(Resource::Agent(samples::po("a-2", "site")));
    assert_eq!(said(&after), ["take note of message m-2"]);
}

#[test]
fn a_successor_that_is_full_at_once_is_told_of_once() {
    let heir = Agent { replaces: Some(samples::id("a-0")), spawned_at: at(ASKED), ..full("a-1") };
    let mut world = world(heir, &[]);
    let due = due_of(&world);
    let [Action::Raise(alert)] = due.as_slice() else { panic!("{due:?}") };
    assert_eq!((alert.level, alert.project.clone()), (AlertLevel::L3, Some(samples::id("site"))));
    world.apply(Resource::Alert(Alert {
        id: samples::id("al-1"),
        level: alert.level,
        title: alert.title.clone(),
        detail: alert.detail.clone(),
        project: None,
        state: AlertState::Acknowledged,
        raised_at: at(ASKED),
        acknowledged_by: None,
        dedupe_key: alert.dedupe_key.clone(),
        revision: Revision(2),
    }));
    assert_eq!(said(&world), Vec::<String>::new(), "whoever took note of it knows");
}

#[test]
fn without_a_host_to_run_on_and_without_a_project_nobody_is_rotated() {
    let both = [message("m-1", "000", "a-1", Message::ROTATION), message("m-2", "a-1", "000", Message::HANDOFF)];
    let mut no_host: World =
        [Resource::Project(samples::project("site")), Resource::Agent(full("a-1"))].into_iter().collect();
    no_host.extend(both.iter().cloned().map(Resource::Message));
    assert_eq!(said(&no_host), Vec::<String>::new());
    let mut unlaunched = world(full("a-1"), &both);
    unlaunched.apply(Resource::Host(go_bus_api::Host {
        launcher: None,
        revision: Revision(2),
        ..samples::host("h1", 2)
    }));
    assert_eq!(said(&unlaunched), Vec::<String>::new(), "nobody is there to start a successor");
    let mut done = world(full("a-1"), &both);
    let state = go_bus_api::ProjectState::Done;
    done.apply(Resource::Project(Project { state, revision: Revision(2), ..samples::project("site") }));
    assert_eq!(said(&done), Vec::<String>::new());
}
