//! A full context is handed over once, by whoever leads, and never in a circle.

mod course;

use go_bus_api::{AgentState, MessageId, Project, ProjectState, Ratio, Resource, Revision};

use super::*;
use crate::{Handbook, orchestrator_request, samples};

pub(super) const START: i64 = 1_800_000_000_000;

pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix_millis(START).after(Duration::from_secs(seconds))
}

/// A PO of `site` that was spawned at the start and whose context is this full.
pub(super) fn po(id: &str, used: Option<f64>) -> Agent {
    let context_used = used.map(|used| Ratio::new(used).unwrap());
    Agent { spawned_at: at(0), context_used, ..samples::agent(id, Role::Po) }
}

pub(super) fn message(id: &str, from: &str, to: &str, kind: &str, sent_at: Timestamp) -> Message {
    Message {
        id: MessageId::new(id).unwrap(),
        from: Some(samples::id(from)),
        to: samples::id(to),
        subject: Text::clipped(kind),
        body: Text::clipped(&format!("{id} knows that")),
        kind: Some(Text::clipped(kind)),
        sent_at,
        acknowledged_at: None,
    }
}

fn world(po: Agent, messages: impl IntoIterator<Item = Message>) -> World {
    let place =
        [Resource::Host(samples::host("h1", 2)), Resource::Project(samples::project("site")), Resource::Agent(po)];
    place.into_iter().chain(messages.into_iter().map(Resource::Message)).collect()
}

fn asked(seconds: u64) -> Message {
    message("m-1", "000", "a-1", Message::ROTATION, at(seconds))
}

fn handoff(seconds: u64) -> Message {
    message("m-2", "a-1", "000", Message::HANDOFF, at(seconds))
}

fn words(world: &World, seconds: u64) -> Vec<String> {
    let steps = rotations(world, &Rotation::default(), at(seconds));
    let words = steps.iter().map(|step| match step {
        RotationStep::Ask(agent) => format!("ask {}", agent.id),
        RotationStep::Succeed(agent) => format!("succeed {}", agent.id),
        RotationStep::TooSoon(agent) => format!("too soon {}", agent.id),
        RotationStep::Served(message) => format!("served {}", message.id),
    });
    words.collect()
}

fn next(world: &World, seconds: u64) -> Option<u64> {
    next_rotation(world, &Rotation::default(), at(seconds)).map(|due| due.since(at(0)).as_secs())
}

#[test]
fn who_is_full_is_asked_and_who_is_not_is_left_alone() {
    for (used, expected) in
        [(None, vec![]), (Some(0.69), vec![]), (Some(0.7), vec!["ask a-1"]), (Some(1.0), vec!["ask a-1"])]
    {
        assert_eq!(words(&world(po("a-1", used), []), 5), expected, "{used:?}");
    }
    let at_half = Rotation::at(Ratio::new(0.5).unwrap());
    let world = world(po("a-1", Some(0.5)), []);
    assert_eq!(rotations(&world, &at_half, at(0)).len(), 1, "the setting says when");
}

#[test]
fn hos_and_ios_rotate_like_pos_and_hands_do_not() {
    for (role, expected) in [(Role::Ho, 1), (Role::Io, 1), (Role::Worker, 0), (Role::Reviewer, 0), (Role::Launcher, 0)]
    {
        let agent = Agent { context_used: Ratio::new(0.9).ok(), ..samples::agent("a-1", role) };
        let mut world = world(agent, []);
        let session = serde_json::json!({"id": "s-1", "user": "operator", "opened_at": "2026-03-21T08:15:30.000Z", "revision": 1});
        world.apply(Resource::Session(serde_json::from_value(session).unwrap()));
        assert_eq!(rotations(&world, &Rotation::default(), at(5)).len(), expected, "{role:?}");
    }
}

#[test]
fn one_that_was_asked_has_a_minute_whether_it_has_acknowledged_that_or_not() {
    let read = Message { acknowledged_at: Some(at(11)), ..asked(10) };
    for asked in [asked(10), read] {
        let world = world(po("a-1", Some(0.9)), [asked]);
        assert_eq!((words(&world, 69), next(&world, 69)), (vec![], Some(70)));
        assert_eq!((words(&world, 70), next(&world, 70)), (vec!["succeed a-1".to_owned()], None));
    }
}

#[test]
fn an_answer_ends_the_minute_and_what_was_sent_before_the_question_is_none() {
    let full = || po("a-1", Some(0.9));
    assert_eq!(words(&world(full(), [asked(10), handoff(12)]), 12), ["succeed a-1"]);
    assert_eq!(words(&world(full(), [asked(10), handoff(9)]), 12), Vec::<String>::new());
    let others = message("m-2", "a-9", "000", Message::HANDOFF, at(12));
    assert_eq!(words(&world(full(), [asked(10), others]), 12), ["served m-2"]);
    let chat = message("m-2", "a-1", "000", "progress", at(12));
    assert_eq!(words(&world(full(), [asked(10), chat]), 12), Vec::<String>::new());
}

#[test]
fn a_question_that_a_clock_far_ahead_has_stamped_is_waited_for_no_longer() {
    let of = |sent| words(&world(po("a-1", Some(0.9)), [asked(sent)]), 0);
    assert_eq!(of(61), ["succeed a-1"]);
    assert_eq!(of(59), Vec::<String>::new(), "clocks differ by moments");
}

#[test]
fn who_has_a_successor_or_is_not_wanted_any_more_is_left_to_its_end() {
    let mut with_heir = world(po("a-1", Some(0.9)), [asked(10), handoff(12)]);
    let heir = Agent { replaces: Some(samples::id("a-1")), ..po("a-2", None) };
    with_heir.apply(Resource::Agent(heir));
    assert_eq!(words(&with_heir, 20), Vec::<String>::new(), "the answer to the spawn came before its event");
    let old = Agent { state: AgentState::Draining, revision: Revision(2), ..po("a-1", Some(0.9)) };
    with_heir.apply(Resource::Agent(old));
    assert_eq!(words(&with_heir, 20), ["served m-2"]);
    let mut paused = world(po("a-1", Some(0.9)), [asked(10)]);
    let project = Project { state: ProjectState::Paused, revision: Revision(2), ..samples::project("site") };
    paused.apply(Resource::Project(project));
    assert_eq!(words(&paused, 100), Vec::<String>::new());
}

#[test]
fn a_successor_that_is_full_at_once_is_not_rotated_again_before_its_time() {
    let heir = |id| Agent { replaces: Some(samples::id("a-0")), ..po(id, Some(0.95)) };
    let world = world(heir("a-1"), []);
    assert_eq!((words(&world, 599), next(&world, 599)), (vec!["too soon a-1".to_owned()], Some(600)));
    assert_eq!(words(&world, 600), ["ask a-1"]);
}

#[test]
fn a_handoff_waits_for_whoever_takes_the_seat() {
    let dead = Agent { state: AgentState::Lost, ..po("a-1", Some(0.9)) };
    let mut world = world(dead, [handoff(12)]);
    assert_eq!(words(&world, 20), Vec::<String>::new());
    let request = orchestrator_request(&Orchestrator::Po(samples::id("site")), &world, &Handbook::default());
    assert!(request.unwrap().prompt.unwrap().as_str().contains("## Handoff\n\nm-2 knows that"));
    world.apply(Resource::Agent(po("a-2", None)));
    assert_eq!(words(&world, 20), ["served m-2"]);
}

#[test]
fn a_handoff_is_for_its_own_seat_and_the_last_one_counts() {
    let later = message("m-3", "a-1", "000", Message::HANDOFF, at(13));
    let elsewhere = message("m-4", "a-9", "000", Message::HANDOFF, at(14));
    let mut world = world(po("a-1", Some(0.9)), [handoff(12), later, elsewhere]);
    world.apply(Resource::Agent(Agent { project: Some(samples::id("docs")), ..po("a-9", None) }));
    let left = |project: &str| left_for(&world, &Seat::Project(samples::id(project))).map(|left| left.id.to_string());
    assert_eq!((left("site"), left("docs"), left("blog")), (Some("m-3".into()), Some("m-4".into()), None));
}

#[test]
fn the_question_says_what_is_wanted() {
    let notice = rotation_notice(&po("a-1", Some(0.834)));
    assert_eq!((notice.to.as_str(), notice.kind.unwrap().as_str()), ("a-1", "rotation"));
    assert_eq!(notice.subject.as_str(), "your context is 83 % full: hand over");
    assert!(notice.body.as_str().contains("kind handoff to 000"), "{}", notice.body);
}
