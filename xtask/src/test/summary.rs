//! How the steps went, for people.

use std::fmt;
use std::time::Duration;

/// How a step ended, with a few words on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Passed(String),
    /// Something is wrong.
    Failed(String),
    /// Not run, and why: what is missing and how to get it.
    Skipped(String),
}

impl Outcome {
    /// Whether the whole run fails with it.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }

    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Passed(note) => ("passed", note),
            Self::Failed(note) => ("FAILED", note),
            Self::Skipped(note) => ("skipped", note),
        }
    }
}

/// A step that has been run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The step.
    pub(crate) name: &'static str,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// How long it took.
    pub(crate) took: Duration,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, note) = self.outcome.words();
        write!(f, "{:<14} {word:<8} {:>6.1} s  {note}", self.name, self.took.as_secs_f64())
    }
}

/// All steps and their sum.
pub(crate) fn table(lines: &[Line]) -> String {
    let count = |word| lines.iter().filter(|line| line.outcome.words().0 == word).count();
    let rows: String = lines.iter().map(|line| format!("{}\n", line.to_string().trim_end())).collect();
    format!("{rows}steps: {} passed, {} failed, {} skipped", count("passed"), count("FAILED"), count("skipped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_counts_what_passed_failed_and_was_skipped() {
        let line = |name, outcome| Line { name, outcome, took: Duration::from_millis(1234) };
        let lines = [
            line("format", Outcome::Passed(String::new())),
            line("tests", Outcome::Failed("3 passed, 1 failed".to_owned())),
            line("contract", Outcome::Skipped("no python3".to_owned())),
        ];
        let table = table(&lines);
        assert!(table.starts_with("format         passed      1.2 s\ntests          FAILED "), "{table}");
        assert!(table.ends_with("steps: 1 passed, 1 failed, 1 skipped"), "{table}");
    }
}
