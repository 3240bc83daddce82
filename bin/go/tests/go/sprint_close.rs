//! A `go up` that is killed at a step of a sprint's close, and the next one: whatever the end brings is there exactly once.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::place::{Place, code, err, out, until};

/// Two tickets; the second is done as soon as it may be.
const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: A, title: a, kind: chore, estimate_minutes: 1, run: echo A >> trace}\n      \
    - {id: B, title: b, kind: chore, depends_on: [A], run: 'until test -e go-on; do sleep 0.02; done; echo B >> trace'}\n";

/// What can be seen of a close from outside, each after or beside the one before it.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The last ticket's command has run.
    Run,
    /// The Bus has closed the sprint.
    Closed,
    /// The push that follows from it is there.
    Push,
    /// The summary is written.
    Summary,
    /// The log has the entry's beginning.
    Entry,
    /// The plan has what became of the tickets.
    Statuses,
}

impl Step {
    fn is_seen(self, place: &Place, url: &str) -> bool {
        match self {
            Self::Run => place.lines("trace").contains(&"B".to_owned()),
            Self::Closed => read(place, &["events"], url).iter().any(|event| event["kind"] == "sprint.closed"),
            Self::Push => read(place, &["events"], url).iter().any(is_push),
            Self::Summary => !place.lines(".go/sprints/S-1.md").is_empty(),
            Self::Entry => !place.lines("bp/11_EXECUTION_LOG.md").is_empty(),
            Self::Statuses => count(&place.lines("plan.yaml"), "status: done") == 2,
        }
    }
}

/// The lines of a reading command.
fn read(place: &Place, command: &[&str], url: &str) -> Vec<Value> {
    let output = place.go(&[command, &["--json", "--bus-url", url]].concat());
    assert_eq!(code(&output), 0, "{command:?}: {}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event["data"][field].as_str().unwrap()
}

fn is_push(event: &Value) -> bool {
    event["kind"] == "task.created" && event["data"]["id"] == "push-S-1-p"
}

fn count(lines: &[String], part: &str) -> usize {
    lines.iter().filter(|line| line.contains(part)).count()
}

/// Kills `go up` once `step` is seen and `pause` more has passed, runs it again to its end, and counts what the close has brought.
fn killed_at(step: Step, pause: Duration) {
    let place = Place::with_plan(PLAN);
    std::fs::create_dir(place.path().join("bp")).unwrap();
    std::fs::write(place.path().join("go.yaml"), "paths: {blueprint: bp}\n").unwrap();
    let mut first = place.up(&[]);
    let url = first.url();
    std::fs::write(place.path().join("go-on"), "").unwrap();
    until(&format!("{step:?} is seen"), || step.is_seen(&place, &url).then_some(()));
    first.read_for(pause);
    first.signal(Signal::KILL);
    first.end();
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    is_there_once(&place);
    assert_eq!(place.processes(), Vec::<String>::new());
}

/// The five: summary, plan, push, word to the IO, entry.
fn is_there_once(place: &Place) {
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let events = read(place, &["events"], &bus.url());
    let closed: Vec<&Value> = events.iter().filter(|event| event["kind"] == "sprint.closed").collect();
    let [closed] = closed.as_slice() else { panic!("the close: {closed:?}") };
    let sprint = &closed["data"];
    let summary = std::fs::read_to_string(place.path().join(".go/sprints/S-1.md")).unwrap();
    assert_eq!(Some(summary.trim()), sprint["summary"].as_str().map(str::trim));
    let report = std::fs::read_to_string(place.path().join(".go/sprints/S-1.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&report).unwrap(), sprint["report"]);
    assert_eq!(report.matches("\"A\"").count() + report.matches("\"B\"").count(), 2, "both were done: {report}");
    let plan = place.lines("plan.yaml");
    assert_eq!((count(&plan, "status: done"), count(&plan, "sprint: S-1")), (2, 2), "{}", plan.join("\n"));
    assert_eq!(events.iter().filter(|event| is_push(event)).count(), 1);
    let pushed = events.iter().filter(|event| event["kind"] == "task.completed" && event["data"]["id"] == "push-S-1-p");
    assert_eq!(pushed.count(), 1, "the push was done, once");
    let is_word = |event: &&Value| event["kind"] == "message.sent" && event["data"]["kind"] == "progress";
    // One that its IO had not read when it ended is the successor's: the same message, with another addressee.
    let word = |event| (text(event, "id"), text(event, "to"));
    let words: BTreeMap<&str, &str> = events.iter().filter(is_word).map(word).collect();
    let mut told: Vec<&str> = words.into_values().collect();
    told.sort_unstable();
    let is_io = |id: &str| events.iter().any(|event| event["data"]["id"] == id && event["data"]["role"] == "io");
    assert!(matches!(told.as_slice(), [io, "c0"] if is_io(io)), "who was told: {told:?}");
    let log = place.lines("bp/11_EXECUTION_LOG.md");
    let marks = ["<!-- sprint S-1 ", "<!-- end of sprint S-1 ", "Sprint S-1: 2 of 2 tickets done"];
    assert_eq!(marks.map(|mark| count(&log, mark)), [1, 1, 1], "{}", log.join("\n"));
    bus.signal(Signal::INT);
    bus.end();
}

macro_rules! steps {
    ($($name:ident: $step:ident + $pause:literal ms),* $(,)?) => {$(
        #[test]
        fn $name() {
            killed_at(Step::$step, Duration::from_millis($pause));
        }
    )*};
}

steps! {
    killed_before_the_last_ticket_is_done: Run + 0 ms,
    killed_as_the_last_ticket_is_judged: Run + 12 ms,
    killed_as_the_sprint_ends: Run + 25 ms,
    killed_as_its_files_are_written: Run + 40 ms,
    killed_once_the_bus_has_closed_it: Closed + 0 ms,
    killed_once_its_push_is_there: Push + 0 ms,
    killed_once_its_summary_is_written: Summary + 0 ms,
    killed_once_the_log_has_a_byte_of_it: Entry + 0 ms,
    killed_once_the_plan_tells_of_it: Statuses + 0 ms,
    killed_when_all_is_done: Entry + 150 ms,
}
