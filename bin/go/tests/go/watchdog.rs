//! `go watchdog` on a real tmux: dead, silent, away, and beyond help.

use rustix::process::Signal;
use serde_json::json;

use crate::managed::{Managed, signal};
use crate::place::{code, err, out, until};
use crate::session::PLAN;

/// Whether a process is there and no zombie.
fn is_there(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// Whether every thread of a process is stopped: each stops by itself a little after the signal.
fn stands_still(pid: i32) -> bool {
    std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().all(|thread| {
        let stat = std::fs::read_to_string(thread.unwrap().path().join("stat")).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    })
}

#[test]
fn a_go_that_is_killed_is_restarted_the_bus_is_told_and_its_tickets_go_on() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    here.start();
    until("the ticket runs", || (here.place.lines("trace") == ["A"]).then_some(()));
    let (exit, said) = here.check();
    assert!(exit == 0 && said.contains("GO is at work"), "{said}");
    signal(here.pid(), Signal::KILL);
    until("it has ended", || (here.status()["state"] == "ended").then_some(()));
    let (exit, said) = here.check();
    assert!(exit == 0 && said.contains("GO is dead") && said.contains("leads under epoch 2"), "{said}");
    let told = here.events("alert:go-restarted");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["data"]["why"].as_str().unwrap().contains("a signal ended its process"), "{told:?}");
    std::fs::write(here.place.path().join("go-on"), "").unwrap();
    until("the tickets are done", || (here.place.lines("trace").len() == 3).then_some(()));
    assert_eq!(here.place.lines("trace"), ["A", "end", "B"]);
    // The session gone altogether is the same.
    let go = here.pid();
    here.tmux(&["kill-session", "-t", "=go"]);
    until("it has ended", || (!is_there(go)).then_some(()));
    let said = until("the pause is over and it was restarted", || {
        let (_, said) = here.check();
        assert!(said.contains("there is no session"), "{said}");
        (!said.contains("the next restart is tried at")).then_some(said)
    });
    assert!(said.contains("leads under epoch 3"), "{said}");
    assert_eq!(here.events("alert:go-restarted").len(), 2);
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}

#[test]
fn a_go_that_hangs_is_given_time_and_ended_at_the_check_after_the_last_deferred() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    // As a person starts it in a session of their own: tmux wakes what it runs itself when that is stopped, but not what a shell runs.
    here.by_hand(&["sh", "-c", "./xiopro go; :"]);
    until("the ticket runs", || (here.place.lines("trace") == ["A"]).then_some(()));
    let go: i32 = here.place.lines(".go/lock").concat().parse().unwrap();
    signal(go, Signal::STOP);
    until("all of it stands still", || stands_still(go).then_some(()));
    for n in 1..=2 {
        let (exit, said) = here.check();
        assert!(exit == 0 && said.contains(&format!("given time to recover, check {n} of 2")), "check {n}: {said}");
        assert!(is_there(go));
    }
    let (exit, said) = here.check();
    assert!(exit == 0 && said.contains("silent") && said.contains("leads under epoch 2"), "{said}");
    assert!(!is_there(go), "the one that hung is still there");
    assert_eq!(here.events("alert:go-restarted").len(), 1);
    std::fs::write(here.place.path().join("go-on"), "").unwrap();
    until("the tickets are done", || (here.place.lines("trace").len() == 3).then_some(()));
    assert_eq!(here.place.lines("trace"), ["A", "end", "B"]);
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}

#[test]
fn a_bus_elsewhere_that_is_down_restarts_nobody_and_a_go_that_died_beside_it_comes_back() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    let serve = || {
        let mut bus = here.place.start(&["bus", "serve"]);
        bus.url();
        bus
    };
    let bus = serve();
    here.settings("");
    // The default beat: the lease of a GO that dies lasts two minutes more, but its session tells at once.
    let text = here.place.lines("go.yaml").join("\n").replace("heartbeat: 5s", "heartbeat: 60s");
    let text = text.replace("bus: {", "bus: {autostart: false, ");
    std::fs::write(here.place.path().join("go.yaml"), text).unwrap();
    here.start();
    let pid = here.pid();
    bus.signal(Signal::KILL);
    bus.end();
    for _ in 0..5 {
        let (exit, said) = here.check();
        assert!(exit == 3 && said.contains("the Bus is down"), "{said}");
    }
    assert_eq!(here.pid(), pid);
    let _bus = serve();
    until("it leads again", || here.check().1.contains("GO is at work").then_some(()));
    assert_eq!(here.pid(), pid, "it was restarted for nothing");
    until("its session is open again", || {
        let lease: serde_json::Value = serde_json::from_str(&out(&here.go(&["lease", "--json"]))).unwrap();
        (lease["session"] == "open").then_some(())
    });
    signal(pid, Signal::KILL);
    let said = until("it is found silent and was restarted", || {
        let (exit, said) = here.check();
        assert_eq!(exit, 0, "{said}");
        said.contains("restarted, number 1").then_some(said)
    });
    assert!(said.contains("was last heard of") && said.contains("leads under epoch 2"), "{said}");
    assert_eq!(here.events("alert:go-restarted").len(), 1);
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
}

#[test]
fn when_restarts_do_not_help_it_gives_up_and_the_human_is_told_once() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    here.settings("");
    let calm = here.place.lines("go.yaml").join("\n");
    std::fs::write(here.place.path().join("go.yaml"), calm.replace("interval: 1s", "interval: 200ms")).unwrap();
    here.start();
    signal(here.pid(), Signal::KILL);
    until("it has ended", || (here.status()["state"] == "ended").then_some(()));
    let plan = std::fs::read_to_string(here.place.path().join("plan.yaml")).unwrap();
    std::fs::write(here.place.path().join("plan.yaml"), "no plan").unwrap();
    let mut tries = 0;
    let said = until("it has given up", || {
        let (exit, said) = here.check();
        assert_eq!(exit, 1, "{said}");
        tries += usize::from(said.contains("it ended at once"));
        said.contains("restarts did not help").then_some(said)
    });
    assert!(tries == 5 && said.contains("the Bus has 1 things to be told"), "{tries} tries: {said}");
    // Whatever comes, nothing is tried for an hour; what is to be told waits for a Bus.
    let (exit, said) = here.check();
    assert!(exit == 1 && said.contains("restarts did not help"), "{said}");
    std::fs::write(here.place.path().join("plan.yaml"), plan).unwrap();
    here.start();
    for _ in 0..2 {
        let (exit, said) = here.check();
        assert!(exit == 0 && said.contains("GO is at work") && !said.contains("to be told"), "{said}");
    }
    let alerts: serde_json::Value = serde_json::from_str(&out(&here.go(&["alerts", "--json"]))).unwrap();
    let given_up: Vec<_> = alerts.as_array().unwrap().iter().filter(|alert| alert["level"] == json!("L5")).collect();
    assert_eq!(given_up.len(), 1, "{alerts}");
    assert!(here.events("alert:go-restarted").is_empty(), "a restart that failed was told as one");
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
    here.is_gone();
}

#[test]
fn a_damaged_memory_is_said_and_begun_anew() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    here.start();
    for text in ["{", "{\"version\": 99}"] {
        std::fs::write(here.place.path().join(".go/watchdog.json"), text).unwrap();
        let (exit, said) = here.check();
        assert!(exit == 0 && said.contains("GO is at work") && said.contains("begun anew"), "{said}");
    }
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
}

#[test]
fn the_loop_says_what_is_new_and_mends_by_itself() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    std::fs::write(
        here.place.path().join("go.yaml"),
        here.place.lines("go.yaml").join("\n").replace("interval: 1s", "interval: 150ms"),
    )
    .unwrap();
    here.start();
    let tmux = format!("TMUX_TMPDIR={} exec \"$@\"", here.place.path().display());
    let mut watchdog = here.place.start_by(&tmux.replace("exec", "; export TMUX_TMPDIR; exec"), &["watchdog"]);
    watchdog.line("GO is at work");
    signal(here.pid(), Signal::KILL);
    let said = watchdog.line("GO is dead");
    assert!(said.contains("leads under epoch 2"), "{said}");
    watchdog.line("leads under epoch 2, renewed");
    watchdog.signal(Signal::INT);
    let (status, said) = watchdog.end();
    assert_eq!(status.code(), Some(130), "{said:#?}");
    assert_eq!(
        said.iter().filter(|line| line.contains("GO is at work")).count(),
        2,
        "repeats are not quiet: {said:#?}"
    );
    assert_eq!(code(&here.go(&["tmux", "stop"])), 0);
}

#[test]
fn without_tmux_it_says_how_to_get_one() {
    let Some(here) = Managed::with_plan(PLAN) else { return };
    let output = here.go_with(("PATH", "/nowhere"), &["watchdog", "--once"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("apt-get install tmux"), "{}{}", out(&output), err(&output));
    let output = here.go_with(("PATH", "/nowhere"), &["tmux", "start"]);
    assert!(code(&output) == 1 && err(&output).contains("apt-get install tmux"), "{}", err(&output));
}
