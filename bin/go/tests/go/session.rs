//! `go tmux` on a real tmux.

use std::net::TcpListener;

use crate::managed::Managed;
use crate::place::{code, err, out, until};

/// A ticket that runs until it is let on, and one behind it.
pub(crate) const PLAN: &str = "version: 1\nprojects:\n  - id: p\n    tickets:\n      \
    - {id: A, title: a, kind: chore, run: 'echo A >> trace; until test -e go-on; do sleep 0.02; done; echo end >> trace'}\n      \
    - {id: B, title: b, kind: chore, depends_on: [A], run: echo B >> trace}\n";

#[test]
fn the_session_starts_shows_how_it_is_and_stops_in_good_order() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    assert_eq!(code(&here.go(&["tmux", "status"])), 1);
    let start = here.go(&["tmux", "start"]);
    assert_eq!(code(&start), 0, "{}", err(&start));
    assert!(out(&start).contains("leads under epoch 1") && out(&start).contains(&here.listen), "{}", out(&start));
    let status = here.status();
    assert_eq!((status["state"].as_str(), status["epoch"].as_u64()), (Some("running"), Some(1)));
    let again = here.go(&["tmux", "start"]);
    assert!(code(&again) == 0 && out(&again).contains(&format!("runs already, process {}", here.pid())));
    let attach = here.go(&["tmux", "attach"]);
    assert!(code(&attach) == 2 && err(&attach).contains("needs a terminal"), "{}", err(&attach));
    let stop = here.go(&["tmux", "stop"]);
    assert!(code(&stop) == 0 && out(&stop).contains("in good order"), "{}{}", out(&stop), err(&stop));
    here.is_gone();
    assert_eq!((code(&here.go(&["tmux", "status"])), here.status()["state"].as_str()), (1, Some("absent")));
    let (exit, said) = here.check();
    assert!(exit == 0 && said.contains("on purpose"), "the watchdog undid a stop: {said}");
    here.is_gone();
}

#[test]
fn the_other_names_do_the_same() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    let start = here.call("xiopro-tmux", &["go"]);
    assert!(code(&start) == 0 && out(&start).contains("leads"), "{}", err(&start));
    let shown = here.call("xiopro-tmux", &["status"]);
    assert!(code(&shown) == 0 && out(&shown).contains("leads under epoch 1"), "{}", out(&shown));
    assert!(out(&here.call("xiopro", &["lease"])).contains("is GO, epoch 1"));
    assert_eq!(code(&here.call("xiopro-tmux", &["stop"])), 0);
    here.is_gone();
    // And GO by hand in a session that somebody made.
    here.by_hand(&["./xiopro", "go"]);
    until("it leads", || here.status()["leader"].is_string().then_some(()));
    assert_eq!(here.status()["state"], "running");
    assert_eq!(code(&here.call("xiopro-tmux", &["stop"])), 0);
    here.is_gone();
}

#[test]
fn a_start_that_fails_says_why() {
    let Some(here) = Managed::with_plan("version: 1\nprojects: []\n") else { return };
    let _taken = TcpListener::bind(&here.listen).unwrap();
    let start = here.go(&["tmux", "start"]);
    assert!(code(&start) == 1 && err(&start).contains("can't listen on"), "{}", err(&start));
    let status = here.status();
    assert_eq!((status["state"].as_str(), status["code"].as_i64()), (Some("ended"), Some(1)));
    for (words, why) in [(["--plan", "none.yaml"], "none.yaml"), (["--listen", "127.0.0.1:0"], "a port that is known")]
    {
        let start = here.go(&[&["tmux", "start", "--"][..], &words].concat());
        assert!(code(&start) == 2 && err(&start).contains(why), "{}", err(&start));
    }
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}

#[test]
fn no_token_reaches_tmux_and_settings_of_the_environment_do() {
    let Some(here) = Managed::with_plan("version: 1\nprojects: []\n") else { return };
    let start = here.go_with(("XIO_TOKEN", "secret-of-mine"), &["tmux", "start"]);
    assert!(code(&start) == 0 && err(&start).contains("XIO_TOKEN is not handed to the session"), "{}", err(&start));
    let shown = here.tmux(&["show-environment", "-g"]) + &here.tmux(&["show-environment", "-t", "go"]);
    assert!(!shown.contains("secret-of-mine") && !shown.contains("XIO_TOKEN"), "{shown}");
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
    let start = here.go_with(("XIO_LEASE__MISSED_HEARTBEATS", "4"), &["tmux", "start"]);
    assert_eq!(code(&start), 0, "{}", err(&start));
    assert!(here.tmux(&["show-environment", "-t", "go"]).contains("XIO_LEASE__MISSED_HEARTBEATS=4"));
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}

#[test]
fn a_session_of_another_data_folder_is_left_alone() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    here.start();
    for words in [&["tmux", "stop"][..], &["tmux", "status"], &["tmux", "start"]] {
        let other = here.go(&[&["--data", "other", "--set", "bus.listen=127.0.0.1:9"], words].concat());
        assert!(code(&other) == 1 && err(&other).contains("is that of the data folder"), "{words:?}: {}", err(&other));
    }
    assert_eq!(here.status()["state"], "running");
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}
