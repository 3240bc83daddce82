//! A `go up` that dies, and the next one.

use std::time::Duration;

use rustix::process::Signal;

use crate::place::{Place, free_port, until};

#[test]
fn what_ran_when_it_was_killed_is_adopted_and_done_once() {
    let place = Place::with_plan(
        "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
         - {id: A, title: a, kind: chore, run: 'echo A >> trace; until test -e go-on; do sleep 0.02; done'}\n      \
         - {id: B, title: b, kind: chore, depends_on: [A], run: echo B >> trace}\n",
    );
    let mut first = place.up(&["--exit-when-done"]);
    first.url();
    until("the ticket runs", || (place.lines("trace") == ["A"]).then_some(()));
    first.signal(Signal::KILL);
    first.end();
    let mut second = place.up(&["--exit-when-done"]);
    second.url();
    std::fs::write(place.path().join("go-on"), "").unwrap();
    let (status, said) = second.end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    assert_eq!(place.lines("trace"), ["A", "B"]);
    assert_eq!(place.processes(), Vec::<String>::new());
}

/// Twelve tickets of 0.15 s with dependencies, a review and a failure that heals, on three slots: about a second in all.
fn twelve() -> String {
    let mut plan = "version: 1\nhosts: [{id: h1, slots: 3}]\nprojects:\n  - id: p\n    tickets:\n".to_owned();
    for n in 1..=12 {
        let (kind, review) = if n % 6 == 0 { ("feature", ", review: 'true'") } else { ("chore", "") };
        let before = if n > 4 { format!(", depends_on: [T-{}]", n - 4) } else { String::new() };
        let run = format!("echo begin T-{n} >> trace; sleep 0.15; echo end T-{n} >> trace");
        plan += &format!("      - {{id: T-{n}, title: t{n}, kind: {kind}, run: '{run}'{before}{review}}}\n");
    }
    plan
}

/// Kills `go up` once `tenths` tenths of its work have begun and `pause` more has passed, then runs the same command again.
fn killed_at(tenths: usize, pause: Duration) {
    let place = Place::with_plan(&twelve());
    let listen = format!("127.0.0.1:{}", free_port());
    let up = || place.start(&["up", "--listen", &listen, "--exit-when-done"]);
    let mut first = up();
    first.url();
    until("enough has begun", || (place.lines("trace").len() >= tenths * 24 / 10).then_some(()));
    first.read_for(pause);
    first.signal(Signal::KILL);
    first.end();
    let (status, said) = up().end();
    assert_eq!(status.code(), Some(0), "{}", said.join("\n"));
    let mut trace = place.lines("trace");
    trace.sort();
    let mut once: Vec<String> = (1..=12).flat_map(|n| [format!("begin T-{n}"), format!("end T-{n}")]).collect();
    once.sort();
    assert_eq!(trace, once, "a ticket ran twice or not at all");
    assert_eq!(place.processes(), Vec::<String>::new());
}

macro_rules! moments {
    ($($name:ident: $tenths:literal + $pause:literal ms),* $(,)?) => {$(
        #[test]
        fn $name() {
            killed_at($tenths, Duration::from_millis($pause));
        }
    )*};
}

// Not where the program stands, but where the work does: the pauses land between and inside its steps.
moments! {
    killed_as_soon_as_it_listens: 0 + 0 ms,
    killed_while_it_finds_its_feet: 0 + 17 ms,
    killed_while_the_first_tickets_start: 0 + 60 ms,
    killed_when_the_first_has_begun: 1 + 3 ms,
    killed_between_the_first_and_the_second_batch: 2 + 140 ms,
    killed_as_results_come_in: 3 + 155 ms,
    killed_half_way: 5 + 71 ms,
    killed_at_seven_tenths: 7 + 149 ms,
    killed_near_the_end: 9 + 33 ms,
    killed_as_the_last_one_ends: 9 + 160 ms,
}
