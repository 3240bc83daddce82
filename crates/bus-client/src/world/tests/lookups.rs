//! Each index follows each change.

use go_bus_api::{
    AgentId, AgentState, Event, EventKind, HostId, Message, ProjectId, Resource, ResourceKind, Role, TaskId, TaskKind,
    TaskState, Text,
};
use go_rules::backoff::Backoff;
use go_rules::uniqueness::Seat;
use serde_json::json;

use super::{AT, agent, event, message, read, task};
use crate::World;

fn ids<'a>(tasks: impl Iterator<Item = &'a go_bus_api::Task>) -> Vec<String> {
    tasks.map(|task| task.id.to_string()).collect()
}

fn names<'a>(agents: impl Iterator<Item = &'a go_bus_api::Agent>) -> Vec<String> {
    agents.map(|agent| agent.id.to_string()).collect()
}

fn id_of(agent: &Resource) -> String {
    super::event_of(1, agent).subject.and_then(|subject| subject.resource().map(|(_, id)| id.to_owned())).unwrap()
}

fn with_task(id: &str, revision: u64, more: serde_json::Value) -> Resource {
    Resource::Task(task(id, revision, more))
}

#[test]
fn a_task_moves_through_states_and_assignees_until_it_is_past() {
    let (id, po, site) = (TaskId::new("T-1").unwrap(), AgentId::new("po-1").unwrap(), ProjectId::new("site").unwrap());
    let mut world = World::default();
    assert!(world.apply(with_task("T-1", 1, json!({}))));
    assert_eq!(ids(world.tasks_in(TaskState::Pending)), ["T-1"]);
    assert!(world.apply(with_task("T-1", 2, json!({"state": "in_progress", "assignee": "po-1", "attempt": 1}))));
    assert_eq!(ids(world.tasks_assigned_to(&po)), ["T-1"]);
    assert_eq!((world.count_in(TaskState::Pending), world.count_of(&site, TaskState::InProgress)), (0, 1));
    let done = json!({"state": "done", "assignee": "po-1", "attempt": 1, "result": "built\nand tested"});
    assert!(world.apply(with_task("T-1", 3, done)));
    assert_eq!(ids(world.tasks_assigned_to(&po).chain(world.tasks()).chain(world.tasks_in(TaskState::Done))), [""; 0]);
    assert_eq!((world.count_in(TaskState::Done), world.count_of(&site, TaskState::Done)), (1, 1));
    assert_eq!((world.task(&id), world.task_state(&id)), (None, Some(TaskState::Done)));
    let past = world.past_task(&id).unwrap();
    let result = past.result.as_ref().map(|result| result.as_str());
    assert_eq!((past.state, past.attempt.0, result), (TaskState::Done, 1, Some("built and tested")));
}

#[test]
fn an_older_or_equal_revision_changes_nothing() {
    let mut world: World = [with_task("T-1", 5, json!({"state": "done"}))].into_iter().collect();
    let before = world.clone();
    assert!(!world.apply(with_task("T-1", 4, json!({"state": "in_progress", "assignee": "po-1"}))));
    assert!(!world.apply(with_task("T-1", 5, json!({}))));
    assert_eq!(world, before);
}

#[test]
fn dependents_and_reviews_are_found_from_what_they_refer_to() {
    let (a, b) = (TaskId::new("A").unwrap(), TaskId::new("B").unwrap());
    let mut world = World::default();
    world.apply(with_task("B", 1, json!({"depends_on": ["A"]})));
    world.apply(with_task("C", 1, json!({"depends_on": ["A", "B"]})));
    world.apply(with_task("R", 1, json!({"kind": "review", "review_of": "A"})));
    assert_eq!(ids(world.dependents(&a)), ["B", "C"]);
    assert_eq!(ids(world.reviews_of(&a)), ["R"]);
    world.apply(with_task("C", 2, json!({"depends_on": ["B"]})));
    assert_eq!((ids(world.dependents(&a)), ids(world.dependents(&b))), (vec!["B".into()], vec!["C".into()]));
}

#[test]
fn a_past_review_counts_until_what_it_reviewed_is_past() {
    let a = TaskId::new("A").unwrap();
    let review =
        |revision, state| with_task("R", revision, json!({"kind": "review", "review_of": "A", "state": state}));
    let mut world: World =
        [with_task("A", 1, json!({"state": "in_review"})), review(1, "pending")].into_iter().collect();
    world.apply(review(2, "cancelled"));
    assert_eq!((ids(world.reviews_of(&a)), world.has_review(&a)), (vec![], true));
    let mut other = world.clone();
    world.apply(with_task("A", 2, json!({"state": "done"})));
    assert!(!world.has_review(&a));
    other.apply(with_task("A", 2, json!({"state": "done"})));
    other.apply(review(3, "done"));
    assert!(!other.has_review(&a));
}

#[test]
fn kinds_are_counted_past_or_not() {
    let site = ProjectId::new("site").unwrap();
    let of_kind = |id: &str, kind: &str, state: &str| with_task(id, 1, json!({"kind": kind, "state": state}));
    let tasks = [
        of_kind("A", "ticket", "done"),
        of_kind("B", "push", "done"),
        of_kind("C", "ticket", "pending"),
        of_kind("D", "push", "pending"),
    ];
    let world: World = tasks.into_iter().collect();
    let tickets = |state| world.count_of_kinds(&site, state, |kind| kind == TaskKind::Ticket);
    assert_eq!((tickets(TaskState::Done), tickets(TaskState::Pending), world.count_in(TaskState::Done)), (1, 1, 2));
}

#[test]
fn a_task_that_changes_its_project_is_counted_there_alone() {
    let (site, docs) = (ProjectId::new("site").unwrap(), ProjectId::new("docs").unwrap());
    let mut world = World::default();
    world.apply(with_task("T-1", 1, json!({})));
    world.apply(with_task("T-1", 2, json!({"project": "docs"})));
    let pending = TaskState::Pending;
    assert_eq!((world.count_of(&site, pending), world.count_of(&docs, pending), world.count_in(pending)), (0, 1, 1));
}

#[test]
fn an_agent_leaves_its_seat_when_it_drains_and_its_slot_when_it_has_ended() {
    let seat = Seat::Project(ProjectId::new("site").unwrap());
    let (host, task) = (HostId::new("h1").unwrap(), TaskId::new("T-1").unwrap());
    let mut world = World::default();
    world.apply(Resource::Agent(agent("po-1", 1, json!({}))));
    world.apply(Resource::Agent(agent("w-1", 1, json!({"role": "worker", "task": "T-1", "attempt": 1}))));
    assert_eq!(world.live_in(&seat).map(|agent| agent.id.as_str()), Some("po-1"));
    assert_eq!(names(world.agents_with_task()), ["w-1"]);
    world.apply(Resource::Agent(agent("po-1", 2, json!({"state": "draining"}))));
    world.apply(Resource::Agent(agent("po-2", 1, json!({"state": "requested"}))));
    assert_eq!(world.live_in(&seat).map(|agent| agent.id.as_str()), Some("po-2"));
    assert_eq!(names(world.agents_of(Role::Po)), ["po-1", "po-2"]);
    world.apply(Resource::Agent(agent("w-1", 2, json!({"role": "worker", "task": "T-1", "state": "lost"}))));
    assert_eq!(names(world.agents_with_task()), ["w-1"], "mere silence keeps the slot");
    world.apply(Resource::Agent(agent("w-1", 3, json!({"role": "worker", "task": "T-1", "state": "terminated"}))));
    assert_eq!(names(world.agents_with_task()), [""; 0]);
    assert_eq!(names(world.agents_on(&host)), ["po-1", "po-2"]);
    assert_eq!(names(world.builders(&task)), ["w-1"], "how it ended is still to be judged");
}

fn ended(id: &str, revision: u64, more: serde_json::Value) -> Resource {
    let mut fields = json!({"role": "worker", "state": "terminated"});
    super::merge(&mut fields, more);
    Resource::Agent(agent(id, revision, fields))
}

#[test]
fn how_a_builder_ended_is_known_until_its_task_is_past_or_further() {
    let task = TaskId::new("T-1").unwrap();
    let at = |revision, state: &str, attempt: u32| {
        with_task("T-1", revision, json!({"state": state, "attempt": attempt, "assignee": "po-1"}))
    };
    let first = ended("w-1", 3, json!({"task": "T-1", "attempt": 1}));
    let second = ended("w-2", 3, json!({"task": "T-1", "attempt": 2}));
    let mut world: World = [first.clone(), at(1, "in_progress", 1)].into_iter().collect();
    for state in ["in_review", "held", "failed", "pending"] {
        let mut world = world.clone();
        world.apply(at(2, state, 1));
        assert_eq!(names(world.builders(&task)), ["w-1"], "{state}");
    }
    world.apply(at(2, "in_progress", 2));
    assert_eq!(names(world.builders(&task)), [""; 0]);
    world.apply(second.clone());
    assert_eq!(names(world.agents()), ["w-2"]);
    world.apply(at(3, "done", 2));
    assert_eq!(names(world.builders(&task).chain(world.agents())), [""; 0]);
    assert_eq!(world, [at(3, "done", 2), second, first].into_iter().collect(), "whatever comes first");
}

#[test]
fn an_agent_that_lives_or_is_silent_is_kept_however_far_its_task_is() {
    let mut world: World = [with_task("T-1", 1, json!({"state": "done"}))].into_iter().collect();
    for state in ["requested", "draining", "lost"] {
        world.apply(Resource::Agent(agent(state, 1, json!({"role": "worker", "state": state, "task": "T-1"}))));
    }
    assert_eq!(names(world.agents_with_task()), ["draining", "lost", "requested"]);
}

#[test]
fn nothing_wakes_a_past_agent() {
    let (id, host) = (AgentId::new("w-1").unwrap(), HostId::new("h1").unwrap());
    let mut world: World = [ended("w-1", 5, json!({}))].into_iter().collect();
    let before = world.clone();
    assert!(!world.apply(Resource::Agent(agent("w-1", 4, json!({"role": "worker"})))));
    assert!(!world.apply(ended("w-1", 5, json!({}))));
    assert_eq!(world, before);
    assert!(world.apply(ended("w-1", 6, json!({}))), "a report that came late");
    assert_eq!((world.agent(&id), world.agent_state(&id)), (None, Some(AgentState::Terminated)));
    assert_eq!((names(world.agents_on(&host)), world.agent_state(&AgentId::new("w-2").unwrap())), (vec![], None));
}

#[test]
fn of_a_seat_the_last_ends_are_kept_in_whatever_order_they_come() {
    let end = |n: usize, project: &str| {
        let asked_for = format!("2026-03-21T08:15:{:02}.000Z", 40 - n);
        ended(&format!("po-{n:02}-{project}"), 1, json!({"role": "po", "project": project, "spawned_at": asked_for}))
    };
    let ends = || (0..20).map(|n| end(n, "site")).chain([end(30, "docs")]);
    let world: World = ends().collect();
    let kept: Vec<_> = ends().take(World::ENDS_KEPT).map(|end| id_of(&end)).collect();
    assert_eq!(names(world.agents().filter(|po| po.id.as_str().ends_with("site"))), kept);
    assert_eq!(world.agents().len(), World::ENDS_KEPT + 1);
    assert_eq!(world, ends().collect::<Vec<_>>().into_iter().rev().collect());
}

#[test]
fn the_ends_that_are_kept_make_the_longest_backoff() {
    let pause = |ends| Backoff::SUCCESSION.pause(ends, 1.0);
    assert_eq!(pause(u32::try_from(World::ENDS_KEPT).unwrap()), pause(u32::MAX));
}

#[test]
fn a_message_is_kept_until_it_is_acknowledged() {
    let (to, other) = (AgentId::new("po-1").unwrap(), AgentId::new("po-2").unwrap());
    let mut world = World::default();
    assert!(world.apply(Resource::Message(message("m-1", "po-1", false))));
    assert!(world.apply(Resource::Message(message("m-2", "po-1", false))));
    assert!(!world.apply(Resource::Message(message("m-2", "po-1", false))));
    assert_eq!((world.messages_to(&to).count(), world.messages_to(&other).count()), (2, 0));
    assert!(world.apply(Resource::Message(message("m-1", "po-1", true))));
    assert!(!world.apply(Resource::Message(message("m-1", "po-1", true))));
    assert_eq!(world.messages_to(&to).map(|m| m.id.to_string()).collect::<Vec<_>>(), ["m-2"]);
}

#[test]
fn only_open_sessions_are_open() {
    let session = |id: &str, revision: u64, closed: Option<&str>| {
        let fields =
            json!({"id": id, "user": "ann", "opened_at": AT, "closed_at": closed, "io": null, "revision": revision});
        Resource::Session(read(fields))
    };
    let mut world: World = [session("s-1", 1, None), session("s-2", 1, None)].into_iter().collect();
    world.apply(session("s-1", 2, Some(AT)));
    assert_eq!(world.open_sessions().map(|s| s.id.to_string()).collect::<Vec<_>>(), ["s-2"]);
    assert_eq!(world.sessions().len(), 2);
}

#[test]
fn an_event_goes_to_the_collection_of_its_subject_and_others_change_nothing() {
    let mut world = World::default();
    let data = serde_json::to_value(task("T-1", 1, json!({}))).unwrap();
    assert!(world.apply_event(&event(1, ResourceKind::Task, "T-1", data.clone())));
    let before = world.clone();
    assert!(!world.apply_event(&event(2, ResourceKind::Agent, "000/lease", json!({"holder": "go-1", "epoch": 3}))));
    assert!(!world.apply_event(&Event { subject: None, ..event(3, ResourceKind::Task, "T-2", data) }));
    assert_eq!(world, before);
}

#[test]
fn an_event_that_anybody_may_post_can_t_forge_a_resource() {
    let mut world = World::default();
    let forged = serde_json::to_value(task("T-1", 99, json!({"state": "done"}))).unwrap();
    for kind in ["check.done", "alert:go-restarted"] {
        let kind: EventKind = kind.parse().unwrap();
        assert!(!world.apply_event(&Event { kind, ..event(1, ResourceKind::Task, "T-1", forged.clone()) }));
    }
    assert_eq!(world, World::default());
}

#[test]
fn a_task_is_unblocked_once_all_that_it_depends_on_is_done() {
    let mut world = World::default();
    let unblocked = |world: &World| ids(world.unblocked_tasks());
    world.apply(with_task("C", 1, json!({"depends_on": ["A", "B"]})));
    world.apply(with_task("A", 1, json!({"state": "done"})));
    world.apply(with_task("B", 1, json!({})));
    assert_eq!(unblocked(&world), ["B"]);
    world.apply(with_task("B", 2, json!({"state": "in_progress"})));
    assert_eq!(unblocked(&world), [""; 0]);
    world.apply(with_task("B", 3, json!({"state": "done"})));
    assert_eq!(unblocked(&world), ["C"]);
    world.apply(with_task("C", 2, json!({"state": "changes_requested", "depends_on": ["A", "B", "ghost"]})));
    assert_eq!(unblocked(&world), [""; 0]);
}

#[test]
fn who_was_asked_to_hand_over_is_known_though_it_has_acknowledged_that() {
    let about =
        |id: &str, kind: &str, is_read| Message { kind: Some(Text::clipped(kind)), ..message(id, "po-1", is_read) };
    let to = AgentId::new("po-1").unwrap();
    let asked = |world: &World| world.asked_to_rotate(&to).map(|asked| (asked.id.to_string(), asked.acknowledged_at));
    let mut world = World::default();
    world.apply(Resource::Message(about("m-1", "alert", false)));
    assert_eq!(asked(&world), None);
    world.apply(Resource::Message(about("m-3", Message::ROTATION, false)));
    world.apply(Resource::Message(about("m-3", Message::ROTATION, true)));
    world.apply(Resource::Message(about("m-2", Message::ROTATION, true)));
    assert_eq!(asked(&world), Some(("m-3".to_owned(), None)), "the last one, as it was sent");
    assert_eq!(world.messages_to(&to).count(), 1);
}

#[test]
fn improvements_are_found_with_when_they_were_made_past_or_not() {
    let of_kind = |id: &str, revision, state: &str, finished: Option<&str>| {
        let more = json!({"kind": "improvement", "state": state, "finished_at": finished, "result": "two tests"});
        with_task(id, revision, more)
    };
    let end = "2026-03-21T09:00:00.000Z";
    let mut world: World = [of_kind("I-1", 1, "pending", None), with_task("T-1", 1, json!({}))].into_iter().collect();
    world.apply(of_kind("I-2", 1, "failed", Some("2026-03-21T10:00:00.000Z")));
    assert_eq!(world.last_end(), None, "what has failed is in the lists");
    world.apply(of_kind("I-1", 2, "done", Some(end)));
    let told = |record: crate::ImprovementRecord| (record.id.to_string(), record.state, record.finished_at.is_some());
    let all: Vec<_> = world.improvements().map(told).collect();
    assert_eq!(all, [("I-1".into(), TaskState::Done, true), ("I-2".into(), TaskState::Failed, true)]);
    let first = world.improvements().next().unwrap();
    assert_eq!((first.created_at, first.result.unwrap().as_str()), (AT.parse().unwrap(), "two tests"));
    assert_eq!(world.last_end(), Some(end.parse().unwrap()));
}

#[test]
fn of_alerts_with_one_key_the_last_is_found_whatever_its_state() {
    let raise = |id: &str, state: &str, at: &str| {
        Resource::Alert(read(json!({
            "id": id, "level": "L2", "title": "t", "project": null, "state": state, "raised_at": at,
            "acknowledged_by": null, "dedupe_key": "few", "revision": 1,
        })))
    };
    let later = "2026-03-22T08:15:30.000Z";
    let world: World = [raise("a-2", "acknowledged", AT), raise("a-1", "acknowledged", later)].into_iter().collect();
    assert_eq!(world.alert_with_key("few").map(|alert| alert.id.as_str()), Some("a-1"));
    assert_eq!(world.alert_with_key("none"), None);
}
