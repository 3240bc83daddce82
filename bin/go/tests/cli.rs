//! The real binary from outside: bad usage, exit codes, and the commands that need no Bus.
#![expect(clippy::disallowed_methods, reason = "the binary under test is started as a person starts it")]

use std::path::Path;
use std::process::{Command, Output};

/// Runs `go` in `folder` with nothing in its environment but a PATH.
fn go(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_go"));
    command.args(arguments).current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin");
    command.output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn bad_usage_is_2_and_help_is_0() {
    let here = folder();
    for arguments in [vec![], vec!["frob"], vec!["up", "--frob"], vec!["status", "--why", "a/b"]] {
        let output = go(here.path(), &arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", err(&output));
        assert!(out(&output).is_empty(), "{arguments:?} wrote to standard output");
    }
    let help = go(here.path(), &["--help"]);
    assert_eq!(code(&help), 0);
    for command in ["init", "bus", "plan", "status", "events", "config"] {
        assert!(out(&help).lines().any(|line| line.trim().starts_with(command)), "help lacks {command}");
    }
}

#[test]
fn the_compiler_s_verbs_are_answered_with_what_this_is() {
    let output = go(folder().path(), &["build", "./..."]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("Go compiler"), "{}", err(&output));
}

#[test]
fn init_writes_a_plan_and_settings_that_pass_and_never_overwrites() {
    let here = folder();
    assert_eq!(code(&go(here.path(), &["init", "new"])), 0);
    let new = here.path().join("new");
    assert_eq!(code(&go(&new, &["plan", "check"])), 0);
    assert_eq!(code(&go(&new, &["config", "check"])), 0);
    std::fs::write(new.join("go.yaml"), "# mine\n").unwrap();
    assert_eq!(code(&go(&new, &["init"])), 0);
    assert_eq!(std::fs::read_to_string(new.join("go.yaml")).unwrap(), "# mine\n");
}

#[test]
fn every_mistake_in_settings_is_told_with_its_line() {
    let here = folder();
    std::fs::write(here.path().join("go.yaml"), "lease:\n  hartbeat: 5s\nagents:\n  max: many\n").unwrap();
    let output = go(here.path(), &["config", "show"]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    assert!(told.contains("go.yaml:2:3: lease.hartbeat is not a setting; did you mean lease.heartbeat?"), "{told}");
    assert!(told.contains("go.yaml:4:3: agents.max: many is not a whole number"), "{told}");
}

#[test]
fn a_missing_settings_file_that_was_named_is_an_error() {
    let output = go(folder().path(), &["--config", "nowhere.yaml", "config", "check"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("nowhere.yaml"), "{}", err(&output));
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let here = folder();
    std::fs::write(here.path().join("go.yaml"), "lease: {heartbeat: 7s}\n").unwrap();
    let output = go(here.path(), &["config", "show", "--json", "--data", "elsewhere"]);
    assert_eq!(code(&output), 0);
    let shown: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let find = |key: &str| shown.as_array().unwrap().iter().find(|s| s["key"] == key).unwrap().clone();
    assert_eq!(find("lease.heartbeat")["origin"], "go.yaml:1:9");
    assert_eq!((find("data")["value"].clone(), find("data")["origin"].clone()), ("elsewhere".into(), "--data".into()));
    assert_eq!(find("bus.database")["value"], "sqlite:elsewhere/bus.db");
}

#[test]
fn every_mistake_in_a_plan_is_told_and_ends_with_2() {
    let here = folder();
    let plan = "version: 1\nprojects:\n  - id: site\n    tickets:\n      - {id: A, title: a, depends_on: [B]}\n      \
                - {id: A, title: again}\n      - {id: C, title: c, prioritty: p1}\n";
    std::fs::write(here.path().join("plan.yaml"), plan).unwrap();
    let output = go(here.path(), &["plan", "check"]);
    assert_eq!(code(&output), 2);
    for line in ["plan.yaml:5:", "plan.yaml:6:", "plan.yaml:7:"] {
        assert!(err(&output).contains(line), "no {line} in {}", err(&output));
    }
}

#[test]
fn a_plan_that_is_not_there_says_how_to_get_one() {
    let output = go(folder().path(), &["plan", "check"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("go init"), "{}", err(&output));
}

#[test]
fn a_bus_that_is_not_there_is_3() {
    for command in ["status", "agents", "tasks", "events", "digest", "lease", "handoff"] {
        let output = go(folder().path(), &[command, "--bus-url", "http://127.0.0.1:1"]);
        assert_eq!(code(&output), 3, "{command}: {}", err(&output));
        assert!(err(&output).contains("go up"), "{command} says nothing about what to do: {}", err(&output));
    }
}

#[test]
fn the_schema_is_json() {
    let output = go(folder().path(), &["plan", "schema"]);
    assert_eq!(code(&output), 0);
    assert!(serde_json::from_str::<serde_json::Value>(&out(&output)).is_ok());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let line = format!("{} config show | head -n 1", env!("CARGO_BIN_EXE_go"));
    let output = Command::new("/bin/bash").args(["-o", "pipefail", "-c", &line]).current_dir(folder().path()).output();
    let output = output.unwrap();
    assert_eq!((code(&output), err(&output)), (0, String::new()));
}
