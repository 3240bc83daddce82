//! What the codex driver runs, and how it reads what Codex says.

use std::path::Path;

use go_bus_api::{
    Agent, ConversationId, ExitReport, Failure, FailureCause, Model, Project, Remedy, Task, Text, Timestamp, Usd,
};
use serde_json::json;

use super::*;
use crate::{CommandEnd, Sign, Stdin};

fn agent(role: &str, model: Option<&str>) -> Agent {
    serde_json::from_value(json!({
        "id": "a-1", "role": role, "state": "requested", "driver": "codex", "model": model,
        "spawned_at": "2026-03-21T08:15:30.250Z", "revision": 1
    }))
    .unwrap()
}

fn task(kind: &str) -> Task {
    serde_json::from_value(json!({
        "id": "T-1", "project": "site", "title": "t", "kind": kind, "priority": "p2", "state": "in_progress",
        "attempt": 1, "max_attempts": 3, "failures": 0, "losses": 0, "verify": ["test -s x"],
        "created_at": "2026-03-21T08:15:30.250Z", "revision": 1
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

fn driver() -> CodexDriver {
    let usd = |text: &str| text.parse::<Usd>().unwrap();
    let price = Price { input: usd("1.25"), cached: usd("0.125"), output: usd("10") };
    let model = Some(Model(Text::clipped("gpt-5.1-codex")));
    let prices = [("gpt-5.1-codex".to_owned(), price)].into();
    CodexDriver { settings: CodexSettings { model, prices, ..CodexSettings::default() } }
}

const BRIDGE: [&str; 2] = ["/usr/bin/go", "mcp"];

/// The launch of an agent of `role` on `model` that goes on with `resume`.
fn launch(role: &str, model: Option<&str>, resume: Option<&str>) -> Result<Launch, DriverError> {
    let (agent, task, project) = (agent(role, model), task("ticket"), project());
    let bridge = BRIDGE.map(str::to_owned);
    let resume = resume.map(|id| ConversationId(Text::clipped(id)));
    driver().launch(&Assignment {
        agent: &agent,
        task: Some(&task),
        reviewed: None,
        project: Some(&project),
        prompt_file: Path::new("/p"),
        workplace: Some(Path::new("/work/T-1")),
        resume: resume.as_ref(),
        bridge: &bridge,
        bridge_file: None,
    })
}

#[test]
fn a_builder_runs_in_its_folder_with_its_prompt_on_stdin_and_the_bus_s_tools_approved() {
    let launch = launch("specialist", Some("gpt-5"), None).unwrap();
    assert_eq!(launch.argv[..6], ["codex", "exec", "--json", "--skip-git-repo-check", "-m", "gpt-5"]);
    let settings: Vec<_> = launch.argv[6..launch.argv.len() - 1].chunks(2).map(|pair| pair[1].as_str()).collect();
    assert_eq!(
        settings,
        [
            r#"approval_policy="never""#,
            r#"sandbox_mode="workspace-write""#,
            r#"mcp_servers.bus.command="/usr/bin/go""#,
            r#"mcp_servers.bus.args=["mcp"]"#,
            r#"mcp_servers.bus.env_vars=["XIO_BUS_URL","XIO_TOKEN_FILE","XIO_AGENT_ID","XIO_ROLE","XIO_HOST","XIO_PROJECT","XIO_TASK"]"#,
            r#"mcp_servers.bus.default_tools_approval_mode="approve""#,
        ]
    );
    assert_eq!(launch.argv.last().map(String::as_str), Some("-"));
    assert_eq!(
        (launch.folder.as_path(), launch.stdin, launch.verify.len()),
        (Path::new("/work/T-1"), Stdin::Prompt, 1)
    );
    assert_eq!(launch.env.get("TZ").map(String::as_str), Some("UTC"));
}

#[test]
fn a_resumed_conversation_is_named_without_its_figures_and_the_reader_gets_those() {
    let launch = launch("worker", None, Some("01a2@2000.800.0.100")).unwrap();
    assert_eq!(launch.argv[..3], ["codex", "exec", "resume"]);
    assert_eq!(launch.argv[launch.argv.len() - 2..], ["01a2", "-"]);
    let mut reader = driver().reader(false, &launch.note);
    let line =
        r#"{"type":"turn.completed","usage":{"input_tokens":3000,"cached_input_tokens":1200,"output_tokens":150}}"#;
    let signs = reader.line(line, Timestamp::from_unix_millis(0));
    let Some(Sign::Spent(spent)) = signs.first() else { panic!("{signs:?}") };
    assert_eq!((spent[0].input_tokens, spent[0].cache_read_tokens, spent[0].output_tokens), (600, 400, 50));
    // 600 × 1.25 + 400 × 0.125 + 50 × 10, per million.
    assert_eq!(spent[0].usd, "0.0013".parse().unwrap());
}

#[test]
fn a_model_of_another_family_gives_way_to_the_driver_s_own() {
    for (asked, used) in [(Some("claude-sonnet-4-6"), "gpt-5.1-codex"), (None, "gpt-5.1-codex"), (Some("o9"), "o9")] {
        let argv = launch("worker", asked, None).unwrap().argv;
        assert!(argv.windows(2).any(|pair| pair == ["-m", used]), "{asked:?}: {argv:?}");
    }
}

#[test]
fn a_reviewer_needs_the_tools_it_gives_its_verdict_by() {
    let reviewer = launch("reviewer", None, None).unwrap();
    assert!(reviewer.argv.iter().any(|arg| arg == "mcp_servers.bus.required=true"));
    assert!(!reviewer.posts_verdict && reviewer.verify.is_empty());
}

#[test]
fn an_orchestrator_needs_no_task_has_to_have_the_bus_s_tools_and_changes_no_file() {
    for role in ["ho", "po", "io"] {
        let agent = agent(role, None);
        let bridge = BRIDGE.map(str::to_owned);
        let assignment = Assignment {
            agent: &agent,
            task: None,
            reviewed: None,
            project: None,
            prompt_file: Path::new("/agents/a-1/turn.md"),
            workplace: Some(Path::new("/seats/po-site")),
            resume: None,
            bridge: &bridge,
            bridge_file: None,
        };
        let launch = driver().launch(&assignment).unwrap();
        for setting in ["sandbox_mode=\"read-only\"", "mcp_servers.bus.required=true"] {
            assert!(launch.argv.iter().any(|argument| argument == setting), "{role}: {:?}", launch.argv);
        }
        assert_eq!(launch.folder, Path::new("/seats/po-site"));
        assert!(launch.verify.is_empty() && !launch.posts_verdict);
        let alone = driver().launch(&Assignment { workplace: None, ..assignment }).unwrap();
        assert_eq!(alone.folder, Path::new("/agents/a-1"));
    }
    assert_eq!(launch("launcher", None, None), Err(DriverError::Role(go_bus_api::Role::Launcher)));
}

#[test]
fn it_conforms() {
    let (worker, reviewer, task, project) = (agent("worker", None), agent("reviewer", None), task("ticket"), project());
    let conversation = ConversationId(Text::clipped("01a2@1.0.0.1"));
    let fresh = Assignment {
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
    let resumed = Assignment { resume: Some(&conversation), ..fresh };
    let reviews = Assignment { agent: &reviewer, ..fresh };
    assert_eq!(crate::conformance::run(&driver(), &[fresh, resumed, reviews]), Vec::<String>::new());
}

const NOW: i64 = 1_795_433_400_000;

/// The report of a fresh run that says these lines and ends so.
fn report(lines: &[&str], code: Option<i32>, stderr: &str) -> ExitReport {
    let note = launch("worker", None, None).unwrap().note;
    let (mut reader, now) = (driver().reader(false, &note), Timestamp::from_unix_millis(NOW));
    for line in lines {
        reader.line(line, now);
    }
    reader.end(&CommandEnd { code, signal: None, tail: stderr.to_owned() }, now)
}

fn failure(words: &str) -> Failure {
    let line = json!({"type": "turn.failed", "error": {"message": words}}).to_string();
    report(&[&line], Some(1), "").failure.unwrap()
}

#[test]
fn each_failure_has_its_remedy() {
    let cases = [
        (
            "Codex ran out of room in the model's context window. Start a new thread",
            FailureCause::ContextFull,
            Remedy::Rotate,
        ),
        ("exceeded retry limit, last status: 401 Unauthorized", FailureCause::Unauthenticated, Remedy::Escalate),
        ("Quota exceeded. Check your plan and billing details.", FailureCause::ExtraUsage, Remedy::Escalate),
        ("Your workspace is out of credits. Add credits to continue.", FailureCause::ExtraUsage, Remedy::Escalate),
        (
            "unexpected status 402 Payment Required: {\"detail\":{\"code\":\"deactivated_workspace\"}}",
            FailureCause::ExtraUsage,
            Remedy::Escalate,
        ),
        ("stream disconnected before completion: x", FailureCause::Network, Remedy::Retry),
        ("Selected model is at capacity. Please try a different model.", FailureCause::Overloaded, Remedy::Retry),
        ("unexpected status 502 Bad Gateway: x", FailureCause::ApiError, Remedy::Retry),
        ("The model `gpt-9` does not exist or you do not have access to it.", FailureCause::Refused, Remedy::Fatal),
        ("unexpected status 400 Bad Request: bad", FailureCause::Refused, Remedy::Fatal),
        ("something new", FailureCause::ApiError, Remedy::Retry),
    ];
    for (words, cause, remedy) in cases {
        assert_eq!(failure(words), Failure::new(remedy, cause, words));
    }
}

#[test]
fn a_limit_parks_until_it_is_over_or_as_long_as_is_usual() {
    let until = |text: &str| Remedy::ParkUntil { until: text.parse().unwrap() };
    let limit =
        failure("You’ve hit your usage limit. Upgrade to Plus to continue using Codex, or try again at 3:42 PM.");
    assert_eq!((limit.remedy, limit.cause), (until("2026-11-23T15:43:00Z"), FailureCause::UsageLimit));
    assert_eq!(failure("You've hit your usage limit. Try again later.").remedy, until("2026-11-23T12:30:00Z"));
    assert_eq!(failure("rate limit exceeded: Please try again in 11s.").remedy, until("2026-11-23T11:31:00Z"));
    assert_eq!(
        failure("exceeded retry limit, last status: 429 Too Many Requests").remedy,
        until("2026-11-23T11:31:00Z")
    );
}

#[test]
fn what_is_said_on_standard_error_alone_is_read_too_and_the_agent_s_own_words_are_not() {
    let gone = "Error: thread/resume: thread/resume failed: no rollout found for thread id 01a2 (code -32600)\n";
    assert_eq!(report(&[], Some(1), gone).failure.unwrap().remedy, Remedy::Rotate);
    let misuse = "error: unexpected argument '--jsonx' found\n\n  tip: a similar argument exists: '--json'\n";
    assert_eq!(report(&[], Some(2), misuse).failure.unwrap().remedy, Remedy::Fatal);
    let words = r#"{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"status 401"}}"#;
    let silent = report(&[words], Some(1), words).failure.unwrap();
    assert_eq!((silent.remedy, silent.cause), (Remedy::Retry, FailureCause::NoResult));
}

const DONE: &str = r#"{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":0,"output_tokens":1}}"#;

#[test]
fn exit_0_is_a_success_only_after_a_whole_turn_in_which_nothing_was_refused() {
    assert!(report(&[DONE], Some(0), "").succeeded());
    assert_eq!(report(&[], Some(0), "").failure.unwrap().cause, FailureCause::NoResult);
    let failed = r#"{"type":"turn.failed","error":{"message":"x"}}"#;
    assert!(!report(&[failed], Some(0), "").succeeded());
    let refused = r#"{"type":"item.completed","item":{"id":"i","type":"mcp_tool_call","server":"bus","tool":"t","arguments":{},"error":{"message":"MCP tool call requires approval, but approval policy is never"},"status":"failed"}}"#;
    let unasked = r#"{"type":"item.completed","item":{"id":"i","type":"mcp_tool_call","server":"x","tool":"t","arguments":{},"error":{"message":"MCP tool call cancelled: interactive approval is unavailable in exec mode"},"status":"failed"}}"#;
    let declined = r#"{"type":"item.completed","item":{"id":"i","type":"command_execution","command":"rm x","status":"declined"}}"#;
    for denied in [refused, unasked, declined] {
        let report = report(&[denied, DONE], Some(0), "");
        assert_eq!(report.failure.unwrap().cause, FailureCause::PermissionDenied, "{denied}");
    }
}

#[test]
fn a_refusal_that_only_standard_error_tells_is_one_too() {
    let refused = "2026-11-23T12:04:28.68Z ERROR codex_core::tools::router: error=patch rejected: writing is blocked by read-only sandbox\n";
    assert_eq!(report(&[DONE], Some(0), refused).failure.unwrap().cause, FailureCause::PermissionDenied);
    let quoted = format!("{{\"text\":\"{}\"}}", refused.trim());
    assert!(report(&[DONE], Some(0), &quoted).succeeded(), "the agent may speak of it");
    let torn = quoted.trim_start_matches("{\"");
    assert!(report(&[DONE], Some(0), torn).succeeded(), "and the end of a log may begin in the middle of its line");
}

#[test]
fn a_killed_run_bears_its_signal_and_can_be_resumed() {
    let note = launch("worker", None, None).unwrap().note;
    let (mut reader, now) = (driver().reader(false, &note), Timestamp::from_unix_millis(NOW));
    reader.line(r#"{"type":"thread.started","thread_id":"01a2"}"#, now);
    let report = reader.end(&CommandEnd { code: None, signal: Some(9), tail: String::new() }, now);
    assert_eq!((report.code, report.signal, report.succeeded()), (None, Some(9), false));
    assert_eq!(report.conversation, Some(ConversationId(Text::clipped("01a2@0.0.0.0"))));
}

#[test]
fn a_reconnection_is_a_pause_and_no_failure() {
    let note = launch("worker", None, None).unwrap().note;
    let (mut reader, now) = (driver().reader(false, &note), Timestamp::from_unix_millis(NOW));
    let line = r#"{"type":"error","message":"Reconnecting... 2/5 (unexpected status 503 Service Unavailable: x)"}"#;
    let signs = reader.line(line, now);
    assert_eq!(signs.last(), Some(&Sign::Pausing { until: None, cause: FailureCause::Overloaded }));
    reader.line(DONE, now);
    assert!(reader.end(&CommandEnd { code: Some(0), signal: None, tail: String::new() }, now).succeeded());
}

#[test]
fn what_the_figures_don_t_tell_is_told() {
    let line = |note: &str| driver().reader(false, note).line(DONE, Timestamp::from_unix_millis(0));
    let signs = line("");
    let Some(Sign::Said(said)) = signs.first() else { panic!("{signs:?}") };
    assert!(said.contains("no price") && said.contains("not known"), "{said}");
    assert!(!line(&launch("worker", None, None).unwrap().note).iter().any(|sign| matches!(sign, Sign::Said(_))));
}

#[test]
fn a_call_is_told_once_and_the_same_call_has_the_same_fingerprint() {
    let (mut reader, now) = (driver().reader(false, ""), Timestamp::from_unix_millis(0));
    let mut item = |event: &str, id: &str, command: &str| {
        let item = json!({"id": id, "type": "command_execution", "command": command, "status": "completed"});
        let signs = reader.line(&json!({"type": event, "item": item}).to_string(), now);
        signs.into_iter().map(|sign| if let Sign::Call(call) = sign { call.fingerprint } else { 0 }).collect::<Vec<_>>()
    };
    let first = item("item.started", "1", "ls");
    assert_eq!((first.len(), item("item.completed", "1", "ls").len()), (1, 0));
    assert_eq!(item("item.started", "2", "ls"), first);
    assert_ne!(item("item.completed", "3", "pwd"), first);
}

#[test]
fn searches_are_told_by_what_was_searched_for_which_is_known_at_their_end_alone() {
    let (mut reader, now) = (driver().reader(false, ""), Timestamp::from_unix_millis(0));
    let mut search = |event: &str, id: &str, query: &str, action: serde_json::Value| {
        let item = json!({"id": id, "type": "web_search", "query": query, "action": action});
        let signs = reader.line(&json!({"type": event, "item": item}).to_string(), now);
        signs.into_iter().map(|sign| if let Sign::Call(call) = sign { call.fingerprint } else { 0 }).collect::<Vec<_>>()
    };
    let mut prints = Vec::new();
    for number in 0..8 {
        let (id, query) = (format!("item_{number}"), format!("question {number}"));
        assert_eq!(
            search("item.started", &id, "", json!({"type": "other"})),
            Vec::<u64>::new(),
            "Codex does not know it yet"
        );
        prints.extend(search("item.completed", &id, &query, json!({"type": "search", "query": query})));
    }
    prints.extend(search("item.completed", "a", "", json!({"type": "open_page", "url": "https://a"})));
    prints.extend(search("item.completed", "b", "", json!({"type": "open_page", "url": "https://b"})));
    assert_eq!(prints.len(), 10);
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 10, "different searches are no loop");
    let again = search("item.completed", "c", "", json!({"type": "open_page", "url": "https://b"}));
    assert!(prints.contains(&again[0]), "and the same one is the same call");
}

#[test]
fn a_search_is_told_though_its_line_has_two_ids_as_codex_0_169_writes_it() {
    let (mut reader, now) = (driver().reader(false, ""), Timestamp::from_unix_millis(0));
    let begun = r#"{"type":"item.started","item":{"id":"item_1","type":"web_search","id":"ws_0","query":"","action":{"type":"other"}}}"#;
    let ended = r#"{"type":"item.completed","item":{"id":"item_1","type":"web_search","id":"ws_0","query":"q0","action":{"type":"search","query":"q0"}}}"#;
    assert_eq!(reader.line(begun, now), []);
    assert!(matches!(&reader.line(ended, now)[..], [Sign::Call(call)] if call.about == "q0"));
}

#[test]
fn a_count_that_began_anew_is_this_run_s_own() {
    let note = json!({"before": {"input": 5000, "cached": 900, "cache_write": 0, "output": 300}}).to_string();
    let (mut reader, now) = (driver().reader(false, &note), Timestamp::from_unix_millis(NOW));
    reader.line(r#"{"type":"thread.started","thread_id":"01a2"}"#, now);
    reader.line(
        r#"{"type":"turn.completed","usage":{"input_tokens":4000,"cached_input_tokens":1000,"output_tokens":20}}"#,
        now,
    );
    let report = reader.end(&CommandEnd { code: Some(0), signal: None, tail: String::new() }, now);
    let usage = &report.usage[0];
    assert_eq!((usage.input_tokens, usage.cache_read_tokens, usage.output_tokens), (3000, 1000, 20));
    assert_eq!(report.conversation, Some(ConversationId(Text::clipped("01a2@4000.1000.0.20"))));
}

#[test]
fn a_model_of_the_claude_family_is_none_of_codex_s_however_it_is_written() {
    for id in ["claude-opus-5", "us.anthropic.claude-sonnet-5", "anthropic/claude-haiku-5-5"] {
        let launch = launch("worker", Some(id), None).unwrap();
        assert!(!launch.argv.iter().any(|argument| argument.contains("claude")), "{:?}", launch.argv);
    }
}

#[test]
fn the_page_prints_this_table() {
    let page = include_str!("../../../../docs/drivers/codex.md");
    assert!(
        page.contains(&CodexDriver::failure_table()),
        "docs/drivers/codex.md should have:\n{}",
        CodexDriver::failure_table()
    );
}
