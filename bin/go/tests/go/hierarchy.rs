//! The hierarchy follows what happens: hosts, projects and humans come and go, and so do their orchestrators (R12).

use go_bus_api::{Agent, AgentId, AgentState, HostPatch, HostState, ProjectPatch, ProjectState, Role, TaskState};
use rustix::process::Signal;
use serde_json::json;

use crate::operator::{Operator, body};
use crate::place::{Place, until};

const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: A, title: a, kind: chore, run: 'echo A >> trace; until test -e go-on; do sleep 0.02; done'}\n\
    hosts:\n  - {id: h1, slots: 2}\n";

/// Whom an orchestrator is there for.
fn seat(agent: &Agent) -> String {
    let of = [agent.project.as_ref().map(ToString::to_string), agent.user.as_ref().map(ToString::to_string)];
    let host = || agent.host.as_ref().map(ToString::to_string);
    let whose = if agent.role == Role::Ho { host() } else { of.into_iter().flatten().next() };
    format!("{} of {}", agent.role.as_str(), whose.unwrap_or_default())
}

/// Waits until exactly these seats are taken, each by one who is ready.
fn await_seats(operator: &Operator, expected: &[&str]) {
    let mut last = Vec::new();
    until(&format!("{expected:?} are there"), || {
        let world = operator.world();
        let on_seats = [Role::Ho, Role::Po, Role::Io].into_iter().flat_map(|role| world.agents_of(role));
        let live: Vec<_> = on_seats.filter(|agent| agent.state.is_live()).collect();
        last = live.iter().map(|agent| seat(agent)).collect();
        last.sort();
        let are_ready =
            live.iter().all(|agent| agent.state == AgentState::Ready || agent.host == Some("h9".parse().unwrap()));
        (last == expected && are_ready).then_some(())
    });
}

#[test]
fn who_logs_in_or_out_and_what_begins_pauses_or_ends_has_its_orchestrator_come_and_go() {
    let place = Place::with_plan(PLAN);
    let mut up = place.up(&[]);
    let operator = Operator::at(&place, &up.url());
    let usual = ["ho of h1", "io of operator", "po of p"];
    await_seats(&operator, &usual);

    let session = operator.with(async |bus| bus.open_session(&body(json!({"user": "ann"}))).await);
    operator.with(async |bus| bus.open_session(&body(json!({"user": "ann"}))).await);
    await_seats(&operator, &["ho of h1", "io of ann", "io of operator", "po of p"]);
    operator.with(async |bus| bus.close_session(&session.id).await);
    await_seats(&operator, &usual);

    operator.with(async |bus| bus.create_project(&body(json!({"id": "q"}))).await);
    let with_q = ["ho of h1", "io of operator", "po of p", "po of q"];
    await_seats(&operator, &with_q);
    let q = "q".parse().unwrap();
    for (state, expected) in
        [(ProjectState::Paused, &usual[..]), (ProjectState::Active, &with_q), (ProjectState::Done, &usual)]
    {
        let patch = ProjectPatch { state: Some(state), ..ProjectPatch::default() };
        operator.with(async |bus| bus.patch_project(&q, &patch).await);
        await_seats(&operator, expected);
    }

    operator.with(async |bus| bus.create_host(&body(json!({"id": "h9", "slots": 1}))).await);
    await_seats(&operator, &["ho of h1", "ho of h9", "io of operator", "po of p"]);
    let (h9, inactive) =
        ("h9".parse().unwrap(), HostPatch { state: Some(HostState::Inactive), ..HostPatch::default() });
    operator.with(async |bus| bus.patch_host(&h9, &inactive).await);
    await_seats(&operator, &usual);
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}

#[test]
fn a_killed_orchestrator_is_succeeded_at_once_and_its_ticket_adopted() {
    let place = Place::with_plan(PLAN);
    let mut up = place.up(&[]);
    let operator = Operator::at(&place, &up.url());
    until("the ticket runs", || (place.lines("trace") == ["A"]).then_some(()));
    let old = operator.ready(Role::Po);
    kill_agent(&old.id);
    let heir = until("it has a successor", || {
        let world = operator.world();
        world.agents_of(Role::Po).find(|agent| agent.id != old.id && agent.state == AgentState::Ready).cloned()
    });
    let task = operator.with(async |bus| bus.task(&"A".parse().unwrap()).await);
    assert_eq!((task.assignee, task.attempt.0, task.state), (Some(heir.id), 1, TaskState::InProgress));
    std::fs::write(place.path().join("go-on"), "").unwrap();
    up.line("A done");
    assert_eq!(place.lines("trace"), ["A"]);
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}

/// Kills the process of `agent` alone, which its environment names; its keeper reports the end.
fn kill_agent(agent: &AgentId) {
    let mark = format!("XIO_AGENT_ID={agent}");
    let pids = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let its_own = |path: &std::path::PathBuf| {
        let environment = std::fs::read(path.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    };
    let numbers = pids.filter(its_own).filter_map(|path| path.file_name()?.to_str()?.parse::<i32>().ok());
    let mut killed = 0;
    for pid in numbers.filter_map(rustix::process::Pid::from_raw) {
        rustix::process::kill_process(pid, Signal::KILL).unwrap();
        killed += 1;
    }
    assert_eq!(killed, 1, "processes of {agent}");
}
