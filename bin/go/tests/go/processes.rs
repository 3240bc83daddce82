//! Who is a process of its own, and what becomes of them.

use rustix::process::Signal;

use crate::place::{Place, code, err, out, until};

/// Two projects, each with a ticket that takes its time.
const SLOW: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
                    - {id: A, title: a, kind: chore, run: echo A >> trace; sleep 60}\n  - id: q\n    tickets:\n      \
                    - {id: B, title: b, kind: chore, run: echo B >> trace; sleep 60}\n";

fn count(processes: &[String], part: &str) -> usize {
    processes.iter().filter(|line| line.contains(part)).count()
}

#[test]
fn each_orchestrator_and_each_shim_is_a_process_of_its_own() {
    let place = Place::with_plan(SLOW);
    let _up = place.up(&[]);
    until("both tickets run", || (place.lines("trace").len() == 2).then_some(()));
    let running = until("everybody runs", || {
        let running = place.processes();
        (count(&running, " agent ") == 4).then_some(running)
    });
    let counts = [" up ", " agent ho", " agent po", " agent io", " shim "].map(|part| count(&running, part));
    assert_eq!(counts, [1, 1, 2, 1, 6], "{running:#?}");
}

#[test]
fn ctrl_c_stops_the_agents_gives_their_work_back_uncounted_and_lets_go_of_the_lease() {
    let place = Place::with_plan(SLOW);
    let mut up = place.up(&[]);
    up.url();
    until("both tickets run", || (place.lines("trace").len() == 2).then_some(()));
    up.signal(Signal::INT);
    let (status, said) = up.end();
    assert_eq!(status.code(), Some(130), "{}", said.join("\n"));
    assert_eq!(place.processes(), Vec::<String>::new());
    let plan = place.lines("plan.yaml").join("\n");
    assert!(plan.contains("status: pending") && !plan.contains("in_progress"), "{plan}");

    let mut bus = place.start(&["bus", "serve", "--listen", "127.0.0.1:0"]);
    let url = bus.url();
    let tasks = place.go(&["tasks", "--json", "--bus-url", &url]);
    let tasks: Vec<serde_json::Value> = serde_json::from_str(&out(&tasks)).unwrap();
    for task in &tasks {
        assert_eq!(
            (task["state"].as_str(), task["failures"].as_u64(), task["losses"].as_u64()),
            (Some("pending"), Some(0), Some(0))
        );
    }
    assert_eq!(tasks.len(), 2);
    assert!(out(&place.go(&["lease", "--bus-url", &url])).contains("nobody is GO"));
}

#[test]
fn a_second_one_on_the_same_folder_is_told_who_is_there() {
    let place = Place::with_plan(SLOW);
    let mut up = place.up(&[]);
    up.url();
    let second = place.go(&["up"]);
    assert_eq!(code(&second), 1);
    assert!(err(&second).contains(&format!("process {}", up.pid())), "{}", err(&second));
}
