//! What is started for whom.

use std::path::Path;

use go_bus_api::{Agent, ConversationId, Project, Task, Text};
use serde_json::json;

use super::*;
use crate::Sign;

fn agent(role: &str, model: Option<&str>) -> Agent {
    serde_json::from_value(json!({
        "id": "a-1", "role": role, "state": "requested", "driver": "claude", "model": model,
        "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

fn task(kind: &str) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "site", "title": "t", "kind": kind, "priority": "p2", "state": "in_progress", "attempt": 1,
        "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-03-21T08:15:30.250Z", "revision": 1,
        "verify": ["true"]
    }))
    .unwrap()
}

fn project() -> Project {
    serde_json::from_value(json!({
        "id": "site", "name": "site", "state": "active", "priority": "p2", "weight": 1, "repo": "/srv/site",
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

const PROMPT: &str = "/data/agents/a-1/prompt.md";

fn assignment(agent: &Agent) -> Assignment<'_> {
    let prompt_file = Path::new(PROMPT);
    Assignment {
        agent,
        task: None,
        reviewed: None,
        project: None,
        prompt_file,
        workplace: None,
        resume: None,
        bridge: &[],
        bridge_file: None,
    }
}

fn launch(role: &str, with_bridge: bool) -> Launch {
    let (agent, task, project) = (agent(role, Some("claude-sonnet-4-6")), task("ticket"), project());
    let bridge = ["/opt/go".to_owned(), "mcp".to_owned()];
    let bridge = if with_bridge { bridge.as_slice() } else { &[] };
    let assignment = Assignment { task: Some(&task), project: Some(&project), bridge, ..assignment(&agent) };
    ClaudeDriver::default().launch(&assignment).unwrap()
}

fn option<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
    launch.argv.iter().find_map(|argument| argument.strip_prefix(name)?.strip_prefix('='))
}

#[test]
fn a_builder_is_started_in_print_mode_on_its_full_model_with_the_bus_beside_the_person_s_own_servers() {
    let launch = launch("worker", true);
    let bridge = r#"--mcp-config={"mcpServers":{"bus":{"args":["mcp"],"command":"/opt/go","type":"stdio"}}}"#;
    let expected = [
        "claude",
        "-p",
        "--verbose",
        "--input-format",
        "stream-json",
        "--output-format",
        "stream-json",
        "--model",
        "claude-sonnet-4-6",
        "--permission-mode",
        "dontAsk",
        bridge,
        "--allowedTools=Bash,Edit,Glob,Grep,NotebookEdit,Read,Skill,WebFetch,WebSearch,Write,mcp__bus",
        "--disallowedTools=AskUserQuestion,CronCreate,EnterPlanMode,EnterWorktree,ScheduleWakeup",
    ];
    assert_eq!(launch.argv, expected);
    assert_eq!(launch.folder, Path::new("/srv/site"));
    assert_eq!((launch.stdin, launch.beats, launch.posts_verdict), (Stdin::Messages, Beats::Shim, false));
    assert_eq!(launch.verify.len(), 1);
    assert_eq!(launch.env.get("CLAUDE_CODE_MAX_RETRIES").map(String::as_str), Some("4"));
    for own in ["--strict-mcp-config", "--bare", "--safe-mode", "--setting-sources", "--session-id"] {
        assert!(
            !launch.argv.iter().any(|argument| argument.starts_with(own)),
            "{own} shuts the person's own settings out"
        );
    }
}

#[test]
fn where_its_shim_serves_the_bus_s_tools_no_process_is_started_for_them() {
    let (agent, task, project) = (agent("worker", Some("claude-sonnet-4-6")), task("ticket"), project());
    let bridge = ["/opt/go".to_owned(), "mcp".to_owned()];
    let bridge_file = Some(Path::new("/data/agents/a-1/mcp.json"));
    let (task, project) = (Some(&task), Some(&project));
    let assignment = Assignment { task, project, bridge: &bridge, bridge_file, ..assignment(&agent) };
    let driver = ClaudeDriver::default();
    let launch = driver.launch(&assignment).unwrap();
    assert!(driver.reads_bridge_file());
    assert_eq!(option(&launch, "--mcp-config"), Some("/data/agents/a-1/mcp.json"));
    assert!(option(&launch, "--allowedTools").unwrap().ends_with(",mcp__bus"));
}

#[test]
fn a_reviewer_changes_no_file_and_gives_its_verdict_through_the_bus() {
    let launch = launch("reviewer", true);
    let allowed: Vec<&str> = option(&launch, "--allowedTools").unwrap().split(',').collect();
    assert!(allowed.contains(&"mcp__bus") && allowed.contains(&"Bash"));
    let never = option(&launch, "--disallowedTools").unwrap();
    for edit in ["Edit", "NotebookEdit", "Write"] {
        assert!(!allowed.contains(&edit) && never.split(',').any(|tool| tool == edit), "{edit}");
    }
    assert!(launch.verify.is_empty() && !launch.posts_verdict);
}

#[test]
fn an_orchestrator_has_the_bus_s_tools_and_nothing_else_and_begins_where_its_prompt_lies() {
    for role in ["ho", "po", "io"] {
        let launch = launch(role, true);
        assert_eq!(option(&launch, "--tools"), Some(""), "{role}");
        assert_eq!(option(&launch, "--allowedTools"), Some("mcp__bus"), "{role}");
        assert!(launch.argv.iter().any(|argument| argument == "--strict-mcp-config"), "{role}");
        assert_eq!(launch.folder, Path::new("/data/agents/a-1"));
        assert!(launch.verify.is_empty());
    }
}

#[test]
fn without_a_bridge_there_is_none_and_what_is_no_agent_s_role_is_refused() {
    let alone = launch("worker", false);
    assert!(option(&alone, "--mcp-config").is_none() && !option(&alone, "--allowedTools").unwrap().contains("mcp__"));
    let (launcher, worker) = (agent("launcher", None), agent("worker", None));
    let driver = ClaudeDriver::default();
    assert_eq!(driver.launch(&assignment(&launcher)), Err(DriverError::Role(Role::Launcher)));
    assert_eq!(driver.launch(&assignment(&worker)), Err(DriverError::NoTask(worker.id.clone())));
}

#[test]
fn an_alias_is_refused_and_no_model_is_the_program_s_own() {
    let (task, project) = (task("ticket"), project());
    let argv = |model| {
        let agent = agent("worker", model);
        let assignment = Assignment { task: Some(&task), project: Some(&project), ..assignment(&agent) };
        ClaudeDriver::default().launch(&assignment).map(|launch| launch.argv)
    };
    for alias in ["opus", "sonnet", "haiku", "default", "fable", "sonnet[1m]", "opusplan[1m]", "best"] {
        assert!(matches!(argv(Some(alias)), Err(DriverError::Alias(_))), "{alias}");
    }
    assert!(!argv(None).unwrap().contains(&"--model".to_owned()));
    assert!(argv(Some("claude-sonnet-4-6[1m]")).unwrap().contains(&"claude-sonnet-4-6[1m]".to_owned()));
}

#[test]
fn a_later_attempt_goes_on_with_the_conversation_in_the_folder_made_for_it() {
    let (agent, task, project) = (agent("worker", None), task("ticket"), project());
    let conversation = ConversationId(Text::clipped("5f0c-1"));
    let assignment = Assignment {
        task: Some(&task),
        project: Some(&project),
        resume: Some(&conversation),
        workplace: Some(Path::new("/data/work/T-1")),
        ..assignment(&agent)
    };
    let launch = ClaudeDriver::default().launch(&assignment).unwrap();
    let at = launch.argv.iter().position(|argument| argument == "--resume").unwrap();
    assert_eq!(launch.argv[at + 1], "5f0c-1");
    assert_eq!(launch.folder, Path::new("/data/work/T-1"));
}

#[test]
fn the_person_s_own_arguments_come_last_and_the_settings_say_what_is_allowed() {
    let settings = ClaudeSettings {
        program: "/opt/claude".to_owned(),
        args: vec!["--effort".to_owned(), "high".to_owned()],
        allowed_tools: vec!["Bash(git *)".to_owned()],
        permission_mode: PermissionMode::AcceptEdits,
        max_retries: 1,
        ..ClaudeSettings::default()
    };
    let (agent, task, project) = (agent("specialist", None), task("delegation"), project());
    let assignment = Assignment { task: Some(&task), project: Some(&project), ..assignment(&agent) };
    let launch = ClaudeDriver { settings }.launch(&assignment).unwrap();
    assert_eq!(
        (launch.argv[0].as_str(), launch.argv.ends_with(&["--effort".to_owned(), "high".to_owned()])),
        ("/opt/claude", true)
    );
    assert!(launch.argv.windows(2).any(|pair| pair == ["--permission-mode", "acceptEdits"]));
    assert_eq!(option(&launch, "--allowedTools"), Some("Bash(git *)"));
    assert_eq!(launch.env.get("CLAUDE_CODE_MAX_RETRIES").map(String::as_str), Some("1"));
    assert_eq!(launch.folder, Path::new("/data/agents/a-1"), "a delegation is about its host");
}

#[test]
fn it_conforms() {
    let agents =
        ["worker", "specialist", "reviewer", "ho", "po", "io"].map(|role| agent(role, Some("claude-opus-4-6")));
    let (task, project) = (task("ticket"), project());
    let assignments: Vec<Assignment<'_>> = agents
        .iter()
        .map(|agent| Assignment { task: Some(&task), project: Some(&project), ..assignment(agent) })
        .collect();
    assert_eq!(crate::conformance::run(&ClaudeDriver::default(), &assignments), Vec::<String>::new());
}

#[test]
fn a_message_is_one_line_whatever_is_in_it() {
    let said = ClaudeDriver::default().reader(false, "").say("a \"b\"\nc\u{2028}d").unwrap();
    assert!(said.ends_with('\n') && said.trim_end().lines().count() == 1);
    let read: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(read, json!({"type": "user", "message": {"role": "user", "content": "a \"b\"\nc\u{2028}d"}}));
}

/// A run of these lines that ends with `code`.
fn run(note: &str, lines: &[serde_json::Value], code: i32, tail: &str) -> (Vec<Sign>, go_bus_api::ExitReport) {
    let now = "2026-11-23T11:00:00Z".parse().unwrap();
    let mut reader = ClaudeDriver::default().reader(false, note);
    let signs = lines.iter().flat_map(|line| reader.line(&line.to_string(), now)).collect();
    let end = crate::CommandEnd { code: Some(code), signal: None, tail: tail.to_owned() };
    (signs, reader.end(&end, now))
}

fn init() -> serde_json::Value {
    json!({"type": "system", "subtype": "init", "session_id": "s-1", "model": "claude-sonnet-4-6"})
}

fn well() -> serde_json::Value {
    json!({"type": "result", "subtype": "success", "is_error": false, "result": "Done."})
}

fn says(text: &str) -> serde_json::Value {
    json!({"type": "assistant", "message": {"id": "m", "model": "claude-sonnet-4-6", "content": [{"type": "text", "text": text}]}})
}

#[test]
fn a_reviewer_that_gives_no_verdict_has_failed_however_well_it_ends() {
    let note = launch("reviewer", true).note;
    let verdict = json!({"type": "assistant", "message": {"id": "m", "model": "x", "content": [
        {"type": "tool_use", "name": "mcp__bus__bus_review_task", "input": {"verdict": "approve"}}]}});
    let (_, silent) = run(&note, &[init(), says("Looks fine."), well()], 0, "");
    assert_eq!(silent.failure.unwrap().cause, go_bus_api::FailureCause::NoResult);
    let (_, judged) = run(&note, &[init(), verdict, well()], 0, "");
    assert!(judged.succeeded() && judged.verdict.is_none());
    assert!(run("", &[init(), well()], 0, "").1.succeeded(), "a builder owes none");
}

#[test]
fn a_model_s_words_are_never_taken_for_an_error() {
    let words = "prompt is too long; usage limit reached · resets 3pm (UTC); status: 401; out of extra usage";
    assert!(run("", &[init(), says(words), well()], 0, words).1.succeeded());
    let (_, cut) = run("", &[init(), says(words)], 1, words);
    assert_eq!(cut.failure.unwrap().cause, go_bus_api::FailureCause::NoResult, "nor where it ends without a result");
}

#[test]
fn a_report_ends_with_what_the_agent_said_last_and_never_with_its_lines() {
    let log = r#"{"type":"result","subtype":"success","is_error":false,"result":"Done."}"#;
    let tail = |lines: &[serde_json::Value], code| run("", lines, code, log).1.tail.to_string();
    assert_eq!(tail(&[init(), says("I begin."), well()], 0), "Done.");
    assert_eq!(tail(&[init(), says("I begin.")], 1), "I begin.", "a turn that never ended");
    let badly = json!({"type": "result", "subtype": "success", "is_error": true, "result": "API Error: 500"});
    assert_eq!(tail(&[init(), says("I begin."), synthetic(Some("server_error")), badly], 1), "I begin.");
    let mut aside = says("I looked it up.");
    aside["parent_tool_use_id"] = json!("toolu_1");
    assert_eq!(tail(&[init(), says("I begin."), aside], 1), "I begin.", "a subagent's words are its own");
    assert_eq!(tail(&[init()], 1), "", "it said nothing");
    assert_eq!(run("", &[], 1, "error: unknown option").1.tail.as_str(), "error: unknown option");
    let long = "x".repeat(1 << 20);
    assert!(tail(&[init(), says(&long), well()], 0).len() <= 4096);
}

#[test]
fn a_turn_that_began_after_a_good_end_takes_the_good_end_back() {
    let (_, report) = run("", &[init(), well(), init()], 0, "");
    assert_eq!(report.failure.unwrap().cause, go_bus_api::FailureCause::NoResult);
    let (_, report) = run("", &[init(), well(), says("one more thing")], 0, "");
    assert!(!report.succeeded());
    let (_, report) = run("", &[init(), well()], 3, "");
    assert!(report.failure.unwrap().detail.as_str().contains("code 3"));
}

#[test]
fn what_a_subagent_reads_fills_its_own_context_alone_and_the_program_s_figure_of_a_window_counts() {
    let line = |tokens: u64, parent: Option<&str>| {
        json!({"type": "assistant", "parent_tool_use_id": parent, "message":
            {"id": format!("m{tokens}"), "model": "claude-sonnet-4-6", "content": [], "usage": {"input_tokens": tokens}}})
    };
    let bill = json!({"type": "result", "subtype": "success", "is_error": false,
        "modelUsage": {"claude-sonnet-4-6": {"contextWindow": 400_000}}});
    let lines = [init(), line(100_000, None), line(150_000, Some("t")), bill, line(200_000, None), line(200_000, None)];
    let fills = |sign: &Sign| if let Sign::Context(ratio) = sign { Some(ratio.get()) } else { None };
    let (signs, _) = run("", &lines, 0, "");
    assert_eq!(signs.iter().filter_map(fills).collect::<Vec<_>>(), [0.5], "the second fill is the same half again");
    let all = [init(), line(100_000, None), line(50_000, None)];
    assert_eq!(run("", &all, 0, "").0.iter().filter_map(fills).collect::<Vec<_>>(), [0.5, 0.25]);
}

#[test]
fn what_ended_before_it_began_is_judged_by_its_last_words() {
    let failed = |code, tail: &str| run("", &[], code, tail).1.failure.unwrap();
    use go_bus_api::{FailureCause, Remedy};
    let root =
        failed(1, "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons");
    assert_eq!((root.cause, root.remedy), (FailureCause::Misuse, Remedy::Escalate));
    let option = failed(1, "error: unknown option '--no-such-flag'");
    assert_eq!((option.cause, option.remedy), (FailureCause::Misuse, Remedy::Escalate));
    let missing = failed(127, "claude: not found");
    assert_eq!((missing.cause, missing.remedy), (FailureCause::Misuse, Remedy::Escalate));
    let silent = failed(0, "");
    assert_eq!((silent.cause, silent.remedy), (FailureCause::NoResult, Remedy::Retry));
}

fn cause(lines: &[serde_json::Value]) -> go_bus_api::FailureCause {
    run("", lines, 1, "").1.failure.unwrap().cause
}

fn rejected() -> serde_json::Value {
    json!({"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 1_795_440_000}})
}

/// What the program itself says in the place of a model.
fn synthetic(error: Option<&str>) -> serde_json::Value {
    json!({"type": "assistant", "error": error,
        "message": {"id": "m", "model": "<synthetic>", "content": [{"type": "text", "text": "It went wrong."}]}})
}

#[test]
fn a_limit_counts_until_an_answer_comes_all_the_same() {
    use go_bus_api::FailureCause::{NoResult, UsageLimit};
    assert_eq!(cause(&[init(), rejected()]), UsageLimit);
    assert_eq!(cause(&[init(), rejected(), says("On extra usage.")]), NoResult);
}

#[test]
fn an_error_of_an_old_version_stands_in_a_message_of_its_own_and_a_notice_is_none() {
    use go_bus_api::FailureCause::{ApiError, ExtraUsage, NoResult};
    assert_eq!(cause(&[init(), synthetic(Some("billing_error"))]), ExtraUsage);
    assert_eq!(cause(&[init(), synthetic(None)]), NoResult);
    let badly = json!({"type": "result", "subtype": "success", "is_error": true, "result": "It went wrong."});
    assert_eq!(
        cause(&[init(), synthetic(Some("billing_error")), badly.clone()]),
        ExtraUsage,
        "the message says more than the end"
    );
    assert_eq!(cause(&[init(), synthetic(None), badly]), ApiError);
}

#[test]
fn what_is_ended_while_it_waits_failed_of_what_it_waited_for() {
    use go_bus_api::FailureCause::{Network, NoResult, Overloaded};
    let retry = |status: Option<u16>| json!({"type": "system", "subtype": "api_retry", "error_status": status, "retry_delay_ms": 500});
    assert_eq!(cause(&[init(), retry(None)]), Network);
    assert_eq!(cause(&[init(), retry(Some(529))]), Overloaded);
    assert_eq!(cause(&[init(), retry(None), says("It got through.")]), NoResult);
    let (signs, _) = run("", &[retry(Some(529))], 1, "");
    let until = Some("2026-11-23T11:00:00.500Z".parse().unwrap());
    assert_eq!(signs, [Sign::Pausing { until, cause: Overloaded }]);
}
