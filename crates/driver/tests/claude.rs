//! Recorded runs of Claude Code 2.1.330, read again: each sign, and what each end means. A server on loopback played the provider's part; ids,
//! folders, times and the long lists of a run's first line are replaced or left out.
//!
//! `UPDATE=1 cargo test -p go-driver --test claude` writes what is read now beside them.

#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use go_bus_api::{ExitReport, Failure, FailureCause, Remedy, Timestamp, Usd};
use go_driver::{AgentDriver, ClaudeDriver, CommandEnd, Sign, StreamReader};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

const NOW: &str = "2026-11-23T11:00:00Z";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claude-ends").join(name)
}

fn recorded(name: &str) -> String {
    std::fs::read_to_string(fixture(&format!("{name}.jsonl"))).unwrap()
}

fn reader() -> Box<dyn StreamReader> {
    ClaudeDriver::default().reader(false, "")
}

/// Reads the run `name`, which ended with `code`; its last words are those of nobody.
fn read(name: &str, code: Option<i32>) -> (Vec<Sign>, ExitReport) {
    let now: Timestamp = NOW.parse().unwrap();
    let mut reader = reader();
    let signs = recorded(name).lines().flat_map(|line| reader.line(line, now)).collect();
    (signs, reader.end(&CommandEnd { code, signal: None, tail: String::new() }, now))
}

/// The signs and the report as text, without the fingerprints, which are no promise.
fn printed(signs: &[Sign], report: &ExitReport) -> String {
    let mut text = String::new();
    for sign in signs {
        let _ = match sign {
            Sign::Call(call) => writeln!(text, "Call({} · {})", call.tool, call.about),
            other => writeln!(text, "{other:?}"),
        };
    }
    text + &serde_json::to_string_pretty(report).unwrap() + "\n"
}

fn park(until: &str) -> Remedy {
    Remedy::ParkUntil { until: until.parse().unwrap() }
}

/// A recorded run: its name, its exit code, and why it failed and what is done, where it did.
type Run = (&'static str, Option<i32>, Option<(FailureCause, Remedy)>);

/// Every recorded run.
fn runs() -> Vec<Run> {
    use FailureCause as Why;
    let failed = |cause, remedy| Some((cause, remedy));
    vec![
        ("written", Some(0), None),
        ("resumed", Some(0), None),
        ("two-turns", Some(0), None),
        ("subagent", Some(0), None),
        ("background-command", Some(0), None),
        ("window-warning", Some(0), None),
        ("bridge-down", Some(0), None),
        ("denied", Some(0), failed(Why::PermissionDenied, Remedy::Retry)),
        ("api-error", Some(1), failed(Why::ApiError, Remedy::Retry)),
        ("rate-limited", Some(1), failed(Why::RateLimited, park("2026-11-23T11:01:00Z"))),
        ("overloaded", Some(1), failed(Why::Overloaded, park("2026-11-23T11:05:00Z"))),
        ("five-hour-limit", Some(1), failed(Why::UsageLimit, park("2026-11-23T13:20:00Z"))),
        ("weekly-limit", Some(1), failed(Why::UsageLimit, park("2026-11-23T13:20:00Z"))),
        ("spend-limit", Some(1), failed(Why::ExtraUsage, Remedy::Escalate)),
        ("spend-limit-in-a-window", Some(1), failed(Why::UsageLimit, park("2026-11-23T13:20:00Z"))),
        ("extra-usage", Some(1), failed(Why::ExtraUsage, Remedy::Escalate)),
        ("long-context-credits", Some(1), failed(Why::ExtraUsage, Remedy::Escalate)),
        ("no-credit", Some(1), failed(Why::ExtraUsage, Remedy::Escalate)),
        ("unauthenticated", Some(1), failed(Why::Unauthenticated, Remedy::Escalate)),
        ("expired-login", Some(1), failed(Why::Unauthenticated, Remedy::Escalate)),
        ("organisation-disabled", Some(1), failed(Why::Unauthenticated, Remedy::Escalate)),
        ("not-logged-in", Some(1), failed(Why::Unauthenticated, Remedy::Escalate)),
        ("connection-reset", Some(1), failed(Why::Network, Remedy::Retry)),
        ("stream-cut", Some(1), failed(Why::ApiError, Remedy::Retry)),
        ("unknown-model", Some(1), failed(Why::Refused, Remedy::Fatal)),
        ("prompt-too-long", Some(1), failed(Why::ContextFull, Remedy::Rotate)),
        ("turns-spent", Some(1), failed(Why::TurnsSpent, Remedy::Retry)),
        ("no-conversation", Some(1), failed(Why::Misuse, Remedy::Rotate)),
        ("interrupted", Some(0), failed(Why::NoResult, Remedy::Retry)),
        ("terminated", Some(143), failed(Why::NoResult, Remedy::Retry)),
        ("killed", None, failed(Why::NoResult, Remedy::Retry)),
        ("silent", Some(124), failed(Why::NoResult, Remedy::Retry)),
    ]
}

#[test]
fn every_recorded_run_is_read_as_ever_and_means_what_the_page_says() {
    for (name, code, failed) in runs() {
        let (signs, report) = read(name, code);
        let why = report.failure.as_ref().map(|Failure { remedy, cause, .. }| (*cause, remedy.clone()));
        assert_eq!(why, failed, "{name}: {report:?}");
        assert_eq!(report.succeeded(), failed.is_none(), "{name}");
        let (path, now) = (fixture(&format!("{name}.signs")), printed(&signs, &report));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), now, "{name}");
    }
}

#[test]
fn an_error_that_ends_with_code_0_as_older_versions_do_is_the_same_failure() {
    for (name, code, failed) in runs() {
        if code == Some(1) {
            let (_, report) = read(name, Some(0));
            assert_eq!(report.failure.map(|failure| (failure.cause, failure.remedy)), failed, "{name}");
        }
    }
}

fn booked(name: &str) -> Usd {
    read(name, Some(0)).1.usage.iter().map(|usage| usage.usd).sum()
}

/// The client's own total of the conversation, as its last line writes it.
fn total(name: &str) -> Usd {
    let text = recorded(name);
    let (_, rest) = text.rsplit_once("\"total_cost_usd\":").unwrap();
    rest.split([',', '}']).next().unwrap().parse().unwrap()
}

#[test]
fn what_is_booked_is_the_client_s_own_total_without_its_binary_noise() {
    for name in ["written", "two-turns", "subagent", "interrupted", "turns-spent", "stream-cut"] {
        assert_eq!(booked(name).decimal(), total(name).decimal().round_dp(12), "{name}");
        assert_ne!(booked(name), Usd::ZERO, "{name}");
    }
    // Its total has the first run's money in it, which that run has booked.
    let both = booked("written") + booked("resumed");
    assert_eq!(both.decimal(), total("resumed").decimal().round_dp(12));
}

#[test]
fn what_is_probably_spent_is_never_without_a_sum_after_it_where_the_run_says_one() {
    let (signs, _) = read("two-turns", Some(0));
    let last = signs.iter().rfind(|sign| matches!(sign, Sign::Spent(_) | Sign::Spending(_)));
    assert!(matches!(last, Some(Sign::Spent(usage)) if usage.len() == 1), "{last:?}");
    let (signs, report) = read("killed", None);
    assert!(signs.iter().any(|sign| matches!(sign, Sign::Spending(_))));
    assert!(report.usage.is_empty(), "a guess is not booked");
}

/// A recorded line with some of its bytes replaced, cut off or doubled; or no line of the program's at all.
fn lines() -> impl Strategy<Value = String> {
    let all: Vec<String> =
        runs().iter().flat_map(|(name, ..)| recorded(name).lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let broken =
        (prop::sample::select(all.clone()), any::<prop::sample::Index>(), any::<prop::sample::Index>(), ".{0,8}")
            .prop_map(|(line, from, to, put)| {
                let letters: Vec<char> = line.chars().collect();
                let (from, to) = (from.index(letters.len()), to.index(letters.len()));
                let (from, to) = (from.min(to), from.max(to));
                letters[..from].iter().copied().chain(put.chars()).chain(letters[to..].iter().copied()).collect()
            });
    // The same shape with other values: numbers, words and lists where others are expected.
    let odd =
        (prop::sample::select(all.clone()), any::<prop::sample::Index>(), odd_value()).prop_map(|(line, at, value)| {
            let mut read: serde_json::Value = serde_json::from_str(&line).unwrap();
            let keys: Vec<String> = read.as_object().unwrap().keys().filter(|key| *key != "type").cloned().collect();
            read[&keys[at.index(keys.len())]] = value;
            read.to_string()
        });
    prop_oneof![prop::sample::select(all), broken, odd, ".{0,200}"]
}

fn odd_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        ".{0,20}".prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = prop::sample::select(vec![
            "subtype",
            "status",
            "usage",
            "content",
            "costUSD",
            "inputTokens",
            "unifiedWindows",
            "x",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(serde_json::Value::from),
            prop::collection::hash_map(key.prop_map(str::to_owned), inner, 0..3)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_line_of_any_kind_panics_and_a_failed_command_never_succeeds(
        lines in prop::collection::vec(lines(), 0..30), now in any::<i64>(), code in prop::option::of(1..256_i32), tail in ".{0,99}",
    ) {
        let now = Timestamp::from_unix_millis(now);
        let mut reader = reader();
        for line in &lines {
            reader.line(line, now);
        }
        let report = reader.end(&CommandEnd { code, signal: None, tail }, now);
        assert!(!report.succeeded() && report.failure.is_some() && report.verdict.is_none());
    }
}

#[test]
fn a_run_of_any_length_takes_no_more_memory_than_a_short_one() {
    let now: Timestamp = NOW.parse().unwrap();
    let mut reader = reader();
    let line = |number: u32| {
        let long = "x".repeat(2_000);
        [
            format!(
                r#"{{"type":"system","subtype":"init","session_id":"{number}","model":"{long}{number}","mcp_servers":[]}}"#
            ),
            format!(
                r#"{{"type":"assistant","message":{{"id":"{number}{long}","model":"m{number}","content":[{{"type":"text","text":"{long}"}}],"usage":{{"input_tokens":1}}}}}}"#
            ),
            format!(
                r#"{{"type":"rate_limit_event","rate_limit_info":{{"unifiedWindows":{{"{number}{long}":{{"utilization":0.5}}}}}}}}"#
            ),
            format!(
                r#"{{"type":"result","subtype":"success","is_error":false,"result":"x","permission_denials":[{{"tool_name":"{number}"}}],"modelUsage":{{"m{number}":{{"costUSD":0.1,"contextWindow":{number}}}}},"model_usage_since_last_result":{{"m{number}":{{"costUSD":0.1}}}}}}"#
            ),
        ]
    };
    let mut size_after = |numbers: std::ops::Range<u32>| {
        numbers.for_each(|number| line(number).iter().for_each(|line| drop(reader.line(line, now))));
        format!("{reader:?}").len()
    };
    let (early, late) = (size_after(100..300), size_after(300..3_000));
    // Numbers grow by a digit.
    assert!(late <= early + early / 8, "{early} bytes grew to {late}");
}
