//! When a sprint ends, what its end brings, and what is said of each ticket.

use std::time::Duration;

use go_bus_api::{Attempt, Pace, Project, Resource, Revision, Role, Session, Task, TaskState};
use serde::Deserialize;

use super::*;
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn ticket(id: &str, state: TaskState) -> Task {
    Task { state, sprint: Some(samples::id("S-1")), ..samples::task(id, "site") }
}

fn after(id: &str, on: &str) -> Task {
    Task { depends_on: vec![samples::id(on)], ..ticket(id, TaskState::Pending) }
}

/// These tasks in the sprint `S-1`, on a fleet with one slot.
fn world(tasks: impl IntoIterator<Item = Task>) -> World {
    let mut world = samples::world([("h1", 1)]);
    world.extend(tasks.into_iter().map(Resource::Task));
    samples::enrol(&mut world);
    let ids: Vec<TaskId> = world
        .finished_in(&samples::id("S-1"))
        .filter(|task| task.kind == TaskKind::Ticket)
        .map(|task| task.id.clone())
        .collect();
    let mut sprint = world.sprint(&samples::id("S-1")).unwrap().clone();
    sprint.tickets.extend(ids);
    sprint.revision = sprint.revision.next();
    world.apply(Resource::Sprint(sprint));
    world
}

fn close_at(world: &World, now: Timestamp) -> Option<CloseSprint> {
    closing(world, now).into_iter().next().map(|(id, close)| {
        assert_eq!(id.as_str(), "S-1");
        close
    })
}

fn carried(close: &CloseSprint) -> Vec<String> {
    close.carried.iter().map(|one| format!("{}: {}", one.ticket, one.why)).collect()
}

#[test]
fn it_ends_early_once_nothing_in_it_can_move() {
    use TaskState::{Blocked, Cancelled, ChangesRequested, Done, Failed, Held, InProgress, InReview, Pending, Waiting};
    let ends = |state| close_at(&world([ticket("T-1", state)]), now()).is_some();
    for state in [Done, Cancelled, Failed, Blocked, Held] {
        assert!(ends(state), "{state:?}");
    }
    for state in [Pending, InProgress, InReview, ChangesRequested, Waiting] {
        assert!(!ends(state), "{state:?}");
    }
}

#[test]
fn what_waits_for_others_of_the_sprint_moves_with_them_and_no_longer() {
    let behind = |state| world([ticket("T-1", state), after("T-2", "T-1"), after("T-3", "T-2")]);
    assert_eq!(close_at(&behind(TaskState::InProgress), now()), None);
    let close = close_at(&behind(TaskState::Held), now()).unwrap();
    assert_eq!(
        carried(&close),
        [
            "T-1: held until a person has it go on (go task retry)",
            "T-2: dependency T-1 is held",
            "T-3: dependency T-2 is pending"
        ]
    );
    let elsewhere = samples::task("X-1", "site");
    let mut waits = world([after("T-2", "X-1")]);
    waits.apply(Resource::Task(Task { state: TaskState::InProgress, ..elsewhere }));
    assert_eq!(close_at(&waits, now()), None, "what it waits for is under way");
}

#[test]
fn what_is_in_review_moves_while_its_review_does() {
    let review = |state| {
        Task { kind: TaskKind::Review, review_of: Some(samples::id("T-1")), ..samples::task("R-1", "site") }
            .in_state(state)
    };
    let with = |state| world([ticket("T-1", TaskState::InReview), review(state)]);
    assert_eq!(close_at(&with(TaskState::Pending), now()), None);
    assert_eq!(close_at(&with(TaskState::InProgress), now()), None);
    assert_eq!(carried(&close_at(&with(TaskState::Failed), now()).unwrap()), ["T-1: it is in review"]);
}

trait InState {
    fn in_state(self, state: TaskState) -> Self;
}

impl InState for Task {
    fn in_state(self, state: TaskState) -> Self {
        Self { state, ..self }
    }
}

#[test]
fn at_its_window_s_end_what_is_not_done_is_carried_over_each_with_its_reason() {
    let error = Some(Text::clipped("exit 2\nand more"));
    let backs_off = Task {
        failures: 1,
        error,
        not_before: Some("2026-03-21T12:00:00.000Z".parse().unwrap()),
        ..ticket("T-2", TaskState::Pending)
    };
    let runs =
        Task { assignee: Some(samples::id("po-site")), attempt: Attempt(2), ..ticket("T-1", TaskState::InProgress) };
    let changes = ticket("T-3", TaskState::ChangesRequested);
    let world = world([runs, backs_off, changes, ticket("T-4", TaskState::Pending), ticket("T-5", TaskState::Waiting)]);
    let end = world.open_sprint().unwrap().ends_at;
    assert_eq!(close_at(&world, Timestamp::from_unix_millis(end.unix_millis() - 1)), None);
    assert_eq!(
        carried(&close_at(&world, end).unwrap()),
        [
            "T-1: attempt 2 with po-site goes on",
            "T-2: backoff until 2026-03-21T12:00:00.000Z; 1 of 3 attempts failed, the last with: exit 2 and more",
            "T-3: its reviewer wants changes; no slot was free for it in time",
            "T-4: no slot was free for it in time",
            "T-5: it waits for an answer",
        ]
    );
}

/// A ticket that took this many minutes.
fn done(id: &str, estimate: Option<u32>, took: u64) -> Task {
    let finished_at = Some(now().after(Duration::from_secs(took * 60)));
    let (assigned_at, builders) = (Some(now()), vec![samples::id("a-1")]);
    Task { estimate_minutes: estimate, assigned_at, finished_at, builders, ..ticket(id, TaskState::Done) }
}

#[test]
fn the_report_tells_who_did_what_how_it_was_reviewed_and_the_pace() {
    let delivered = Task {
        delivered_at: Some(now()),
        review_rounds: 2,
        result: Some(Text::clipped("made\nit")),
        ..done("T-1", Some(10), 15)
    };
    let review = Task {
        kind: TaskKind::Review,
        review_of: Some(samples::id("T-1")),
        builders: vec![samples::id("a-9")],
        result: Some(Text::clipped("approved: well done")),
        ..ticket("R-1", TaskState::Done)
    };
    let world = world([
        delivered,
        review,
        done("T-2", Some(10), 5),
        done("T-3", None, 500),
        ticket("T-4", TaskState::Cancelled),
    ]);
    let close = close_at(&world, now()).unwrap();
    assert_eq!(close.pace.map(Pace::get), Some(1.0), "what has no estimate counts for nothing");
    let report = SprintReport::deserialize(close.report.unwrap()).unwrap();
    assert_eq!((report.tickets, report.done.len(), report.cancelled.len(), report.carried.len()), (4, 3, 1, 0));
    assert_eq!((report.reviews.approved, report.reviews.changes_requested), (1, 2));
    let first = &report.done[0];
    let review = first.review.as_ref().unwrap();
    assert_eq!((first.ticket.as_str(), first.by[0].as_str(), first.result.as_deref()), ("T-1", "a-1", Some("made it")));
    assert_eq!(
        (review.rounds, review.reviewers[0].as_str(), review.verdict.as_deref()),
        (2, "a-9", Some("approved: well done"))
    );
    assert_eq!(report.done[1].review, None);
    assert!(
        close.summary.as_str().contains("**T-1** A ticket (site), by a-1, in 15 min (estimated 10 min)"),
        "{}",
        close.summary
    );
}

#[test]
fn each_repo_that_something_was_done_in_is_pushed_once() {
    let mut world = world([done("T-1", None, 1), ticket("T-9", TaskState::Failed)]);
    let project = |id: &str, repo: Option<&str>| {
        let repo = repo.map(Text::clipped);
        Resource::Project(Project { repo, revision: Revision(2), ..samples::project(id) })
    };
    let pushes = |world: &World| {
        let close = close_at(world, now()).unwrap();
        close
            .pushes
            .into_iter()
            .map(|push| format!("{} {:?} on {:?}", push.id.unwrap(), push.kind, push.host.unwrap().as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(pushes(&world), [""; 0], "without a repo there is nothing to push");
    world.apply(project("site", Some("/srv/site")));
    assert_eq!(pushes(&world), ["push-S-1-site Push on \"h1\""]);
    for (id, repo) in [("a", "/srv/site"), ("b", "/srv/b"), ("idle", "/srv/idle")] {
        world.apply(project(id, Some(repo)));
        if id != "idle" {
            let task = Task { project: samples::id(id), ..done(&format!("{id}-1"), None, 1) };
            let mut sprint = world.open_sprint().unwrap().clone();
            sprint.tickets.push(task.id.clone());
            sprint.revision = sprint.revision.next();
            world.extend([Resource::Task(task), Resource::Sprint(sprint)]);
        }
    }
    assert_eq!(pushes(&world), ["push-S-1-a Push on \"h1\"", "push-S-1-b Push on \"h1\""], "a and site share theirs");
}

#[test]
fn the_io_of_each_human_who_is_logged_in_and_c0_are_told() {
    let mut world = world([done("T-1", None, 1)]);
    let told = |world: &World| {
        let close = close_at(world, now()).unwrap();
        close.notices.iter().map(|notice| format!("{}: {}", notice.to, notice.subject)).collect::<Vec<_>>()
    };
    assert_eq!(told(&world), [""; 0]);
    let io = |user: &str| go_bus_api::Agent {
        user: Some(samples::id(user)),
        ..samples::agent(&format!("io-{user}"), Role::Io)
    };
    world.extend(["ada", "bob"].map(io).map(Resource::Agent));
    world.apply(Resource::Agent(samples::agent("c0", Role::C0)));
    let session = |user: &str, closed_at| Session {
        id: samples::id(&format!("s-{user}")),
        user: samples::id(user),
        opened_at: now(),
        closed_at,
        io: None,
        revision: Revision(1),
    };
    world.extend([session("ada", None), session("bob", Some(now()))].map(Resource::Session));
    let words = "Sprint S-1: 1 of 1 tickets done";
    assert_eq!(told(&world), [format!("c0: {words}"), format!("io-ada: {words}")]);
}
