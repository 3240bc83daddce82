//! What only the Mac offers waits for M0, goes to it, and comes back (R9, R10).

use go_bus_api::{AgentId, AlertLevel, TaskState};
use rustix::process::Signal;

use crate::operator::Operator;
use crate::place::{Place, code, out, until};

const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: SEEN, title: look at it, kind: feature, capabilities: [browser], run: echo seen | tee page, verify: [test -s page], review: test -s page}\n      \
    - {id: AFTER, title: after, kind: chore, depends_on: [SEEN], run: echo AFTER >> trace}\n      \
    - {id: MODEL, title: train, kind: chore, capabilities: [gpu], depends_on: [AFTER], run: 'echo on $XIO_AGENT_ID >> trace; sleep 600', timeout: 2s, max_attempts: 1}\n";

#[test]
fn a_ticket_for_the_mac_waits_while_it_sleeps_and_is_done_reviewed_and_limited_once_it_is_there() {
    let place = Place::with_plan(PLAN);
    let mut up = place.up(&[]);
    let url = up.url();
    let operator = Operator::at(&place, &url);
    let why = |ticket: &str| out(&place.go(&["status", "--why", ticket, "--bus-url", &url]));
    until("C0 is told", || {
        let alerts = operator.with(async |bus| bus.alerts(&go_bus_api::ListQuery::default()).await);
        let told = alerts.items.iter().find(|alert| alert.title.as_str() == "SEEN waits for M0").cloned();
        told.map(|alert| assert_eq!(alert.level, AlertLevel::L2))
    });
    assert!(why("SEEN").contains("only M0 offers what it needs, and M0 was never heard of"), "{}", why("SEEN"));

    let mut c0 = place.start(&["agent", "c0", "--bus-url", &url]);
    assert!(c0.line("SEEN waits for M0").contains("alert from 000"));
    until("C0 has taken note", || operator.world().messages_to(&AgentId::c0()).next().is_none().then_some(()));

    let mut m0 = place.start(&["agent", "m0", "--bus-url", &url]);
    assert!(m0.line("SEEN: look at it").contains("delegation from 000"));
    let second = place.go(&["agent", "m0", "--bus-url", &url]);
    assert_eq!(code(&second), 1, "two would do the same work");
    up.line("SEEN done");
    let seen = operator.with(async |bus| bus.task(&"SEEN".parse().unwrap()).await);
    assert_eq!((seen.assignee, seen.attempt.0), (Some(AgentId::m0()), 1));
    assert_eq!(seen.result.unwrap().as_str(), "seen (1 verification passed)");
    let reviews = operator.with(async |bus| bus.tasks(&go_bus_api::ListQuery::default()).await).items;
    let reviews: Vec<_> = reviews.iter().filter(|task| task.review_of == Some("SEEN".parse().unwrap())).collect();
    assert_eq!(
        reviews.iter().map(|task| task.state).collect::<Vec<_>>(),
        [TaskState::Done],
        "a fresh agent looked at it"
    );

    until("what takes too long has failed", || {
        let model = operator.with(async |bus| bus.task(&"MODEL".parse().unwrap()).await);
        (model.state == TaskState::Failed).then_some(())
    });
    assert_eq!(place.lines("trace"), ["AFTER", "on m0"]);
    for fixed in [m0, c0] {
        fixed.signal(Signal::TERM);
        assert_eq!(fixed.end().0.code(), Some(0));
    }
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
    assert_eq!(place.processes(), Vec::<String>::new());
}

const LOOK: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: LOOK, title: look, kind: chore, capabilities: [browser], run: 'echo look >> trace; until test -e go-on; do sleep 0.02; done', timeout: 2s}\n";

#[test]
fn a_mac_that_falls_asleep_at_work_loses_the_attempt_and_does_the_next_one_when_it_wakes_up() {
    let place = Place::with_plan(LOOK);
    let beats = ["--set", "agents.heartbeat=200ms"];
    let mut up = place.up(&beats);
    let url = up.url();
    let operator = Operator::at(&place, &url);
    let m0 = place.start(&[&["agent", "m0", "--bus-url", &url], &beats[..]].concat());
    until("M0 is at work", || (place.lines("trace") == ["look"]).then_some(()));
    m0.signal(Signal::STOP);
    let error = until("its attempt is over", || {
        let look = operator.with(async |bus| bus.task(&"LOOK".parse().unwrap()).await);
        look.error.filter(|_| look.state == TaskState::Pending)
    });
    assert_eq!(error.as_str(), "M0 fell silent at work, and was not back in time");
    until("C0 is told", || {
        operator.world().open_alerts().any(|alert| alert.title.as_str() == "LOOK waits for M0").then_some(())
    });
    let why = out(&place.go(&["status", "--why", "LOOK", "--bus-url", &url]));
    assert!(why.contains("M0 sleeps: nothing is heard of it since"), "{why}");
    std::fs::write(place.path().join("go-on"), "").unwrap();
    m0.signal(Signal::CONT);
    up.line("LOOK done");
    let look = operator.with(async |bus| bus.task(&"LOOK".parse().unwrap()).await);
    assert_eq!((look.attempt.0, look.failures, place.lines("trace").len()), (2, 1, 2));
    m0.signal(Signal::TERM);
    assert_eq!(m0.end().0.code(), Some(0));
    up.signal(Signal::INT);
    assert_eq!(up.end().0.code(), Some(130));
}
