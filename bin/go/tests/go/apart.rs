//! Bus, launcher and GO as processes of their own, and a Bus that goes away in the middle of a plan.

use rustix::process::Signal;

use crate::place::{Place, code, err, free_port, until};

/// Twenty tickets on four slots; each says when it begins and ends, and the sixth waits to be let on.
fn plan() -> String {
    let mut plan = "version: 1\nhosts: [{id: localhost, slots: 4}]\nprojects:\n  - id: p\n    tickets:\n".to_owned();
    for n in 1..=20 {
        let wait = if n == 6 { "until test -e go-on; do sleep 0.02; done; " } else { "" };
        let run = format!("echo begin T-{n} >> trace; {wait}echo end T-{n} >> trace");
        plan += &format!("      - {{id: T-{n}, title: t{n}, kind: chore, run: '{run}'}}\n");
    }
    plan
}

#[test]
fn a_bus_that_is_killed_in_the_middle_is_waited_for_and_nothing_is_lost_or_done_twice() {
    let place = Place::with_plan(&plan());
    let listen = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{listen}");
    let serve = || {
        let mut bus = place.start(&["bus", "serve", "--listen", &listen]);
        bus.url();
        bus
    };
    let bus = serve();
    let _launcher =
        place.start_by("exec \"$@\" 2> launcher.log", &["launcher", "--host", "localhost", "--bus-url", &url]);
    let go = place.start_by("exec \"$@\" 2> go.log", &["run", "--plan", "plan.yaml", "--bus-url", &url]);
    until("the sixth ticket waits", || place.lines("trace").contains(&"begin T-6".to_owned()).then_some(()));
    bus.signal(Signal::KILL);
    bus.end();
    let away = |log: &str| {
        place.lines(log).into_iter().filter(|line| line.contains("waits until the Bus is back")).collect::<Vec<_>>()
    };
    for log in ["go.log", "launcher.log"] {
        until("it says that the Bus is away", || (!away(log).is_empty()).then_some(()));
    }
    std::fs::write(place.path().join("go-on"), "").unwrap();
    until("the sixth ticket goes on without a Bus", || {
        place.lines("trace").contains(&"end T-6".to_owned()).then_some(())
    });
    let _bus = serve();
    until("the plan is done", || {
        (place.lines("plan.yaml").iter().filter(|l| l.contains("status: done")).count() == 20).then_some(())
    });
    for log in ["go.log", "launcher.log"] {
        let said = away(log);
        assert!(said.len() == 1, "{log}: {said:#?}");
        assert!(
            place.lines(log).iter().any(|line| line.contains("the Bus is back after")),
            "{log} never said that the Bus is back"
        );
    }
    go.signal(Signal::INT);
    assert_eq!(go.end().0.code(), Some(130));
    let mut trace = place.lines("trace");
    trace.sort();
    let mut once: Vec<String> = (1..=20).flat_map(|n| [format!("begin T-{n}"), format!("end T-{n}")]).collect();
    once.sort();
    assert_eq!(trace, once, "a ticket ran twice or not at all");
}

#[test]
fn a_second_launcher_of_a_host_in_the_same_folder_touches_nothing_and_names_the_first() {
    let place = Place::with_plan("version: 1\nprojects: []\n");
    let mut fleet = place.up(&[]);
    let url = fleet.url();
    let note = || Some(place.lines(".go/hosts/localhost/launcher")).filter(|lines| !lines.is_empty());
    let first = until("the first launcher is noted", note);
    let output = place.go(&["launcher", "--host", "localhost", "--bus-url", &url]);
    let said = err(&output);
    assert_eq!(code(&output), 1, "{said}");
    assert!(said.contains("is the launcher of host localhost already") && said.contains("end it first"), "{said}");
    assert_eq!(note(), Some(first), "it is the first one's host as before");
    fleet.signal(Signal::INT);
    assert_eq!(fleet.end().0.code(), Some(130));
}
