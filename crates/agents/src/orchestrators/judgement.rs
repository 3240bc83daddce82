//! What an exit says about the work: the hand's word counts for nothing, its exit code and the verifications do.

use go_bus_api::{Deliverable, ExitReport, Task};
use go_review::ReviewPolicy;

/// A judged exit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It succeeded and every verification passed.
    Done {
        /// One line for people.
        summary: String,
        /// What is handed over.
        deliverable: Option<Deliverable>,
    },
    /// It did not; another attempt may help, the Bus counts how many there may be.
    Failed {
        /// What went wrong, with the end of the output that shows it.
        error: String,
    },
}

/// Judges how a builder of `task` ended; `policy` says what a success hands over.
pub fn judge(task: &Task, report: &ExitReport, policy: &dyn ReviewPolicy) -> Judgement {
    if report.succeeded() {
        return Judgement::Done { summary: summary(report), deliverable: policy.deliverable(task, report) };
    }
    Judgement::Failed { error: error(report) }
}

fn summary(report: &ExitReport) -> String {
    let said = last_line(report.tail.as_str()).unwrap_or("exited 0");
    match report.verify.len() {
        0 => said.to_owned(),
        1 => format!("{said} (1 verification passed)"),
        many => format!("{said} ({many} verifications passed)"),
    }
}

fn error(report: &ExitReport) -> String {
    if let Some(limit) = &report.limit {
        return format!("stopped: {limit}");
    }
    if let Some(failed) = report.verify.iter().find(|v| v.code != 0).filter(|_| report.code == Some(0)) {
        return with_tail(&format!("verification `{}` exited {}", failed.command, failed.code), failed.tail.as_str());
    }
    let how = match (report.code, report.signal) {
        (_, Some(signal)) => format!("ended by signal {signal}"),
        (Some(code), None) => format!("exited {code}"),
        (None, None) => "ended without a result".to_owned(),
    };
    with_tail(&how, report.tail.as_str())
}

fn with_tail(how: &str, tail: &str) -> String {
    match tail.trim() {
        "" => how.to_owned(),
        tail => format!("{how}\n{tail}"),
    }
}

fn last_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).rfind(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_bus_api::{Millis, Text, VerifyResult};

    fn check(code: i32, tail: &str) -> VerifyResult {
        VerifyResult { command: Text::clipped("test -s x"), code, duration_ms: Millis(1), tail: Text::clipped(tail) }
    }

    fn exited(code: i32) -> ExitReport {
        ExitReport { code: Some(code), tail: Text::clipped("one\nlast words\n\n"), ..ExitReport::default() }
    }

    #[test]
    fn a_good_exit_with_a_failed_verification_is_a_failure_that_names_it() {
        let report = ExitReport { verify: vec![check(0, ""), check(2, "no x")], ..exited(0) };
        assert!(!report.succeeded());
        assert_eq!(error(&report), "verification `test -s x` exited 2\nno x");
    }

    #[test]
    fn the_summary_is_the_last_line_said_and_how_much_was_verified() {
        assert_eq!(summary(&exited(0)), "last words");
        assert_eq!(
            summary(&ExitReport { verify: vec![check(0, ""); 2], ..exited(0) }),
            "last words (2 verifications passed)"
        );
        assert_eq!(summary(&ExitReport { code: Some(0), ..ExitReport::default() }), "exited 0");
    }

    #[test]
    fn a_limit_or_a_signal_is_said_first() {
        let limit = Some(Text::clipped("the wall limit of 2 s"));
        assert_eq!(
            error(&ExitReport { limit, signal: Some(2), ..ExitReport::default() }),
            "stopped: the wall limit of 2 s"
        );
        assert_eq!(error(&ExitReport { signal: Some(9), ..ExitReport::default() }), "ended by signal 9");
        assert_eq!(error(&exited(3)), "exited 3\none\nlast words");
    }
}
