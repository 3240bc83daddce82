//! Every reason there is, in the words that a person reads.

use std::collections::BTreeMap;

use go_bus_api::{
    Agent, AgentState, Attempt, Host, HostState, Project, ProjectState, Resource, Revision, Role, Task, TaskKind, Text,
    Timestamp,
};

use super::*;
use crate::reason::Outlook;
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn ticket() -> Task {
    samples::task("T-1", "site")
}

/// With its sprint under way.
fn enrolled(world: &World, task: &Task) -> World {
    and(world.clone(), Resource::Sprint(samples::sprint("S-1", std::slice::from_ref(&task.id))))
}

fn reasons_under(limits: Limits, world: &World, task: &Task) -> Vec<Reason> {
    match readiness(&enrolled(world, task), task, &limits, now()) {
        Readiness::Waiting(reasons) => reasons,
        Readiness::Ready => Vec::new(),
        other => panic!("{other:?}"),
    }
}

fn reasons(world: &World, task: &Task) -> Vec<Reason> {
    reasons_under(Limits::default(), world, task)
}

fn words(world: &World, task: &Task) -> Vec<String> {
    reasons(world, task).iter().map(ToString::to_string).collect()
}

fn and(mut world: World, resource: Resource) -> World {
    assert!(world.apply(resource), "the world knows a newer one");
    world
}

fn depends(on: &[&str]) -> Task {
    Task { depends_on: on.iter().map(|id| samples::id(id)).collect(), ..ticket() }
}

fn in_state(id: &str, state: TaskState) -> Resource {
    Resource::Task(Task { state, ..samples::task(id, "site") })
}

/// A builder of `T-9` on this host.
fn builder(host: &str) -> Resource {
    let worker = samples::agent("a-9", Role::Worker);
    Resource::Agent(Agent {
        host: Some(samples::id(host)),
        task: Some(samples::id("T-9")),
        attempt: Some(Attempt(1)),
        ..worker
    })
}

#[test]
fn with_nothing_in_the_way_it_is_ready() {
    let world = and(samples::world([("h1", 1)]), in_state("T-0", TaskState::Done));
    let world = enrolled(&world, &ticket());
    assert_eq!(readiness(&world, &depends(&["T-0"]), &Limits::default(), now()), Readiness::Ready);
    let again = Task { state: TaskState::ChangesRequested, ..ticket() };
    assert_eq!(readiness(&world, &again, &Limits::default(), now()), Readiness::Ready);
}

#[test]
fn with_nothing_but_its_sprint_in_the_way_it_waits_for_the_next() {
    let world = and(samples::world([("h1", 1)]), in_state("T-0", TaskState::InProgress));
    let words = |task: &Task| match readiness(&world, task, &Limits::default(), now()) {
        Readiness::Waiting(reasons) => reasons.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(words(&ticket()), ["it waits for the next sprint", "no slot is free on h1 (0 of 1)"]);
    assert_eq!(words(&depends(&["T-0"])), ["dependency T-0 is in_progress"]);
    assert_eq!(Reason::NextSprint.outlook(), Outlook::Passes);
}

#[test]
fn what_has_begun_or_ended_waits_for_nothing() {
    for state in TaskState::ALL {
        let task = Task { state, ..ticket() };
        let expected = match state {
            TaskState::Done | TaskState::Failed | TaskState::Cancelled => Some(Readiness::Over),
            TaskState::InProgress | TaskState::InReview | TaskState::Waiting => Some(Readiness::UnderWay),
            _ => None,
        };
        let found = readiness(&World::default(), &task, &Limits::default(), now());
        match expected {
            Some(expected) => assert_eq!(found, expected, "{state:?}"),
            None => assert!(matches!(found, Readiness::Waiting(_)), "{state:?}: {found:?}"),
        }
    }
}

#[test]
fn dependencies_are_named_with_where_they_are() {
    let world = and(samples::world([("h1", 1)]), in_state("T-0", TaskState::InProgress));
    assert_eq!(words(&world, &depends(&["T-0"])), ["dependency T-0 is in_progress"]);
    assert_eq!(words(&world, &depends(&["ghost"])), ["dependency ghost is not on the Bus"]);
}

#[test]
fn what_is_blocked_names_the_failure_at_its_root() {
    let mut world = and(samples::world([("h1", 1)]), in_state("T-a", TaskState::Failed));
    let middle =
        Task { depends_on: vec![samples::id("T-a")], state: TaskState::Blocked, ..samples::task("T-b", "site") };
    world.apply(Resource::Task(middle));
    let blocked = Task { state: TaskState::Blocked, error: Some(Text::clipped("T-b is blocked")), ..depends(&["T-b"]) };
    assert_eq!(words(&world, &blocked), ["blocked behind T-a, which failed"]);
    let cancelled = and(samples::world([("h1", 1)]), in_state("T-a", TaskState::Cancelled));
    assert_eq!(words(&cancelled, &depends(&["T-a"])), ["blocked behind T-a, which is cancelled"]);
}

#[test]
fn blocked_by_losses_says_what_the_bus_said_and_held_says_by_whom() {
    let world = samples::world([("h1", 1)]);
    let lost = Task { state: TaskState::Blocked, error: Some(Text::clipped("lost three times\nby h1")), ..ticket() };
    assert_eq!(words(&world, &lost), ["blocked: lost three times"]);
    assert_eq!(
        words(&world, &Task { state: TaskState::Held, ..ticket() }),
        ["held until a person has it go on (go task retry)"]
    );
}

#[test]
fn a_backoff_says_until_when_and_is_over_at_its_time() {
    let world = samples::world([("h1", 1)]);
    let until = |at: &str| Task { not_before: Some(at.parse().unwrap()), ..ticket() };
    assert_eq!(words(&world, &until("2026-03-21T09:00:00.001Z")), ["backoff until 2026-03-21T09:00:00.001Z"]);
    assert!(words(&world, &until("2026-03-21T09:00:00.000Z")).is_empty());
}

#[test]
fn projects_that_are_not_worked_on_and_seats_that_are_empty() {
    let mut world = samples::world([("h1", 1)]);
    world.apply(Resource::Project(Project {
        state: ProjectState::Paused,
        revision: Revision(2),
        ..samples::project("site")
    }));
    assert_eq!(words(&world, &ticket()), ["project site is paused"]);
    let orphan = samples::task("T-1", "other");
    assert_eq!(words(&world, &orphan), ["project other is not on the Bus", "no PO of project other is alive yet"]);
    let push = Task { kind: TaskKind::Push, ..orphan };
    assert_eq!(words(&world, &push), ["project other is not on the Bus"]);
}

#[test]
fn hosts_that_are_not_there_not_active_or_without_a_launcher() {
    let on = |host: &str| Task { host: Some(samples::id(host)), ..ticket() };
    let away = Host { launcher: None, ..samples::host("h2", 1) };
    let draining = Host { state: HostState::Draining, ..samples::host("h3", 1) };
    let inactive = Host { state: HostState::Inactive, ..samples::host("h4", 1) };
    let mut world = samples::world([("h1", 1)]);
    world.extend([away.clone(), draining, inactive].map(Resource::Host));
    assert_eq!(words(&world, &on("h2")), ["host h2 has no launcher now"]);
    assert_eq!(words(&world, &on("h3")), ["host h3 is draining"]);
    assert_eq!(words(&world, &on("h4")), ["host h4 is inactive"]);
    assert_eq!(words(&world, &on("h5")), ["host h5 is not on the Bus"]);
    let alone = and(samples::world([]), Resource::Host(away));
    assert_eq!(words(&alone, &ticket()), ["no active host has a launcher now"]);
}

#[test]
fn a_capability_that_no_host_has() {
    let gpu = Text::<64>::clipped("gpu");
    let labels = BTreeMap::from([(gpu.clone(), Text::clipped("no"))]);
    let world = and(samples::world([("h1", 1)]), Resource::Host(Host { labels, ..samples::host("h2", 1) }));
    let task = Task { capabilities: vec![gpu], ..ticket() };
    assert_eq!(words(&world, &task), ["capability gpu is on no active host that it may run on"]);
}

#[test]
fn full_hosts_are_counted_each() {
    let world = and(samples::world([("h1", 1), ("h2", 2)]), builder("h1"));
    assert!(words(&world, &ticket()).is_empty());
    let pinned = Task { host: Some(samples::id("h1")), ..ticket() };
    assert_eq!(words(&world, &pinned), ["no slot is free on h1 (1 of 1)"]);
    let full = and(samples::world([("h1", 1)]), builder("h1"));
    assert_eq!(words(&full, &ticket()), ["no slot is free on h1 (1 of 1)"]);
}

#[test]
fn an_assigned_task_keeps_a_slot_until_its_builder_comes_and_not_after_its_end() {
    let assigned = Task { state: TaskState::InProgress, attempt: Attempt(1), ..samples::task("T-9", "site") };
    let mut world = and(samples::world([("h1", 1)]), Resource::Task(assigned));
    assert_eq!(words(&world, &ticket()), ["no slot is free on h1 (0 of 1)"]);
    let Resource::Agent(mut worker) = builder("h1") else { unreachable!() };
    (worker.state, worker.revision) = (AgentState::Terminated, Revision(2));
    world.apply(Resource::Agent(worker));
    assert!(words(&world, &ticket()).is_empty());
}

#[test]
fn the_cap_over_all_hosts_comes_before_slots() {
    let world = and(samples::world([("h1", 4)]), builder("h1"));
    let capped = Limits { agents_max: Some(1), ..Limits::default() };
    let words: Vec<_> = reasons_under(capped, &world, &ticket()).iter().map(ToString::to_string).collect();
    assert_eq!(words, ["cap agents.max: 1 of 1 at work"]);
    assert!(reasons_under(Limits { agents_max: Some(2), ..Limits::default() }, &world, &ticket()).is_empty());
}

#[test]
fn work_without_a_slot_starts_on_a_full_host() {
    let world = and(samples::world([("h1", 1)]), builder("h1"));
    assert!(words(&world, &Task { kind: TaskKind::Delegation, ..ticket() }).is_empty());
    let push = Task { kind: TaskKind::Push, ..ticket() };
    assert_eq!(words(&world, &push), ["no slot is free on h1 (1 of 1)"]);
    let roomy = and(samples::world([("h1", 1), ("h2", 9)]), builder("h1"));
    assert_eq!(words(&roomy, &push), ["no slot is free on h1 (1 of 1)"], "it is for the HO of h1");
}

#[test]
fn nothing_is_pushed_while_the_integration_test_is_red() {
    let run = |number: u64, state, revision| {
        let kind = TaskKind::IntegrationTest;
        let run = samples::task(&format!("integration-{number}"), "site");
        Resource::Task(Task { kind, state, attempt: Attempt(1), revision: Revision(revision), ..run })
    };
    let push = Task { kind: TaskKind::Push, ..ticket() };
    let mut world = and(samples::world([("h1", 1)]), run(5, TaskState::Failed, 1));
    assert_eq!(words(&world, &push), ["integration-5 is not green: nothing is pushed until the integration test is"]);
    assert_eq!(reasons(&world, &push).iter().map(Reason::outlook).collect::<Vec<_>>(), [Outlook::Others]);
    assert!(words(&world, &ticket()).is_empty(), "tickets go on");
    world.apply(run(10, TaskState::InProgress, 1));
    assert_eq!(words(&world, &push).len(), 1, "a run that is under way mends nothing yet");
    world.apply(run(10, TaskState::Done, 2));
    assert!(words(&world, &push).is_empty());
}

#[test]
fn what_passes_by_itself_and_what_stays() {
    let world = and(samples::world([("h1", 1)]), builder("h1"));
    let outlooks = |task: &Task| reasons(&world, task).iter().map(Reason::outlook).collect::<Vec<_>>();
    assert_eq!(outlooks(&ticket()), [Outlook::Passes]);
    assert_eq!(outlooks(&Task { state: TaskState::Held, ..ticket() }), [Outlook::Operator]);
    assert_eq!(outlooks(&depends(&["ghost"])), [Outlook::Stays]);
}

#[test]
fn a_ticket_whose_accounts_all_rest_waits_for_the_first_and_others_do_not() {
    let parked = |id: &str, provider: &str, until: &str| {
        let account = samples::account(id, provider);
        Resource::Account(go_bus_api::Account { parked_until: Some(until.parse().unwrap()), ..account })
    };
    let of = |driver| {
        let project = Project { driver: Some(driver), revision: Revision(2), ..samples::project("site") };
        and(samples::world([("h1", 1)]), Resource::Project(project))
    };
    let resting = |world| {
        and(
            and(world, parked("a", "anthropic", "2026-03-21T12:00:00.000Z")),
            parked("b", "anthropic", "2026-03-21T11:00:00.000Z"),
        )
    };
    let claude = resting(of(go_bus_api::DriverKind::Claude));
    assert_eq!(words(&claude, &ticket()), ["every account of anthropic rests until 2026-03-21T11:00:00.000Z"]);
    assert_eq!(reasons(&claude, &ticket())[0].outlook(), Outlook::Passes);
    assert!(words(&resting(of(go_bus_api::DriverKind::Codex)), &ticket()).is_empty());
    assert!(words(&of(go_bus_api::DriverKind::Claude), &ticket()).is_empty(), "its own login");
    let push = Task { kind: TaskKind::Push, ..ticket() };
    assert!(words(&claude, &push).is_empty(), "a shell does it");
    let freed = and(
        claude,
        Resource::Account(go_bus_api::Account { revision: Revision(2), ..samples::account("a", "anthropic") }),
    );
    assert!(words(&freed, &ticket()).is_empty());
}
