//! What every driver has to hold to. A driver's own tests call [`run`] with assignments that it can run.

use go_bus_api::{Timestamp, Verdict};

use crate::{AgentDriver, Assignment, CommandEnd, Launch, Stdin};

/// Checks `driver` with each of these assignments, all of which it must be able to run; answers what it breaks, in words.
/// Empty means that it conforms.
pub fn run(driver: &dyn AgentDriver, assignments: &[Assignment<'_>]) -> Vec<String> {
    let mut broken = Vec::new();
    for assignment in assignments {
        let id = &assignment.agent.id;
        match driver.launch(assignment) {
            Err(error) => broken.push(format!("{id}: no command: {error}")),
            Ok(launch) => {
                if launch.argv.first().is_none_or(String::is_empty) {
                    broken.push(format!("{id}: the command has no program"));
                }
                if !launch.folder.is_absolute() {
                    broken.push(format!("{id}: the folder {} is not absolute", launch.folder.display()));
                }
                if let Some(name) = launch.env.keys().find(|name| name.starts_with("XIO_")) {
                    broken.push(format!("{id}: {name} is the launcher's to set"));
                }
                if driver.launch(assignment).as_ref() != Ok(&launch) {
                    broken.push(format!("{id}: the same assignment gives another command"));
                }
                if launch.stdin == Stdin::Messages && !takes_messages(driver, &launch) {
                    broken.push(format!("{id}: it reads messages and is told nothing, or no whole line"));
                }
                let noted = |note: &str| ends(driver, launch.posts_verdict, note);
                let found = noted(&launch.note).into_iter().chain(noted("\u{0}{"));
                broken.extend(found.map(|what| format!("{id}: {what}")));
            }
        }
    }
    broken
}

/// Whether a program that reads messages gets its prompt, and with an end: without one it would wait for ever.
fn takes_messages(driver: &dyn AgentDriver, launch: &Launch) -> bool {
    let prompt = driver.reader(launch.posts_verdict, &launch.note).say("one\ntwo");
    prompt.is_some_and(|line| line.ends_with('\n'))
}

/// Lines that no program of good manners writes.
const ODD: [&str; 8] =
    ["", "{", "null", "[]", "{\"type\": 7}", "\u{feff}{}", "{\"type\":\"result\"}", "not json \u{0}\u{1b}[31m"];

/// The rules for reading an end, with nothing said and after odd words.
fn ends(driver: &dyn AgentDriver, posts_verdict: bool, note: &str) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let now = Timestamp::from_unix_millis(0);
    let end = |code, signal| CommandEnd { code, signal, tail: "last words".to_owned() };
    for lines in [[].as_slice(), ODD.as_slice()] {
        let read = |ended: &CommandEnd| {
            let mut reader = driver.reader(posts_verdict, note);
            for line in lines {
                reader.line(line, now);
            }
            reader.end(ended, now)
        };
        for failed in [end(Some(1), None), end(Some(127), None), end(None, Some(9)), end(None, None)] {
            let report = read(&failed);
            if report.succeeded() {
                broken.push("a failed command is read as a success");
            }
            if report.verdict.is_some_and(|review| review.verdict == Verdict::Approve) {
                broken.push("a failed review approves");
            }
            if (report.code, report.signal) == (None, None) && (failed.code, failed.signal) != (None, None) {
                broken.push("an end that bears a result is read as one without");
            }
        }
        let good = read(&end(Some(0), None));
        if good.stopped || good.limit.is_some() || !good.verify.is_empty() || good.work.is_some() {
            broken.push("stops, limits, verifications and what was left are the shim's to report");
        }
        if good.verdict.is_some() && !posts_verdict {
            broken.push("a verdict is given where none is asked for");
        }
    }
    broken
}
