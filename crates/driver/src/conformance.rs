//! What every driver has to hold to. A driver's own tests call [`run`] with assignments that it can run.

use go_bus_api::Verdict;

use crate::{AgentDriver, Assignment, CommandEnd};

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
                broken.extend(ends(driver, launch.posts_verdict).into_iter().map(|what| format!("{id}: {what}")));
            }
        }
    }
    broken
}

/// The rules for reading an end.
fn ends(driver: &dyn AgentDriver, posts_verdict: bool) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let end = |code, signal| CommandEnd { code, signal, tail: "last words".to_owned() };
    for failed in [end(Some(1), None), end(Some(127), None), end(None, Some(9)), end(None, None)] {
        let reading = driver.read(&failed, posts_verdict);
        if reading.report.succeeded() {
            broken.push("a failed command is read as a success");
        }
        if reading.verdict.is_some_and(|review| review.verdict == Verdict::Approve) {
            broken.push("a failed review approves");
        }
        if (reading.report.code, reading.report.signal) == (None, None) && (failed.code, failed.signal) != (None, None)
        {
            broken.push("an end that bears a result is read as one without");
        }
    }
    let good = driver.read(&end(Some(0), None), posts_verdict);
    if good.report.stopped || good.report.limit.is_some() || !good.report.verify.is_empty() {
        broken.push("stops, limits and verifications are the shim's to report");
    }
    if good.verdict.is_some() != posts_verdict {
        broken.push("a verdict is given exactly where one is asked for");
    }
    broken
}
