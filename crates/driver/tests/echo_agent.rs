//! The example agent in Python, run as a shim runs it: what the launch says, its prompt on standard input, its lines to the reader.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use go_bus_api::{Agent, ExitReport, Project, Task, Timestamp, Verdict};
use go_driver::{AgentDriver, Assignment, CommandDriver, CommandEnd, Protocol, Sign};
use serde_json::json;

/// The template that docs/drivers/bring-your-own.md has, with the agent's place put in.
fn driver() -> CommandDriver {
    let agent = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/echo_agent.py");
    let run = format!(
        "python3 '{agent}' --task {{task}} --role {{role}} [--reviewed {{reviewed}}] [--resume {{conversation}}]"
    );
    CommandDriver { run: Some(run.parse().unwrap()), protocol: Protocol::Lines, ..CommandDriver::default() }
}

fn task(kind: &str, review_of: Option<&str>) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "site", "title": "t", "kind": kind, "priority": "p2", "state": "in_progress",
        "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "review_of": review_of,
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the example's own process is what is tested")]
fn start(argv: &[String], folder: &Path) -> Child {
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
        .spawn()
        .unwrap_or_else(|error| panic!("this test runs the example by python3, which can't be started: {error}"))
}

/// What it tells and how it ends, given these messages one after the other, each once the turn before has ended.
fn run(role: &str, task: &Task, folder: &Path, messages: &[&str]) -> (Vec<Sign>, ExitReport) {
    let agent: Agent = serde_json::from_value(json!({
        "id": "a-1", "role": role, "state": "requested", "driver": "command", "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap();
    let project: Project = serde_json::from_value(json!({
        "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": folder,
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap();
    let launch = driver()
        .launch(&Assignment {
            agent: &agent,
            task: Some(task),
            reviewed: None,
            project: Some(&project),
            prompt_file: Path::new("/p"),
            workplace: None,
            resume: None,
            bridge: &[],
            bridge_file: None,
        })
        .unwrap();
    let mut child = start(&launch.argv, &launch.folder);
    let mut reader = driver().reader(launch.posts_verdict, &launch.note);
    let now = Timestamp::from_unix_millis(0);
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut signs = Vec::new();
    let mut line = String::new();
    for message in messages {
        input.write_all(reader.say(message).unwrap().as_bytes()).unwrap();
        let before = signs.len();
        while !signs[before..].contains(&Sign::TurnEnded) {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended before its turn did: {signs:?}");
            signs.extend(reader.line(&line, now));
        }
    }
    drop(input);
    signs.extend(output.lines().flat_map(|line| reader.line(&line.unwrap(), now)));
    let code = child.wait().unwrap().code();
    (signs, reader.end(&CommandEnd { code, signal: None, tail: String::new() }, now))
}

#[test]
fn it_does_its_task_turn_by_turn_and_ends_with_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let (signs, report) = run("worker", &task("ticket", None), folder.path(), &["first\nsecond", "then this"]);
    assert!(report.succeeded(), "{report:?}");
    assert_eq!(report.tail.as_str(), "wrote T-1.echo: then this");
    assert_eq!(std::fs::read_to_string(folder.path().join("T-1.echo")).unwrap(), "then this\n");
    let calls = signs.iter().filter(|sign| matches!(sign, Sign::Call(_))).count();
    assert_eq!((calls, report.usage[0].input_tokens), (2, 21));
    assert!(report.conversation.is_some());
}

#[test]
fn its_review_is_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let review = task("review", Some("T-0"));
    let verdict = || run("reviewer", &review, folder.path(), &["look"]).1.verdict.unwrap();
    assert_eq!((verdict().verdict, verdict().notes.as_str()), (Verdict::RequestChanges, "T-0.echo is missing"));
    std::fs::write(folder.path().join("T-0.echo"), "x").unwrap();
    assert_eq!(verdict().verdict, Verdict::Approve);
}

#[test]
fn what_it_can_t_do_is_a_failure_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("T-1.echo")).unwrap();
    let (_, report) = run("worker", &task("ticket", None), folder.path(), &["x"]);
    assert_eq!(report.code, Some(0));
    assert!(!report.succeeded() && report.failure.unwrap().detail.as_str().contains("T-1.echo"));
}
