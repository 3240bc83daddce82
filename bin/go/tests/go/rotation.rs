//! An orchestrator whose context is full is succeeded while its tickets run on (R26).

use go_bus_api::{Agent, AgentId, AgentState, Event, EventKind, Heartbeat, Message, Ratio, Role, TaskState};
use rustix::process::Signal;

use crate::operator::Operator;
use crate::place::{Place, until};

const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: A, title: a, kind: chore, run: 'echo A >> trace; until test -e go-on; do sleep 0.02; done'}\n      \
    - {id: B, title: b, kind: chore, depends_on: [A], run: echo B >> trace}\n";

/// How many of `role` were live at most at a time, and the events after which nobody was, but for the first.
fn seat_over_time(events: &[Event], role: Role) -> (usize, Vec<String>) {
    let mut live: Vec<AgentId> = Vec::new();
    let (mut most, mut empty) = (0, Vec::new());
    for event in events {
        let Ok(agent) = serde_json::from_value::<Agent>(event.data.clone()) else { continue };
        if agent.role != role {
            continue;
        }
        let had = live.len();
        live.retain(|id| *id != agent.id);
        if agent.state.is_live() {
            live.push(agent.id.clone());
        }
        if had > 0 && live.is_empty() {
            empty.push(format!("{} {}", event.seq, event.kind));
        }
        most = most.max(live.len());
    }
    (most, empty)
}

/// Says, as the one who sits there, that its context is full; answers who sits there after it.
fn rotate(operator: &Operator, role: Role) -> (Agent, Agent) {
    let old = operator.ready(role);
    let full = Heartbeat { context_used: Ratio::new(0.83).ok(), state: None };
    operator.as_agent(&old.id, async |bus| bus.heartbeat(&old.id, &full).await);
    let heir = until("its successor is there", || {
        let world = operator.world();
        let mut heirs = world.agents_of(role).filter(|agent| agent.replaces.as_ref() == Some(&old.id));
        heirs.find(|heir| heir.state == AgentState::Ready).cloned()
    });
    (old, heir)
}

#[test]
fn a_full_po_ho_or_io_is_succeeded_and_its_ticket_runs_on_in_the_same_attempt() {
    let place = Place::with_plan(PLAN);
    let mut up = place.up(&[]);
    let operator = Operator::at(&place, &up.url());
    until("the ticket runs", || (place.lines("trace") == ["A"]).then_some(()));
    let task: go_bus_api::TaskId = "A".parse().unwrap();
    for role in [Role::Po, Role::Ho, Role::Io] {
        let (old, heir) = rotate(&operator, role);
        let prompt = operator.with(async |bus| bus.prompt(&heir.id).await);
        assert!(prompt.as_str().contains("## Handoff"), "{prompt}");
        if role == Role::Po {
            assert!(prompt.as_str().contains("A in attempt 1 is in_progress: worker"), "{prompt}");
            let passed = operator.with(async |bus| bus.task(&task).await);
            assert_eq!(
                (passed.assignee.as_ref(), passed.attempt.0, passed.state),
                (Some(&heir.id), 1, TaskState::InProgress)
            );
        }
        until("the old one has ended", || {
            operator.world().agent_state(&old.id).is_none_or(AgentState::is_ended).then_some(())
        });
    }
    until("the handoffs have served", || {
        let world = operator.world();
        (!world.messages_to(&AgentId::go()).any(|left| left.is_about(Message::HANDOFF))).then_some(())
    });
    std::fs::write(place.path().join("go-on"), "").unwrap();
    up.line("B done");
    assert_eq!(place.lines("trace"), ["A", "B"], "the ticket ran on");
    let events = operator.events();
    for role in [Role::Po, Role::Ho, Role::Io] {
        let (most, empty) = seat_over_time(&events, role);
        // In the commit that passes it on, its last holder drains before the next one is asked for.
        let passed_on = |line: &String| line.ends_with(EventKind::AgentDraining.as_str());
        assert!(most == 1 && empty.len() == 1 && empty.iter().all(passed_on), "{role:?}: {most} at a time, {empty:?}");
    }
    for event in events.iter().filter(|event| event.kind == EventKind::AgentDraining) {
        let next = events.iter().find(|next| next.seq.0 == event.seq.0 + 1).unwrap();
        assert_eq!(next.kind, EventKind::AgentRequested, "{event:?}");
    }
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
    assert_eq!(place.processes(), Vec::<String>::new());
}
