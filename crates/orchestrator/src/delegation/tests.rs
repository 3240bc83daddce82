//! M0's attempts have an end, and C0 hears of a silence once.

use go_bus_api::{Agent, AgentState, Alert, AlertState, Attempt, Millis, Resource, Revision, Role, TaskState};

use super::*;
use crate::samples;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_millis(1_800_000_000_000 + seconds * 1000)
}

fn m0(state: AgentState) -> Agent {
    Agent { state, last_heartbeat: Some(at(0)), ..samples::agent("m0", Role::M0) }
}

fn asking() -> Task {
    Task { capabilities: vec![Text::clipped("browser")], ..samples::task("T-1", "site") }
}

fn world(m0: Agent, task: Task) -> World {
    let place = [Resource::Host(samples::host("h1", 2)), Resource::Project(samples::project("site"))];
    place
        .into_iter()
        .chain([Resource::Agent(samples::po("a-1", "site")), Resource::Agent(m0), Resource::Task(task)])
        .collect()
}

#[test]
fn an_attempt_ends_at_its_deadline_and_says_whether_m0_slept() {
    let (state, assignee, assigned_at) = (TaskState::InProgress, Some(AgentId::m0()), Some(at(0)));
    let deadline_ms = Some(Millis(60_000));
    let task = Task { state, assignee, assigned_at, deadline_ms, attempt: Attempt(2), ..asking() };
    for (m0, error) in [
        (m0(AgentState::Ready), "M0 was not done in time"),
        (m0(AgentState::Lost), "M0 fell silent at work, and was not back in time"),
    ] {
        let world = world(m0, task.clone());
        assert_eq!(actions(&world, at(59)), []);
        let due = actions(&world, at(60));
        let [Action::Fail { task, body }] = due.as_slice() else { panic!("{due:?}") };
        assert_eq!(
            (task.as_str(), body.attempt, body.error.as_str(), body.retryable),
            ("T-1", Attempt(2), error, true)
        );
    }
}

#[test]
fn c0_hears_of_a_silence_once_though_it_has_acknowledged_that() {
    let mut world = world(m0(AgentState::Lost), asking());
    let due = actions(&world, at(10));
    let [Action::Raise(alert)] = due.as_slice() else { panic!("{due:?}") };
    world.apply(Resource::Alert(Alert {
        id: samples::id("al-1"),
        level: alert.level,
        title: alert.title.clone(),
        detail: alert.detail.clone(),
        project: None,
        state: AlertState::Acknowledged,
        raised_at: at(10),
        acknowledged_by: None,
        dedupe_key: alert.dedupe_key.clone(),
        revision: Revision(2),
    }));
    assert_eq!(actions(&world, at(10)), []);
    world.apply(Resource::Agent(Agent { last_heartbeat: Some(at(20)), revision: Revision(9), ..m0(AgentState::Lost) }));
    assert_eq!(actions(&world, at(30)).len(), 1, "it was back, and sleeps again");
}
