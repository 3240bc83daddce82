//! The sentences that a person reads.

use go_bus_api::{AgentState, Attempt, ExitReport, Resource, Role, Text, VerifyResult};

use super::*;
use crate::samples;

fn now() -> Timestamp {
    "2026-03-21T09:00:00.000Z".parse().unwrap()
}

fn explain(world: &World, id: &str) -> String {
    why(world, &samples::id(id), &Limits::default(), now()).unwrap().to_string()
}

fn fleet() -> World {
    [
        Resource::Host(samples::host("h1", 1)),
        Resource::Project(samples::project("site")),
        Resource::Agent(samples::po("po", "site")),
    ]
    .into_iter()
    .collect()
}

fn with(task: Task) -> World {
    let mut world = fleet();
    world.apply(Resource::Task(task));
    world
}

fn ticket(state: TaskState) -> Task {
    Task { state, ..samples::task("T-1", "site") }
}

fn builder(state: AgentState, report: Option<ExitReport>) -> Resource {
    let exit = report.map(|report| Exit { report, at: now() });
    let (task, attempt, host) = (Some(samples::id("T-1")), Some(Attempt(2)), Some(samples::id("h1")));
    Resource::Agent(Agent { task, attempt, host, state, exit, ..samples::agent("a-9", Role::Worker) })
}

#[test]
fn a_task_that_is_not_there_is_not_explained() {
    assert_eq!(why(&fleet(), &samples::id("ghost"), &Limits::default(), now()), None);
}

#[test]
fn what_waits_for_an_answer_says_the_question_and_how_it_is_answered() {
    let mut world = with(ticket(TaskState::Waiting));
    assert_eq!(explain(&world, "T-1"), "T-1 is waiting: it waits until somebody who works on it has it go on");
    for (id, state) in [("q-1", "answered"), ("q-2", "open")] {
        let question = serde_json::json!({
            "id": id, "task": "T-1", "agent": "a-9", "text": "Which colour?\nof all", "default": null, "deadline": null,
            "state": state, "answer": null, "revision": 1,
        });
        world.apply(Resource::Question(serde_json::from_value(question).unwrap()));
    }
    let asked = "T-1 is waiting: it waits for an answer to: Which colour? (go answer q-2 TEXT";
    assert_eq!(explain(&world, "T-1"), format!("{asked})"));
    let question = serde_json::json!({
        "id": "q-2", "task": "T-1", "agent": "a-9", "text": "Which colour?", "default": null, "deadline": null,
        "options": ["teal", "red"], "state": "open", "answer": null, "revision": 2,
    });
    world.apply(Resource::Question(serde_json::from_value(question).unwrap()));
    assert_eq!(explain(&world, "T-1"), format!("{asked}, one of: teal, red)"));
}

#[test]
fn what_is_held_says_what_went_wrong_and_how_it_goes_on() {
    let held = "T-1 is held: held until a person has it go on (go task retry)";
    assert_eq!(explain(&with(ticket(TaskState::Held)), "T-1"), held);
    let escalated = Task { error: Some(Text::clipped("log in first\nlast words")), ..ticket(TaskState::Held) };
    assert_eq!(explain(&with(escalated), "T-1"), format!("{held}; what went wrong: log in first"));
}

#[test]
fn what_could_not_land_says_so_once_and_in_one_line_and_what_to_do() {
    let error = Some(Text::clipped("it could not land 3 times\n<<<<<<< ours"));
    let notes = Some(Text::clipped("it could not land: it conflicts\n<<<<<<< ours"));
    let blocked = Task { error, review_notes: notes, ..ticket(TaskState::Blocked) };
    let of_its_review = "T-1 is blocked: blocked: it could not land 3 times; its reviewer wants changes: it could not land: it conflicts";
    assert_eq!(explain(&with(blocked.clone()), "T-1"), of_its_review);
    assert_eq!(
        explain(&with(Task { landing_failures: 3, ..blocked }), "T-1"),
        "T-1 is blocked: blocked: it could not land 3 times; go task show T-1 has all of it; mend it, and go task retry T-1"
    );
}

#[test]
fn what_waits_says_for_what_and_what_went_wrong_before() {
    let mut world = with(ticket(TaskState::Pending));
    assert_eq!(explain(&world, "T-1"), "T-1 is pending: it waits for the next sprint");
    world.apply(Resource::Sprint(samples::open_sprint(&["T-1"])));
    assert_eq!(explain(&world, "T-1"), "T-1 is pending: it is ready, and assigned with the next tick");
    let until = Some("2026-03-21T09:00:02.000Z".parse().unwrap());
    let retry =
        Task { not_before: until, failures: 1, error: Some(Text::clipped("\nexit 2")), ..ticket(TaskState::Pending) };
    assert_eq!(
        explain(&with(retry), "T-1"),
        "T-1 is pending: backoff until 2026-03-21T09:00:02.000Z; 1 of 3 attempts failed, the last with: exit 2"
    );
}

#[test]
fn what_runs_says_with_whom_and_where() {
    let running = Task { assignee: Some(samples::id("po")), attempt: Attempt(2), ..ticket(TaskState::InProgress) };
    let mut world = with(running);
    assert_eq!(explain(&world, "T-1"), "T-1 is in_progress: attempt 2 is with po; its builder is not spawned yet");
    world.apply(builder(AgentState::Busy, None));
    assert_eq!(explain(&world, "T-1"), "T-1 is in_progress: attempt 2 is with po; worker a-9 on h1 is busy");
}

#[test]
fn an_exit_is_told_in_words() {
    let verify = |code| VerifyResult {
        command: Text::clipped("make test"),
        code,
        duration_ms: go_bus_api::Millis(1),
        tail: Text::default(),
    };
    let zero = ExitReport { code: Some(0), ..ExitReport::default() };
    for (report, words) in [
        (ExitReport { code: Some(2), ..ExitReport::default() }, "exited 2"),
        (ExitReport { verify: vec![verify(0), verify(1)], ..zero.clone() }, "exited 0 and `make test` exited 1"),
        (ExitReport { signal: Some(9), ..ExitReport::default() }, "was ended by signal 9"),
        (ExitReport { stopped: true, ..zero }, "was stopped"),
        (ExitReport::default(), "ended without a result"),
    ] {
        assert_eq!(exit_in_words(&Exit { report, at: now() }), words);
    }
}

#[test]
fn what_is_over_says_since_when_and_with_what() {
    let done = Task { finished_at: Some(now()), result: Some(Text::clipped("built\nit")), ..ticket(TaskState::Done) };
    assert_eq!(explain(&with(done), "T-1"), "T-1 is done: done since 2026-03-21T09:00:00.000Z; built it");
    let failed = Task { failures: 3, ..ticket(TaskState::Failed) };
    assert_eq!(explain(&with(failed), "T-1"), "T-1 is failed: 3 of 3 attempts failed");
}

#[test]
fn what_is_in_review_says_where_the_review_is() {
    let mut world = with(ticket(TaskState::InReview));
    assert_eq!(explain(&world, "T-1"), "T-1 is in_review: its review is still to be made");
    let review = Task {
        kind: TaskKind::Review,
        review_of: Some(samples::id("T-1")),
        assignee: Some(samples::id("po")),
        attempt: Attempt(1),
        state: TaskState::InProgress,
        ..samples::task("R-1", "site")
    };
    world.apply(Resource::Task(review));
    assert_eq!(
        explain(&world, "T-1"),
        "T-1 is in_review: review R-1 is in_progress: attempt 1 is with po; its builder is not spawned yet"
    );
}

#[test]
fn what_is_approved_says_what_its_landing_waits_for() {
    let landing = |ticket: &str, second: &str, state| Task {
        kind: TaskKind::Push,
        lands: Some(samples::id(ticket)),
        created_at: format!("2026-03-21T08:00:0{second}.000Z").parse().unwrap(),
        state,
        ..samples::task(&format!("land-{ticket}-1"), "site")
    };
    let mut world = with(Task { landing_task: Some(samples::id("land-T-1-1")), ..ticket(TaskState::InReview) });
    assert_eq!(explain(&world, "T-1"), "T-1 is in_review: delivered");
    let repo = Some(Text::clipped("/srv/site"));
    let revision = go_bus_api::Revision(2);
    world.apply(Resource::Project(go_bus_api::Project { repo, revision, ..samples::project("site") }));
    world.apply(Resource::Task(landing("T-1", "2", TaskState::Pending)));
    world.apply(Resource::Task(landing("T-2", "1", TaskState::InProgress)));
    let said = explain(&world, "T-1");
    assert!(said.starts_with("T-1 is in_review: delivered; ") && said.contains("lands after T-2"), "{said}");
    let begun = Task { revision: go_bus_api::Revision(2), ..landing("T-1", "2", TaskState::InProgress) };
    world.apply(Resource::Task(begun));
    let said = explain(&world, "T-1");
    assert!(said.starts_with("T-1 is in_review: delivered; land-T-1-1 is in_progress: "), "{said}");
}

#[test]
fn what_is_m0_s_says_whether_m0_is_heard_of() {
    let (assignee, attempt) = (Some(AgentId::m0()), Attempt(1));
    let mut world = with(Task { assignee, attempt, ..ticket(TaskState::InProgress) });
    let heard = Some("2026-03-21T08:59:00.000Z".parse().unwrap());
    world.apply(Resource::Agent(Agent { last_heartbeat: heard, ..samples::agent("m0", Role::M0) }));
    assert_eq!(explain(&world, "T-1"), "T-1 is in_progress: attempt 1 is with m0");
    let lost = Agent { state: AgentState::Lost, last_heartbeat: heard, ..samples::agent("m0", Role::M0) };
    world.apply(Resource::Agent(Agent { revision: go_bus_api::Revision(2), ..lost }));
    assert_eq!(
        explain(&world, "T-1"),
        "T-1 is in_progress: attempt 1 is with m0; nothing is heard of M0 since 2026-03-21T08:59:00.000Z; at its deadline \
         the attempt is over"
    );
    let waits = Task { capabilities: vec![Text::clipped("browser")], ..ticket(TaskState::Pending) };
    let mut asleep = with(waits);
    asleep.apply(Resource::Agent(samples::agent("m0", Role::M0)));
    assert_eq!(explain(&asleep, "T-1"), "T-1 is pending: only M0 offers what it needs, and M0 was never heard of");
}

#[test]
fn what_collides_is_told_whatever_it_is_at() {
    let collides = |task: Task, other: &str| {
        let files = vec![Text::clipped("src/a.rs"), Text::clipped("b.rs")];
        let collides_with = vec![go_bus_api::Collision { task: samples::id(other), files }];
        Task { collides_with, attempt: Attempt(1), ..task }
    };
    let mut world = with(collides(ticket(TaskState::InProgress), "T-2"));
    let other = Task { state: TaskState::Pending, ..samples::task("T-2", "site") };
    world.apply(Resource::Task(collides(other, "T-1")));
    assert!(explain(&world, "T-1").ends_with("; collides with T-2 (src/a.rs, b.rs)"), "{}", explain(&world, "T-1"));
    assert!(explain(&world, "T-2").ends_with("; collides with T-1 (src/a.rs, b.rs)"), "{}", explain(&world, "T-2"));
}
