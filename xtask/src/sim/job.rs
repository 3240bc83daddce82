//! One run of `go-sim`: what it is asked, and what it says.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::SimError;
use crate::command::command;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    /// What happens in it.
    pub(super) scenario: String,
    /// The seed.
    pub(super) seed: u64,
    /// How long faults come, in simulated seconds.
    pub(super) seconds: u64,
    /// The rule that is broken.
    pub(super) mutant: Option<String>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Report {
    /// How much time passed in it.
    pub(super) simulated_s: f64,
    /// How many faults of each kind there were.
    pub(super) faults: BTreeMap<String, u64>,
    /// How many leases ended and were taken over.
    pub(super) takeovers: u64,
    /// How much later than the Bus's deadline, in ms, where somebody was there.
    pub(super) beyond_deadline_ms: Vec<f64>,
    /// How many tasks were done.
    pub(super) done: u64,
    /// The same for runs that went the same way.
    pub(super) fingerprint: String,
    /// What did not hold: the invariant, when, in words.
    pub(super) violations: Vec<Violation>,
    /// All that it printed.
    pub(super) output: String,
}

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Violation {
    /// Which invariant.
    pub(super) invariant: String,
    /// After how many simulated seconds.
    pub(super) at_s: f64,
    /// What is wrong.
    pub(super) words: String,
}

impl Job {
    /// The arguments of `go-sim`, and of `cargo xtask sim`, that do it again.
    pub(super) fn arguments(&self) -> Vec<String> {
        let (seed, seconds) = (self.seed.to_string(), self.seconds.to_string());
        let mut all = vec!["--seed", &seed, "--seconds", &seconds, "--scenario", &self.scenario];
        if let Some(mutant) = &self.mutant {
            all.extend(["--mutant", mutant]);
        }
        all.into_iter().map(str::to_owned).collect()
    }

    /// Runs it to its end.
    pub(super) fn run(&self, binary: &Path) -> Result<Report, SimError> {
        let output = command(binary).args(self.arguments()).stdin(Stdio::null()).output().map_err(SimError::Start)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        let last = text.lines().next_back().unwrap_or_default();
        match serde_json::from_str::<Value>(last) {
            Ok(report) if report.is_object() => Ok(Report::read(&report, text)),
            _ => Err(SimError::NoVerdict { job: self.to_string(), why: last_words(&errors) }),
        }
    }
}

/// The end of what a process had to complain about.
fn last_words(errors: &str) -> String {
    let lines: Vec<_> = errors.lines().collect();
    lines.get(lines.len().saturating_sub(5)..).unwrap_or_default().join("\n")
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cargo xtask sim {}", self.arguments().join(" "))
    }
}

impl Report {
    fn read(report: &Value, output: String) -> Self {
        let number = |name: &str| report.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let list = |name: &str| report.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        let faults = report.get("faults").and_then(Value::as_object).cloned().unwrap_or_default();
        Self {
            simulated_s: number("simulated_s"),
            faults: faults.into_iter().map(|(kind, count)| (kind, count.as_u64().unwrap_or(0))).collect(),
            takeovers: report.get("takeovers").and_then(Value::as_u64).unwrap_or(0),
            beyond_deadline_ms: list("beyond_deadline_ms").iter().filter_map(Value::as_f64).collect(),
            done: list("tasks").get(1).and_then(Value::as_u64).unwrap_or(0),
            fingerprint: report.get("fingerprint").and_then(Value::as_str).unwrap_or_default().to_owned(),
            violations: list("violations").iter().map(Violation::read).collect(),
            output,
        }
    }
}

impl Violation {
    fn read(found: &Value) -> Self {
        let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let at_s = found.get("at_s").and_then(Value::as_f64).unwrap_or(0.0);
        Self { invariant: text("invariant"), at_s, words: text("words") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_as_the_simulator_writes_it() {
        let line = r#"{"seed":3,"scenario":"faults","simulated_s":131.5,"facts":9,"fingerprint":"ab","faults":{"crash":4},
            "takeovers":2,"beyond_deadline_ms":[12.5],"tasks":[60,58],
            "violations":[{"invariant":"events are gap-free","at_s":7.25,"words":"after event 2 comes event 4"}]}"#;
        let report = Report::read(&serde_json::from_str(line).unwrap(), String::new());
        assert_eq!((report.simulated_s, report.takeovers, report.done), (131.5, 2, 58));
        assert_eq!(report.faults.get("crash"), Some(&4));
        assert_eq!((report.violations.len(), report.violations[0].at_s), (1, 7.25));
    }

    #[test]
    fn a_job_names_the_command_that_does_it_again() {
        let mutant = Some("fence-off".to_owned());
        let job = Job { scenario: "faults".to_owned(), seed: 7, seconds: 120, mutant };
        let again = "cargo xtask sim --seed 7 --seconds 120 --scenario faults --mutant fence-off";
        assert_eq!(job.to_string(), again);
    }
}
