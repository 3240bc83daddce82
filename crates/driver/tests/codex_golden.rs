//! Recorded runs of the real Codex (tests/fixtures/codex/*.jsonl, and how each ended in ends.json), and what the driver reads in each:
//! the signs of every line and the report, in `<name>.read`. `UPDATE_GOLDEN=1` writes those anew, to be looked at by a person.
#![expect(clippy::unwrap_used, reason = "a test fails by them")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use go_bus_api::{ExitReport, Timestamp};
use go_driver::{AgentDriver, CodexDriver, CommandEnd, Sign};
use serde_json::{Value, json};

/// A day before the reset that the recorded limits name.
const NOW: &str = "2027-01-14T08:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/codex")
}

fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = files.filter_map(|file| file.strip_suffix(".jsonl").map(str::to_owned)).collect();
    names.sort();
    names
}

/// How the recorded run ended.
fn end(name: &str) -> CommandEnd {
    let ends: Value = serde_json::from_str(&fs::read_to_string(folder().join("ends.json")).unwrap()).unwrap();
    let end = &ends[name];
    let number = |key: &str| end[key].as_i64().map(|code| i32::try_from(code).unwrap());
    CommandEnd {
        code: number("code"),
        signal: number("signal"),
        tail: end["stderr"].as_str().unwrap_or_default().to_owned(),
    }
}

/// What had been counted before the run: `resume-2` goes on where `resume` ended.
fn before(name: &str) -> Value {
    let conversation = (name == "resume-2").then(|| read("resume").1.conversation.unwrap());
    let figures = conversation.map(|id| id.0.as_str().rsplit('@').next().unwrap().to_owned());
    let figures: Vec<u64> =
        figures.as_deref().unwrap_or("0.0.0.0").split('.').map(|figure| figure.parse().unwrap()).collect();
    json!({"input": figures[0], "cached": figures[1], "cache_write": figures[2], "output": figures[3]})
}

/// A sign as text; a fingerprint as the place of the first call that has it, which every build shows alike.
fn shown(sign: Sign, calls: &mut Vec<u64>) -> String {
    let Sign::Call(call) = sign else { return format!("{sign:?}") };
    let known = calls.iter().position(|print| *print == call.fingerprint);
    let place = known.unwrap_or(calls.len());
    calls.extend(known.is_none().then_some(call.fingerprint));
    format!("Call #{place} of {}: {}", call.tool, call.about)
}

/// What is read of a recorded run, as text, and its report.
fn read(name: &str) -> (String, ExitReport) {
    let price = json!({"input": "1.25", "cached": "0.125", "output": "10"});
    let before = before(name);
    let note = json!({"model": "gpt-5.1-codex", "price": price, "before": before}).to_string();
    let mut reader = CodexDriver::default().reader(false, &note);
    let now: Timestamp = NOW.parse().unwrap();
    let (mut text, mut calls) = (String::new(), Vec::new());
    for line in fs::read_to_string(folder().join(format!("{name}.jsonl"))).unwrap().lines() {
        for sign in reader.line(line, now) {
            writeln!(text, "{}", shown(sign, &mut calls)).unwrap();
        }
    }
    let report = reader.end(&end(name), now);
    writeln!(text, "{}", serde_json::to_string_pretty(&report).unwrap()).unwrap();
    (text, report)
}

#[test]
fn each_recorded_run_is_read_as_its_golden_file_says() {
    let (mut differ, mut compared) = (Vec::new(), 0);
    for name in names() {
        let file = folder().join(format!("{name}.read"));
        let (text, _) = read(&name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&file, &text).unwrap();
        }
        match fs::read_to_string(&file) {
            Ok(golden) if golden == text => {}
            Ok(_) => differ.push(format!("{name} is read otherwise:\n{text}")),
            // Newly recorded: the run counts for the other tests alone until somebody has looked at how it is read.
            Err(_) => continue,
        }
        compared += 1;
    }
    assert!(compared > 20, "only {compared} golden files are there");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_run_is_a_success_only_where_it_was_recorded_as_one() {
    let good: Vec<_> = names().into_iter().filter(|name| read(name).1.succeeded()).collect();
    assert!(good.iter().any(|name| name == "success"), "{good:?}");
    for bad in ["permission-denied", "usage-limit"] {
        assert!(!read(bad).1.succeeded(), "{bad}");
    }
}
