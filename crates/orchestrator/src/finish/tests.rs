//! Done, stuck, or neither.

use go_bus_api::{Agent, Project, Resource, Revision, TaskId, Text};

use super::*;
use crate::policy::Policy;
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

/// The fleet with these tickets of project `site`.
fn world(tasks: impl IntoIterator<Item = Task>) -> World {
    let fleet = [
        Resource::Host(samples::host("h1", 1)),
        Resource::Project(samples::project("site")),
        Resource::Agent(samples::po("po", "site")),
    ];
    fleet.into_iter().chain(tasks.into_iter().map(Resource::Task)).collect()
}

fn ticket(id: &str, state: TaskState) -> Task {
    Task { state, ..samples::task(id, "site") }
}

fn look(world: &World) -> Option<Finished> {
    finished(world, &PlanView::none(&Policy::default()), &Limits::default(), now())
}

fn stuck(world: &World) -> Vec<String> {
    match look(world) {
        Some(Finished::Stuck(why)) => why.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn behind(id: &str, on: &str, state: TaskState) -> Task {
    Task { depends_on: vec![samples::id::<TaskId>(on)], ..ticket(id, state) }
}

#[test]
fn done_is_when_all_are_done_or_cancelled_and_no_review_is_open() {
    let tickets = [ticket("T-1", TaskState::Done), ticket("T-2", TaskState::Cancelled)];
    assert_eq!(look(&world(tickets.clone())), Some(Finished::Done));
    let review = Task { kind: TaskKind::Review, ..ticket("R-1", TaskState::Pending) };
    assert_eq!(look(&world(tickets.into_iter().chain([review]))), None);
}

#[test]
fn done_or_stuck_is_only_when_the_last_sprint_is_closed_and_its_pushes_are_made() {
    let all_done = || world([ticket("T-1", TaskState::Done)]);
    let (mut done, mut stuck) = (all_done(), world([Task { failures: 3, ..ticket("T-1", TaskState::Failed) }]));
    for world in [&mut done, &mut stuck] {
        world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
        assert_eq!(look(world), None, "its sprint is still to be closed");
    }
    let mut pushes = all_done();
    pushes.apply(Resource::Agent(Agent {
        host: samples::id::<go_bus_api::HostId>("h1").into(),
        ..samples::agent("ho", go_bus_api::Role::Ho)
    }));
    let push =
        |state, revision| Task { kind: TaskKind::Push, revision: Revision(revision), ..ticket("push-S-1-site", state) };
    pushes.apply(Resource::Task(push(TaskState::Pending, 1)));
    assert_eq!(look(&pushes), None);
    pushes.apply(Resource::Task(push(TaskState::Failed, 2)));
    assert_eq!(look(&pushes), Some(Finished::Done), "a push that failed is told by its alert, not waited for");
}

#[test]
fn what_runs_waits_or_can_start_goes_on() {
    for state in [TaskState::InProgress, TaskState::Waiting, TaskState::Pending, TaskState::ChangesRequested] {
        assert_eq!(look(&world([ticket("T-1", TaskState::Failed), ticket("T-2", state)])), None, "{state:?}");
    }
    let retry =
        Task { not_before: Some(now().after(std::time::Duration::from_secs(9))), ..ticket("T-1", TaskState::Pending) };
    assert_eq!(look(&world([retry])), None);
}

#[test]
fn stuck_is_when_all_that_is_left_failed_or_hangs_on_it() {
    let error = Some(Text::clipped("exit 2\nmore"));
    let failed = Task { failures: 3, error, ..ticket("T-1", TaskState::Failed) };
    let left = [failed, behind("T-2", "T-1", TaskState::Blocked), behind("T-3", "T-2", TaskState::Pending)];
    assert_eq!(
        stuck(&world(left)),
        [
            "T-3 is pending: blocked behind T-1, which failed",
            "T-2 is blocked: blocked behind T-1, which failed",
            "T-1 is failed: 3 of 3 attempts failed, the last with: exit 2",
        ]
    );
}

#[test]
fn a_capability_that_no_host_has_is_stuck_too() {
    let task = Task { capabilities: vec![Text::clipped("gpu")], ..ticket("T-1", TaskState::Pending) };
    assert_eq!(stuck(&world([task])), ["T-1 is pending: capability gpu is on no active host that it may run on"]);
}

#[test]
fn a_mac_that_sleeps_is_waited_for_and_one_that_was_never_there_is_not() {
    let task = Task { capabilities: vec![Text::clipped("gpu")], ..ticket("T-1", TaskState::Pending) };
    let m0 = |state, last_heartbeat| {
        Resource::Agent(Agent { state, last_heartbeat, ..samples::agent("m0", go_bus_api::Role::M0) })
    };
    let mut never = world([task.clone()]);
    never.apply(m0(go_bus_api::AgentState::Ready, None));
    assert_eq!(stuck(&never), ["T-1 is pending: only M0 offers what it needs, and M0 was never heard of"]);
    let mut asleep = world([task]);
    asleep.apply(m0(go_bus_api::AgentState::Lost, Some(now())));
    assert_eq!(look(&asleep), None);
}

#[test]
fn what_the_operator_holds_up_is_waited_for() {
    assert_eq!(look(&world([ticket("T-1", TaskState::Held)])), None);
    let mut paused = world([ticket("T-1", TaskState::Pending)]);
    let project = Project { state: ProjectState::Paused, revision: Revision(2), ..samples::project("site") };
    paused.apply(Resource::Project(project));
    assert_eq!(look(&paused), None);
    // Where the plan itself has the project as paused, nobody is expected to resume it.
    let text = samples::ONE_TICKET.replace("id: site", "id: site\n    state: paused");
    let view = PlanView::new(samples::plan(&text), samples::defaults(), &Policy::default());
    assert!(matches!(finished(&paused, &view, &Limits::default(), now()), Some(Finished::Stuck(_))));
}

#[test]
fn a_fleet_that_is_still_coming_up_is_not_stuck() {
    let view = PlanView::new(samples::plan(samples::ONE_TICKET), samples::defaults(), &Policy::default());
    let look = |world: &World| finished(world, &view, &Limits::default(), now());
    assert_eq!(look(&World::default()), None);
    let mut early = world([ticket("T-1", TaskState::Pending)]);
    let gone = Agent { state: go_bus_api::AgentState::Terminated, revision: Revision(2), ..samples::po("po", "site") };
    early.apply(Resource::Agent(gone));
    assert_eq!(look(&early), None);
    early.apply(Resource::Host(go_bus_api::Host { launcher: None, revision: Revision(2), ..samples::host("h1", 1) }));
    assert_eq!(look(&early), None);
}

#[test]
fn in_review_goes_on_while_its_review_can_and_no_longer() {
    let delivered = ticket("T-1", TaskState::InReview);
    assert_eq!(look(&world([delivered.clone()])), None, "its review is still on its way");
    let review = |state| Task {
        kind: TaskKind::Review,
        review_of: Some(delivered.id.clone()),
        failures: 3,
        ..ticket("R-1", state)
    };
    assert_eq!(look(&world([delivered.clone(), review(TaskState::Pending)])), None);
    let why = stuck(&world([delivered.clone(), review(TaskState::Failed)]));
    assert_eq!(why, ["T-1 is in_review: review R-1 is failed: 3 of 3 attempts failed"]);
}

#[test]
fn improvements_keep_no_plan_from_its_end() {
    let improvement = |state| Task { kind: TaskKind::Improvement, ..ticket("improve-1", state) };
    for state in [TaskState::Pending, TaskState::InProgress, TaskState::Waiting, TaskState::Failed] {
        assert_eq!(
            look(&world([ticket("T-1", TaskState::Done), improvement(state)])),
            Some(Finished::Done),
            "{state:?}"
        );
        let behind = [ticket("T-1", TaskState::Failed), improvement(state)];
        assert_eq!(stuck(&world(behind)).len(), 1, "{state:?}");
    }
}

fn run(state: TaskState) -> Task {
    Task { kind: TaskKind::IntegrationTest, attempt: go_bus_api::Attempt(2), ..ticket("integration-5", state) }
}

#[test]
fn an_integration_test_that_is_due_is_waited_for_and_a_red_one_with_what_is_to_mend_it() {
    let done = || ticket("T-1", TaskState::Done);
    let ho = Agent { host: Some(samples::id("h1")), ..samples::agent("ho", go_bus_api::Role::Ho) };
    let mut waits = world([done(), run(TaskState::Pending)]);
    waits.apply(Resource::Agent(ho));
    assert_eq!(look(&waits), None);
    let planned = PlanView::new(samples::plan(samples::ONE_TICKET), samples::defaults(), &Policy::default());
    let look = |tasks: Vec<Task>| finished(&world(tasks), &planned, &Limits::default(), now());
    assert_eq!(look(vec![done(), run(TaskState::Done)]), Some(Finished::Done));
    let fix = |state| ticket("fix-integration-5", state);
    assert_eq!(look(vec![done(), run(TaskState::Failed), fix(TaskState::Pending)]), None);
    let stuck = look(vec![done(), run(TaskState::Failed), fix(TaskState::Failed)]);
    assert!(matches!(stuck, Some(Finished::Stuck(why)) if why.len() == 1), "it has failed, and nobody else mends it");
    assert_eq!(look(vec![done(), run(TaskState::Failed), fix(TaskState::Cancelled)]), Some(Finished::Done));
}
