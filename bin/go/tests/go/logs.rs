//! `go logs`: an agent's words while it works, and after its end.

use crate::place::{Place, code, err, out, until};

const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      - {id: A, title: a, kind: chore, run: 'mkfifo gate; echo one; read x < gate; echo two'}\n";

fn builder(place: &Place) -> Option<String> {
    let agents = std::fs::read_dir(place.path().join(".go/hosts/localhost/agents")).ok()?;
    let is_at_work = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path.join("agent.log")).is_ok_and(|log| log.contains("one"))
    };
    let path = agents.filter_map(|entry| Some(entry.ok()?.path())).find(is_at_work)?;
    Some(path.file_name()?.to_str()?.to_owned())
}

#[test]
fn an_agent_s_words_are_followed_to_its_end_and_are_there_after_it() {
    let place = Place::with_plan(PLAN);
    let up = place.up(&["--exit-when-done"]);
    let agent = until("the builder has said something", || builder(&place));
    let mut follower = place.start(&["logs", &agent, "-f"]);
    follower.line("one");
    std::fs::write(place.path().join("gate"), "go on\n").unwrap();
    follower.line("two");
    assert!(follower.end().0.success());
    assert!(up.end().0.success());
    let log = place.go(&["logs", &agent]);
    assert_eq!(out(&log), "one\ntwo\n");
    assert_eq!(out(&place.go(&["logs", &agent, "-f"])), "one\ntwo\n");
}

#[test]
fn a_log_that_is_not_there_is_an_error_that_says_where_to_look() {
    let place = Place::new();
    let log = place.go(&["logs", "a-1"]);
    assert_eq!(code(&log), 1);
    assert!(err(&log).contains("there is no log of a-1") && err(&log).contains("go agents --all"), "{}", err(&log));
}
