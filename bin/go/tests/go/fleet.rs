//! `go up` from a plan to its end.

use std::collections::BTreeMap;

use crate::place::{Place, code, err, out};

/// Two projects, two hosts: dependencies, a review, and a ticket that fails at first.
const PLAN: &str = r#"# a comment that stays
version: 1
projects:
  - id: site
    priority: p1
    tickets:
      - {id: S-1, title: first, kind: chore, run: echo S-1 >> trace}
      - {id: S-2, title: "reviewed", kind: feature, depends_on: [S-1], run: echo S-2 >> trace, verify: [grep -q S-2 trace], review: echo R-2 >> trace}
      - {id: S-3, title: heals, kind: chore, depends_on: [S-1], run: "echo S-3 >> trace; test $(grep -c S-3 trace) = 2"}
      - {id: S-4, title: last, kind: chore, depends_on: [S-2, S-3, D-1], run: echo S-4 >> trace}
  - id: docs
    tickets:
      - {id: D-1, title: a page, kind: chore, run: echo D-1 >> trace}
      - {id: D-2, title: another, kind: chore, run: echo D-2 >> trace}
hosts:
  - {id: h1, slots: 1}
  - {id: h2, slots: 2}
"#;

#[test]
fn every_ticket_is_done_once_in_the_order_of_its_dependencies() {
    let place = Place::with_plan(PLAN);
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let trace = place.lines("trace");
    let mut runs = BTreeMap::new();
    for line in &trace {
        *runs.entry(line.as_str()).or_insert(0) += 1;
    }
    let once = [("D-1", 1), ("D-2", 1), ("R-2", 1), ("S-1", 1), ("S-2", 1), ("S-3", 2), ("S-4", 1)];
    assert_eq!(runs.into_iter().collect::<Vec<_>>(), once);
    assert!(trace.iter().position(|line| line == "S-1") < trace.iter().position(|line| line == "S-2"));
    assert_eq!(trace.last().map(String::as_str), Some("S-4"));
    let plan = place.lines("plan.yaml");
    assert_eq!(plan.iter().filter(|line| line.contains("status: done")).count(), 6, "{}", plan.join("\n"));
    assert_eq!(plan.first().map(String::as_str), Some("# a comment that stays"));
    assert!(said.iter().any(|line| line.contains("S-3 failed") && line.contains("retry in")), "{}", said.join("\n"));
    assert_eq!(place.processes(), Vec::<String>::new());
}

#[test]
fn a_plan_that_can_not_move_ends_with_1_and_says_why() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: p\n    tickets:\n      - {id: A, title: a, kind: chore, run: exit 7, max_attempts: 1}\n      \
         - {id: B, title: b, kind: chore, run: 'true', depends_on: [A]}\n",
    );
    let (status, said) = place.up(&["--exit-when-done"]).end();
    let said = said.join("\n");
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("A is failed: 1 of 1 attempts failed"), "{said}");
    assert!(said.contains("B is blocked"), "{said}");
}

#[test]
fn no_plan_says_how_to_get_one_and_a_bad_one_tells_every_mistake() {
    let place = Place::new();
    let none = place.go(&["up"]);
    assert_eq!(code(&none), 2);
    assert!(err(&none).contains("go init"), "{}", err(&none));
    std::fs::write(place.path().join("plan.yaml"), "version: 1\nprojcts: []\nhosts: 5\n").unwrap();
    let bad = place.go(&["up"]);
    assert_eq!(code(&bad), 2);
    assert!(err(&bad).contains("plan.yaml:2:") && err(&bad).contains("plan.yaml:3:"), "{}", err(&bad));
}

#[test]
fn while_it_runs_the_reading_commands_tell_what_and_why() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: p\n    tickets:\n      - {id: A, title: a, kind: chore, run: echo A >> trace; sleep 60}\n      \
         - {id: B, title: b, kind: chore, run: 'true', depends_on: [A]}\n",
    );
    let mut up = place.up(&[]);
    let url = up.url();
    up.line("A started");
    let read = |arguments: &[&str]| {
        let output = place.go(&[arguments, &["--bus-url", &url]].concat());
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
        out(&output)
    };
    assert!(read(&["status", "--why", "B"]).contains("dependency A is in_progress"));
    assert!(read(&["status"]).contains("is GO, epoch 1"));
    assert!(read(&["status"]).contains("sprint S-1: 0 of "));
    assert!(read(&["sprints"]).contains("S-1     open   0 of "), "{}", read(&["sprints"]));
    let events = read(&["events", "--json"]);
    let seqs: Vec<u64> = events
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=u64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
    for command in ["status", "sprints", "agents", "tasks", "digest", "lease"] {
        assert!(serde_json::from_str::<serde_json::Value>(&read(&[command, "--json"])).is_ok(), "{command}");
    }
    let unknown = place.go(&["status", "--why", "NOPE", "--bus-url", &url]);
    assert_eq!((code(&unknown), err(&unknown).contains("NOPE")), (1, true));
    let refused = place.go(&["tasks", "--bus-url", &url, "--data", "nowhere"]);
    assert_eq!(code(&refused), 4, "{}", err(&refused));
    let second = place.go(&["run", "--standby-ok=false", "--bus-url", &url]);
    assert_eq!(code(&second), 5, "{}", err(&second));
    assert!(read(&["task", "hold", "A"]).contains("A is held"));
    assert!(read(&["pause", "p"]).contains("project p is paused"));
    assert!(read(&["resume"]).contains("project p is active"));
}

/// CRLF, comments, an anchor with a merge, block and flow tickets, odd spacing and quotes, no newline at the end.
const STYLES: &str = "# the site\r\nversion: 1\r\nx-usual: &usual {kind: chore, max_attempts: 2}   # shared\r\nprojects:\r\n  \
    - id:   p\r\n    tickets:\r\n      - {id: A, title: \"flow, quoted\", kind: chore, run: 'true'}  # stays\r\n\r\n      \
    - id: B   # a block one\r\n        <<: *usual\r\n        title: 'merged'\r\n        run: 'true'\r\n        depends_on: [ A ]\r\n    \
    name: last key   # after the tickets";

#[test]
fn a_run_keeps_every_byte_of_the_plan_but_its_own() {
    let place = Place::with_plan(STYLES);
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let plan = std::fs::read_to_string(place.path().join("plan.yaml")).unwrap();
    assert_eq!(plan.matches("status: done").count(), 2, "{plan}");
    assert_eq!(without_go_s_own(&plan), STYLES);
}

/// The plan without the `status`, `result` and `sprint` that GO wrote: whole lines in block tickets, entries in flow ones.
fn without_go_s_own(plan: &str) -> String {
    let own = |line: &&str| ["status: ", "result: ", "sprint: "].iter().any(|key| line.trim_start().starts_with(key));
    let mut rest: String = plan.split_inclusive('\n').filter(|line| !own(line)).collect();
    for key in [", status: ", ", result: ", ", sprint: "] {
        while let Some(from) = rest.find(key) {
            let length = rest[from + 1..].find([',', '}']).unwrap() + 1;
            rest.replace_range(from..from + length, "");
        }
    }
    rest
}
