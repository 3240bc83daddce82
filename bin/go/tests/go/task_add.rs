//! `go task add`: into the plan with every other byte as it was, and to the Bus once.

use rustix::process::Signal;

use crate::place::{Place, code, err, out, until};

/// A plan with a comment on every line that could get lost.
const PLAN: &str = "# mine\nversion: 1\nprojects:\n  - id: p  # the one\n    tickets:\n      - id: T-1\n        title: one   # first\n        kind: chore\n        run: echo T-1 >> trace\n# end\n";

const ADDED: &str = "      - id: T-2\n        title: \"the second\"\n        kind: chore\n        depends_on: [T-1]\n        \
                     run: \"echo T-2 >> trace\"\n        verify: [\"test -s trace\"]\n";

const FLAGS: &[&str] = &[
    "task",
    "add",
    "the second",
    "--kind",
    "chore",
    "--depends-on",
    "T-1",
    "--run",
    "echo T-2 >> trace",
    "--verify",
    "test -s trace",
];

fn text(place: &Place) -> String {
    std::fs::read_to_string(place.path().join("plan.yaml")).unwrap()
}

#[test]
fn where_no_bus_runs_the_plan_has_it_and_every_other_byte_stays() {
    let place = Place::with_plan(PLAN);
    let added = place.go(&[FLAGS, &["--bus-url", "http://127.0.0.1:1"]].concat());
    assert_eq!(code(&added), 0, "{}", err(&added));
    assert!(out(&added).starts_with("T-2 is in plan.yaml; the Bus is not running"), "{}", out(&added));
    assert_eq!(text(&place), PLAN.replace("# end\n", &format!("{ADDED}# end\n")));
    assert_eq!(code(&place.go(&["plan", "check"])), 0);
}

#[test]
fn what_can_not_be_is_2_and_the_plan_stays_as_it_is() {
    let place = Place::with_plan(PLAN);
    for (flags, word) in [
        (&["--id", "T-1"][..], "T-1 already"),
        (&["--project", "q"], "no project q"),
        (&["--depends-on", "T-9"], "T-9"),
        (&["--host", "h9"], "h9"),
        (&["--kind", "featrue"], "feature"),
    ] {
        let output = place.go(&[&["task", "add", "x", "--bus-url", "http://127.0.0.1:1"], flags].concat());
        assert_eq!(code(&output), 2, "{flags:?}: {}", err(&output));
        assert!(err(&output).contains(word) && err(&output).lines().count() <= 2, "{flags:?}: {}", err(&output));
        assert_eq!(text(&place), PLAN);
    }
}

#[test]
fn a_go_that_reads_the_plan_takes_it_up_and_does_it_once() {
    let place = Place::with_plan(PLAN);
    let mut up = place.up(&[]);
    let url = up.url();
    until("the first is done", || text(&place).contains("status: done").then_some(()));
    let added = place.go(&[FLAGS, &["--bus-url", &url]].concat());
    assert_eq!(
        (code(&added), out(&added)),
        (0, "T-2 is in plan.yaml; GO has taken it up\n".to_owned()),
        "{}",
        err(&added)
    );
    until("both are done", || (text(&place).matches("status: done").count() == 2).then_some(()));
    let tasks: Vec<serde_json::Value> =
        serde_json::from_str(&out(&place.go(&["tasks", "--json", "--bus-url", &url]))).unwrap();
    let tickets = tasks.iter().filter(|task| task["kind"] == "ticket").count();
    assert_eq!(tickets, 2, "{tasks:#?}");
    up.signal(Signal::INT);
    up.end();
    assert_eq!(place.lines("trace"), ["T-1", "T-2"]);
}

#[test]
fn where_nobody_leads_the_bus_has_it_too_and_go_makes_it_no_second_time() {
    let place = Place::with_plan(PLAN);
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let added = place.go(&[FLAGS, &["--bus-url", &url]].concat());
    assert!(out(&added).contains("it is on the Bus"), "{}{}", out(&added), err(&added));
    let shown = out(&place.go(&["task", "show", "T-2", "--bus-url", &url]));
    assert!(shown.contains("the second") && shown.contains("T-1"), "{shown}");
    bus.signal(Signal::INT);
    bus.end();
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!(place.lines("trace"), ["T-1", "T-2"]);
}

#[test]
fn without_a_plan_the_bus_alone_has_it() {
    let place = Place::with_plan(PLAN);
    let (status, _) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0));
    std::fs::remove_file(place.path().join("plan.yaml")).unwrap();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    assert_eq!(code(&place.go(&["task", "add", "x", "--bus-url", &url])), 2, "it needs a project");
    let added = place.go(&["task", "add", "x", "--project", "p", "--id", "X", "--bus-url", &url]);
    assert_eq!((code(&added), place.path().join("plan.yaml").exists()), (0, false), "{}", err(&added));
    assert!(out(&place.go(&["tasks", "--bus-url", &url])).contains('X'));
}

#[test]
fn an_id_that_the_bus_knows_of_a_ticket_that_is_gone_is_not_given_again() {
    let gone = "      - {id: T-2, title: gone, kind: chore, run: echo gone >> trace}\n# end\n";
    let place = Place::with_plan(&PLAN.replace("# end\n", gone));
    let (status, said) = place.up(&["--exit-when-done"]).end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    std::fs::write(place.path().join("plan.yaml"), PLAN).unwrap();
    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let same = place.go(&[FLAGS, &["--id", "T-2", "--bus-url", &url]].concat());
    assert_eq!((code(&same), text(&place)), (2, PLAN.to_owned()), "{}", err(&same));
    assert!(err(&same).contains("the Bus has a task T-2 already"), "{}", err(&same));
    let added = place.go(&[FLAGS, &["--bus-url", &url]].concat());
    assert!(out(&added).starts_with("T-3 is in plan.yaml; it is on the Bus"), "{}{}", out(&added), err(&added));
}
