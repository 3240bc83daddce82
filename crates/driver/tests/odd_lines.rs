//! Whatever a program writes: no reader of ours panics, grows without bound, or reads a failed run as a good one.

use go_bus_api::{ExitReport, Timestamp};
use go_driver::{AgentDriver, CodexDriver, CommandDriver, CommandEnd, Protocol};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::select;

/// Words that mean something to one of the readers.
const KEYS: [&str; 32] = [
    "type",
    "id",
    "item",
    "usage",
    "error",
    "message",
    "text",
    "thread_id",
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "model",
    "usd",
    "used",
    "name",
    "resets_at",
    "until",
    "cause",
    "remedy",
    "failure",
    "ok",
    "summary",
    "verdict",
    "notes",
    "tool",
    "arguments",
    "command",
    "status",
    "changes",
    "server",
    "query",
    "detail",
];
const VALUES: [&str; 36] = [
    "thread.started",
    "turn.started",
    "turn.completed",
    "turn.failed",
    "item.started",
    "item.completed",
    "error",
    "agent_message",
    "command_execution",
    "file_change",
    "mcp_tool_call",
    "web_search",
    "reasoning",
    "conversation",
    "call",
    "said",
    "context",
    "spent",
    "window",
    "pausing",
    "result",
    "verdict",
    "approve",
    "park_until",
    "usage_limit",
    "declined",
    "try again at 3:42 PM",
    "try again at Jul 99th, 2026 8:19 PM",
    "try again in 9999999999999999999999 days",
    "try again in 1e308 hours",
    "try again in .",
    "Reconnecting... 2/5",
    "0.1",
    "2026-11-23T11:30:00Z",
    "",
    "\u{0}é\u{202f}",
];

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        select(&VALUES[..]).prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            vec((select(&KEYS[..]), inner), 0..6)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![4 => json().prop_map(|value| value.to_string()), 1 => any::<String>()]
}

fn drivers() -> Vec<(Box<dyn AgentDriver>, &'static str)> {
    let command = |protocol| Box::new(CommandDriver { protocol, ..CommandDriver::default() });
    vec![
        (Box::new(CodexDriver::default()), r#"{"before":{"input":5,"cached":1,"cache_write":0,"output":2}}"#),
        (command(Protocol::Lines), "lines"),
        (command(Protocol::Plain), "plain"),
    ]
}

fn read(driver: &dyn AgentDriver, note: &str, lines: &[String], code: Option<i32>) -> ExitReport {
    let mut reader = driver.reader(true, note);
    let now = Timestamp::from_unix_millis(1_795_433_400_000);
    for line in lines {
        reader.line(line, now);
    }
    reader.end(&CommandEnd { code, signal: None, tail: lines.join("\n") }, now)
}

proptest! {
    #[test]
    fn no_line_panics_and_no_failed_run_is_read_as_a_good_one(lines in vec(line(), 0..12), note in any::<String>()) {
        for (driver, usual) in drivers() {
            for note in [usual, note.as_str()] {
                read(driver.as_ref(), note, &lines, Some(0));
                let failed = read(driver.as_ref(), note, &lines, Some(1));
                prop_assert!(!failed.succeeded());
                prop_assert!(failed.code == Some(1));
            }
        }
    }
}

/// The bytes that a reader or its report shows when printed: all that it keeps.
fn kept(printed: &impl std::fmt::Debug) -> usize {
    format!("{printed:?}").len()
}

#[test]
fn what_is_kept_of_a_long_run_is_bounded() {
    let long = "x".repeat(1 << 16);
    let now = Timestamp::from_unix_millis(0);
    for (driver, note) in drivers() {
        let mut reader = driver.reader(true, note);
        for n in 0..100 {
            for line in [
                format!(
                    r#"{{"type":"item.started","item":{{"id":"{n}{long}","type":"command_execution","command":"{long}"}}}}"#
                ),
                format!(r#"{{"type":"item.completed","item":{{"id":"a","type":"agent_message","text":"{long}"}}}}"#),
                format!(r#"{{"type":"thread.started","thread_id":"{long}"}}"#),
                format!(r#"{{"type":"spent","model":"m{n}","output_tokens":1}}"#),
                format!(r#"{{"type":"result","ok":true,"summary":"{long}"}}"#),
            ] {
                reader.line(&line, now);
            }
        }
        assert!(kept(&reader) < 32 * 1024, "{:?} keeps {} bytes", driver.kind(), kept(&reader));
        let end = CommandEnd { code: Some(0), signal: None, tail: String::new() };
        assert!(kept(&reader.end(&end, now)) < 64 * 1024);
    }
}

#[test]
fn an_odd_line_between_two_good_ones_changes_nothing() {
    let lines = |odd: &str| [r#"{"type":"result","ok":true,"summary":"made"}"#, odd].map(str::to_owned);
    let command = CommandDriver { protocol: Protocol::Lines, ..CommandDriver::default() };
    for odd in ["{\"type\":\"result\"}", "{\"type\":\"unheard-of\"}", "[1]", "made it!"] {
        let report = read(&command, "lines", &lines(odd), Some(0));
        assert_eq!(report.tail.as_str(), "made", "{odd}");
        assert_eq!(serde_json::to_value(&report.failure).unwrap()["cause"], "no_result", "a reviewer needs a verdict");
    }
}
