//! A `go up` that dies, and the next one.

use rustix::process::Signal;

use crate::place::{Place, until};

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
