//! Bad usage, exit codes, and the commands that need no Bus.

use std::process::Command;

use crate::place::{Place, code, err, out};

#[test]
fn bad_usage_is_2_and_help_is_0() {
    let here = Place::new();
    for arguments in [vec![], vec!["frob"], vec!["up", "--frob"], vec!["status", "--why", "a/b"]] {
        let output = here.go(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", err(&output));
        assert!(out(&output).is_empty(), "{arguments:?} wrote to standard output");
    }
    let help = here.go(&["--help"]);
    assert_eq!(code(&help), 0);
    for command in ["up", "down", "init", "bus", "plan", "status", "events", "config"] {
        assert!(out(&help).lines().any(|line| line.trim().starts_with(command)), "help lacks {command}");
    }
}

#[test]
fn the_compiler_s_verbs_are_answered_with_what_this_is() {
    let output = Place::new().go(&["build", "./..."]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("Go compiler"), "{}", err(&output));
}

#[test]
fn init_writes_a_plan_and_settings_that_pass_and_never_overwrites() {
    let here = Place::new();
    assert_eq!(code(&here.go(&["init", "new"])), 0);
    let new = here.path().join("new");
    assert_eq!(code(&here.go_in("new", &["plan", "check"])), 0);
    assert_eq!(code(&here.go_in("new", &["config", "check"])), 0);
    std::fs::write(new.join("go.yaml"), "# mine\n").unwrap();
    assert_eq!(code(&here.go_in("new", &["init"])), 0);
    assert_eq!(std::fs::read_to_string(new.join("go.yaml")).unwrap(), "# mine\n");
}

#[test]
fn every_mistake_in_settings_is_told_with_its_line() {
    let here = Place::new();
    std::fs::write(here.path().join("go.yaml"), "lease:\n  hartbeat: 5s\nagents:\n  max: many\n").unwrap();
    let output = here.go(&["config", "show"]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    assert!(told.contains("go.yaml:2:3: lease.hartbeat is not a setting; did you mean lease.heartbeat?"), "{told}");
    assert!(told.contains("go.yaml:4:3: agents.max: many is not a whole number"), "{told}");
}

#[test]
fn a_missing_settings_file_that_was_named_is_an_error() {
    let output = Place::new().go(&["--config", "nowhere.yaml", "config", "check"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("nowhere.yaml"), "{}", err(&output));
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let here = Place::new();
    std::fs::write(here.path().join("go.yaml"), "lease: {heartbeat: 7s}\n").unwrap();
    let output = here.go(&["config", "show", "--json", "--data", "elsewhere"]);
    assert_eq!(code(&output), 0);
    let shown: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let find = |key: &str| shown.as_array().unwrap().iter().find(|s| s["key"] == key).unwrap().clone();
    assert_eq!(find("lease.heartbeat")["origin"], "go.yaml:1:9");
    assert_eq!((find("data")["value"].clone(), find("data")["origin"].clone()), ("elsewhere".into(), "--data".into()));
    assert_eq!(find("bus.database")["value"], "sqlite:elsewhere/bus.db");
}

#[test]
fn every_mistake_in_a_plan_is_told_and_ends_with_2() {
    let here = Place::new();
    let plan = "version: 1\nprojects:\n  - id: site\n    tickets:\n      - {id: A, title: a, depends_on: [B]}\n      \
                - {id: A, title: again}\n      - {id: C, title: c, prioritty: p1}\n";
    std::fs::write(here.path().join("plan.yaml"), plan).unwrap();
    let output = here.go(&["plan", "check"]);
    assert_eq!(code(&output), 2);
    for line in ["plan.yaml:5:", "plan.yaml:6:", "plan.yaml:7:"] {
        assert!(err(&output).contains(line), "no {line} in {}", err(&output));
    }
}

#[test]
fn a_plan_that_is_not_there_says_how_to_get_one() {
    let output = Place::new().go(&["plan", "check"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("go init"), "{}", err(&output));
}

#[test]
fn a_bus_that_is_not_there_is_3() {
    for command in ["status", "agents", "tasks", "events", "digest", "lease", "handoff"] {
        let output = Place::new().go(&[command, "--bus-url", "http://127.0.0.1:1"]);
        assert_eq!(code(&output), 3, "{command}: {}", err(&output));
        assert!(err(&output).contains("go up"), "{command} says nothing about what to do: {}", err(&output));
    }
}

#[test]
fn the_schema_is_json() {
    let output = Place::new().go(&["plan", "schema"]);
    assert_eq!(code(&output), 0);
    assert!(serde_json::from_str::<serde_json::Value>(&out(&output)).is_ok());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a shell's pipe is what is tested")]
fn a_reader_that_goes_away_is_no_error() {
    let here = Place::new();
    let line = format!("{} config show | head -n 1", env!("CARGO_BIN_EXE_go"));
    let output = Command::new("/bin/bash").args(["-o", "pipefail", "-c", &line]).current_dir(here.path()).output();
    let output = output.unwrap();
    assert_eq!((code(&output), err(&output)), (0, String::new()));
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let here = Place::new();
    let script = out(&here.go(&["completions", "bash"]));
    assert!(script.contains("exit-when-done") && script.contains("bus-url"));
    assert_eq!(code(&here.go(&["man", "pages"])), 0);
    for page in ["go.1", "go-up.1", "go-bus-serve.1", "go-plan-check.1"] {
        assert!(here.path().join("pages").join(page).exists(), "no {page}");
    }
}
