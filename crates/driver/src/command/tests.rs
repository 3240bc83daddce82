//! What the command driver runs, and how it reads what a program says.

use std::path::Path;
use std::time::Duration;

use go_bus_api::{
    Agent, ConversationId, ExitReport, Failure, FailureCause, Project, Ratio, Remedy, Role, Task, Text, Timestamp,
    Verdict,
};
use serde_json::json;

use super::*;
use crate::{CommandEnd, Sign, Stdin, Window};

fn agent(role: &str) -> Agent {
    serde_json::from_value(json!({
        "id": "a-1", "role": role, "state": "requested", "driver": "command", "model": "m-1",
        "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

fn task(kind: &str, more: serde_json::Value) -> Task {
    let mut task = json!({
        "id": "T-1", "project": "site", "title": "Mend; 'it'", "kind": kind, "priority": "p2", "state": "in_progress",
        "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "verify": ["test -s x"],
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    });
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(task).unwrap()
}

fn project() -> Project {
    serde_json::from_value(json!({
        "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": "/srv/site",
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

fn driver(run: &str, protocol: Protocol) -> CommandDriver {
    CommandDriver { run: Some(run.parse().unwrap()), protocol, ..CommandDriver::default() }
}

fn launch(driver: &CommandDriver, role: &str, resume: Option<&str>) -> Result<Launch, DriverError> {
    let (agent, project) = (agent(role), project());
    let task = if role == "reviewer" { task("review", json!({"review_of": "T-0"})) } else { task("ticket", json!({})) };
    let bridge = ["/usr/bin/go".to_owned(), "mcp".to_owned()];
    let resume = resume.map(|id| ConversationId(Text::clipped(id)));
    driver.launch(&Assignment {
        agent: &agent,
        task: Some(&task),
        reviewed: None,
        project: Some(&project),
        prompt_file: Path::new("/agents/a-1/prompt.md"),
        workplace: None,
        resume: resume.as_ref(),
        bridge: &bridge,
        bridge_file: Some(Path::new("/agents/a-1/mcp.json")),
    })
}

#[test]
fn every_placeholder_stands_for_what_the_assignment_has() {
    let all = Placeholder::ALL.map(|place| format!("{{{}}}", place.as_str())).join(" ");
    let argv = launch(&driver(&format!("my-agent {all}"), Protocol::Lines), "reviewer", Some("c-1")).unwrap().argv;
    let expected = [
        "my-agent",
        "a-1",
        "reviewer",
        "m-1",
        "T-1",
        "Mend; 'it'",
        "",
        "T-0",
        "site",
        "/srv/site",
        "/agents/a-1/prompt.md",
        "c-1",
        r#"["/usr/bin/go","mcp"]"#,
        "/agents/a-1/mcp.json",
    ];
    assert_eq!(argv, expected);
}

#[test]
fn what_it_reads_follows_from_protocol_and_template() {
    let stdin = |run, protocol| launch(&driver(run, protocol), "worker", None).unwrap().stdin;
    assert_eq!(stdin("a --prompt {prompt_file}", Protocol::Lines), Stdin::Messages);
    assert_eq!(stdin("a --prompt {prompt_file}", Protocol::Plain), Stdin::Nothing);
    assert_eq!(stdin("a", Protocol::Plain), Stdin::Prompt);
}

#[test]
fn a_builder_is_verified_a_reviewer_judges_and_an_orchestrator_does_neither() {
    let driver = driver("a", Protocol::Lines);
    let (builder, reviewer) =
        (launch(&driver, "specialist", None).unwrap(), launch(&driver, "reviewer", None).unwrap());
    assert_eq!((builder.verify.len(), builder.posts_verdict), (1, false));
    assert_eq!((reviewer.verify.len(), reviewer.posts_verdict), (0, true));
    let ho = launch(&driver, "ho", None).unwrap();
    assert_eq!((ho.verify.len(), ho.posts_verdict), (0, false));
    assert_eq!(launch(&driver, "launcher", None), Err(DriverError::Role(Role::Launcher)));
}

#[test]
fn without_a_template_nothing_is_run_and_the_setting_is_named() {
    let unset = launch(&CommandDriver::default(), "worker", None).unwrap_err();
    assert_eq!(unset.to_string(), "the setting drivers.command.run, which says what to run, is not set");
}

#[test]
fn both_protocols_conform() {
    let (worker, reviewer, project, task) = (agent("worker"), agent("reviewer"), project(), task("ticket", json!({})));
    let builds = Assignment {
        agent: &worker,
        task: Some(&task),
        reviewed: None,
        project: Some(&project),
        prompt_file: Path::new("/p"),
        workplace: None,
        resume: None,
        bridge: &[],
        bridge_file: None,
    };
    let reviews = Assignment { agent: &reviewer, ..builds };
    for protocol in Protocol::ALL {
        let broken = crate::conformance::run(&driver("a {task}", protocol), &[builds, reviews]);
        assert_eq!(broken, Vec::<String>::new(), "{protocol:?}");
    }
}

const NOW: i64 = 1_795_433_400_000;

/// The signs of these lines, and the report of the end.
fn read(posts_verdict: bool, lines: &[serde_json::Value], code: Option<i32>) -> (Vec<Sign>, ExitReport) {
    let mut reader = driver("a", Protocol::Lines).reader(posts_verdict, "lines");
    let now = Timestamp::from_unix_millis(NOW);
    let signs = lines.iter().flat_map(|line| reader.line(&line.to_string(), now)).collect();
    (signs, reader.end(&CommandEnd { code, signal: None, tail: "last words".to_owned() }, now))
}

#[test]
fn each_line_is_a_sign() {
    let ratio = |share| Ratio::new(share).unwrap();
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let lines = [
        json!({"type": "conversation", "id": "c-1"}),
        json!({"type": "said", "text": "hello"}),
        json!({"type": "context", "used": 0.25}),
        json!({"type": "window", "name": "weekly", "used": 1, "resets_at": "2026-11-24T00:00:00Z"}),
        json!({"type": "pausing", "until": "2026-11-23T12:00:00Z", "cause": "rate_limited"}),
        json!({"type": "result", "ok": true, "summary": "made it"}),
    ];
    let (signs, report) = read(false, &lines, Some(0));
    let conversation = ConversationId(Text::clipped("c-1"));
    assert_eq!(
        signs,
        [
            Sign::Conversation(conversation.clone()),
            Sign::Said("hello".to_owned()),
            Sign::Context(ratio(0.25)),
            Sign::Window(Window { name: "weekly".to_owned(), used: ratio(1.0), resets_at: at("2026-11-24T00:00:00Z") }),
            Sign::Pausing { until: at("2026-11-23T12:00:00Z"), cause: FailureCause::RateLimited },
            Sign::TurnEnded,
        ]
    );
    assert!(report.succeeded());
    assert_eq!((report.tail.as_str(), report.conversation), ("made it", Some(conversation)));
}

#[test]
fn what_is_spent_on_a_model_replaces_what_was_told_of_it_before() {
    let spent = |model: &str, output: u64, usd: &str| json!({"type": "spent", "model": model, "output_tokens": output, "usd": usd});
    let (_, report) = read(false, &[spent("a", 1, "0.10"), spent("b", 5, "1"), spent("a", 3, "0.30")], Some(0));
    let usage: Vec<_> =
        report.usage.iter().map(|line| (line.model.0.as_str(), line.output_tokens, line.usd.to_string())).collect();
    assert_eq!(usage, [("a", 3, "0.30".to_owned()), ("b", 5, "1".to_owned())]);
}

#[test]
fn a_call_is_known_again_by_its_tool_and_arguments() {
    let call =
        |tool: &str, file: &str| json!({"type": "call", "tool": tool, "about": "reads", "arguments": {"file": file}});
    let (signs, _) =
        read(false, &[call("read", "a"), call("read", "a"), call("read", "b"), call("write", "a")], Some(0));
    let prints: Vec<_> =
        signs.iter().map(|sign| if let Sign::Call(call) = sign { call.fingerprint } else { 0 }).collect();
    assert_eq!(prints[0], prints[1]);
    assert!(prints[0] != prints[2] && prints[0] != prints[3]);
}

fn failure(line: serde_json::Value, code: i32) -> Option<Failure> {
    read(false, &[line], Some(code)).1.failure
}

#[test]
fn a_failure_says_what_to_do_and_one_that_can_t_be_read_is_tried_again() {
    let until = "2026-11-23T15:00:00Z";
    let limit = json!({"remedy": "park_until", "until": until, "cause": "usage_limit", "detail": "weekly limit"});
    let parked = failure(json!({"type": "result", "ok": false, "failure": limit}), 1);
    let until = Remedy::ParkUntil { until: until.parse().unwrap() };
    assert_eq!(parked, Some(Failure::new(until, FailureCause::UsageLimit, "weekly limit")));
    for odd in [
        json!(null),
        json!({}),
        json!("x"),
        json!({"remedy": "pray", "cause": "bad luck"}),
        json!({"remedy": "park_until"}),
    ] {
        let read = failure(json!({"type": "result", "ok": false, "summary": "no luck", "failure": odd}), 0);
        assert_eq!(read, Some(Failure::new(Remedy::Retry, FailureCause::NoResult, "no luck")), "{odd}");
    }
}

#[test]
fn a_limit_s_time_stays_within_bounds_whatever_the_agent_says() {
    let now = Timestamp::from_unix_millis(NOW);
    let until = |text: &str| {
        let limit = json!({"remedy": "park_until", "until": text, "cause": "usage_limit", "detail": "a limit"});
        failure(json!({"type": "result", "ok": false, "failure": limit}), 1).unwrap().remedy
    };
    let minute = Remedy::ParkUntil { until: now.after(Duration::from_secs(60)) };
    assert_eq!(
        until("2020-01-01T00:00:00Z"),
        minute,
        "a time that is over is no reason to try at once, again and again"
    );
    assert_eq!(until("9999-01-01T00:00:00Z"), Remedy::ParkUntil { until: now.after(Duration::from_secs(32 * 86_400)) });
    assert_eq!(until("2026-11-23T15:00:00Z"), Remedy::ParkUntil { until: "2026-11-23T15:00:00Z".parse().unwrap() });
}

#[test]
fn a_run_without_a_summary_is_reported_with_its_words_for_people() {
    let mut reader = driver("a", Protocol::Lines).reader(false, "lines");
    let tail = "Traceback:\n{\"type\":\"said\",\"text\":\"x\"}\nKeyError: 'k'\n".to_owned();
    let end = CommandEnd { code: Some(1), signal: None, tail };
    assert_eq!(reader.end(&end, Timestamp::from_unix_millis(NOW)).tail.as_str(), "Traceback:\nKeyError: 'k'");
}

#[test]
fn a_window_s_name_is_kept_as_far_as_the_bus_keeps_it() {
    let (signs, _) = read(false, &[json!({"type": "window", "name": "w".repeat(1 << 20), "used": 0.5})], Some(0));
    assert!(matches!(&signs[..], [Sign::Window(window)] if window.name.len() == 64), "{signs:?}");
}

#[test]
fn a_conversation_without_a_name_is_none() {
    let (signs, report) = read(false, &[json!({"type": "conversation", "id": ""})], Some(0));
    assert_eq!((signs.len(), report.conversation), (0, None));
}

#[test]
fn exit_0_is_a_success_only_with_a_result_that_says_so() {
    let ok = json!({"type": "result", "ok": true, "summary": "made it"});
    assert!(read(false, std::slice::from_ref(&ok), Some(0)).1.succeeded());
    assert!(!read(false, &[ok], Some(1)).1.succeeded());
    assert_eq!(read(false, &[], Some(0)).1.failure.unwrap().cause, FailureCause::NoResult);
    let contradiction = json!({"type": "result", "ok": true, "failure": {"remedy": "rotate", "cause": "context_full"}});
    assert_eq!(failure(contradiction, 0).unwrap().remedy, Remedy::Rotate);
}

#[test]
fn a_verdict_counts_where_one_is_asked_for_and_the_run_ended_well() {
    let lines =
        [json!({"type": "verdict", "verdict": "approve", "notes": "good"}), json!({"type": "result", "ok": true})];
    let verdict = |asked, code| read(asked, &lines, Some(code)).1.verdict.map(|review| review.verdict);
    assert_eq!(verdict(true, 0), Some(Verdict::Approve));
    assert_eq!((verdict(false, 0), verdict(true, 1)), (None, None));
    let (_, silent) = read(true, &lines[1..], Some(0));
    assert!(silent.verdict.is_none() && !silent.succeeded());
}

#[test]
fn the_last_turn_counts() {
    let mut reader = driver("a", Protocol::Lines).reader(false, "lines");
    let now = Timestamp::from_unix_millis(NOW);
    assert_eq!(
        reader.say("do \"it\"\nnow").as_deref(),
        Some("{\"type\":\"message\",\"text\":\"do \\\"it\\\"\\nnow\"}\n")
    );
    reader.line(r#"{"type":"result","ok":true}"#, now);
    reader.say("and this");
    let end = CommandEnd { code: Some(0), signal: None, tail: String::new() };
    assert!(!reader.end(&end, now).succeeded(), "the second turn has no result");
}

#[test]
fn of_a_plain_program_the_code_decides() {
    let read = |posts, code, signal| {
        let mut reader = driver("a", Protocol::Plain).reader(posts, "plain");
        let now = Timestamp::from_unix_millis(NOW);
        assert_eq!(reader.line(r#"{"type":"result","ok":true}"#, now).len(), 1);
        reader.end(&CommandEnd { code, signal, tail: "said".to_owned() }, now)
    };
    assert!(read(false, Some(0), None).succeeded() && !read(false, Some(3), None).succeeded());
    let verdict = |code, signal| read(true, code, signal).verdict.map(|review| review.verdict);
    assert_eq!(
        (verdict(Some(0), None), verdict(Some(1), None)),
        (Some(Verdict::Approve), Some(Verdict::RequestChanges))
    );
    assert_eq!(verdict(None, Some(9)), None);
}

#[test]
fn the_launch_s_protocol_counts_whatever_the_settings_say_later() {
    let mut reader = driver("a", Protocol::Plain).reader(false, "lines");
    assert!(reader.say("x").is_some());
}

const PAGE: &str = include_str!("../../../../docs/drivers/command.md");

#[test]
fn the_page_has_every_type_and_each_of_its_lines_is_understood() {
    for name in lines::TYPES {
        assert!(PAGE.contains(&format!("**`{name}`**: ")), "{name} is not on the page");
    }
    let lines: Vec<&str> = PAGE.lines().filter(|line| line.starts_with("{\"type\":")).collect();
    let told: Vec<_> = lines.iter().filter(|line| !line.contains("\"message\"")).collect();
    assert_eq!(told.len(), lines::TYPES.len() + 1);
    for line in told {
        assert!(serde_json::from_str::<lines::Line>(line).is_ok(), "{line}");
    }
    let message = lines.iter().find(|line| line.contains("\"message\"")).unwrap();
    let text = "Mend the index.\nIt lacks a title.";
    assert_eq!(lines::Told::Message { text }.line().unwrap().trim_end(), *message);
}

#[test]
fn the_page_has_every_placeholder_every_remedy_and_causes_that_there_are() {
    for placeholder in Placeholder::ALL {
        assert!(PAGE.contains(&format!("| `{{{}}}` | ", placeholder.as_str())), "{placeholder:?}");
    }
    for remedy in ["retry", "park_until", "rotate", "escalate", "fatal"] {
        assert!(PAGE.contains(&format!("| `{remedy}` | ")), "{remedy}");
    }
    let causes = PAGE.lines().find_map(|line| line.strip_prefix("Causes: ")).unwrap();
    for cause in causes.trim_end_matches('.').split(", ") {
        let word = cause.trim_matches('`');
        assert!(serde_json::from_value::<FailureCause>(json!(word)).is_ok(), "{word}");
    }
}
