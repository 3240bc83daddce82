//! What an exit says about the work: the hand's word counts for nothing, its exit code and the verifications do.

use go_bus_api::{Attempt, Deliverable, ExitReport, Fail, Remedy, Task, Text};
use go_review::ReviewPolicy;
use go_spawn::AllRest;

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
    /// It did not.
    Failed(Failed),
}

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong, with the end of the output that shows it.
    pub error: String,
    /// What the driver or the shim says is to be done; where they say nothing another attempt may help, and the Bus counts how many
    /// there may be.
    pub remedy: Option<Remedy>,
}

impl Failed {
    /// The failure of this attempt.
    pub(crate) fn of(self, attempt: Attempt) -> Fail {
        let Self { error, remedy } = self;
        let retryable = !matches!(remedy, Some(Remedy::Escalate | Remedy::Fatal));
        Fail { attempt, error: Text::clipped(&error), retryable, remedy }
    }
}

/// Judges how a builder of `task` ended; `policy` says what a success hands over.
pub fn judge(task: &Task, report: &ExitReport, policy: &dyn ReviewPolicy) -> Judgement {
    if report.succeeded() {
        return Judgement::Done { summary: summary(report), deliverable: policy.deliverable(task, report) };
    }
    Judgement::Failed(Failed { error: error(report), remedy: remedy(report) })
}

/// A reviewer that ended and posted no verdict: what went wrong is its driver's to say, where it says anything.
pub(super) fn without_verdict(report: &ExitReport) -> Failed {
    let what = "the reviewer ended without a verdict";
    let error =
        report.failure.as_ref().map_or_else(|| what.to_owned(), |failure| format!("{what}: {}", failure.detail));
    Failed { error, remedy: remedy(report) }
}

/// An attempt that nobody began, as every account rests.
pub(super) fn resting(rest: AllRest) -> Failed {
    Failed { error: rest.to_string(), remedy: Some(Remedy::ParkUntil { until: rest.until }) }
}

fn remedy(report: &ExitReport) -> Option<Remedy> {
    report.failure.as_ref().map(|failure| failure.remedy.clone())
}

fn summary(report: &ExitReport) -> String {
    let said = last_line(report.tail.as_str()).unwrap_or("exited 0");
    let is_vacuous = report.work.as_ref().is_some_and(|work| work.vacuous);
    let shows_nothing = if is_vacuous { ", before any work was done, too" } else { "" };
    match report.verify.len() {
        0 => said.to_owned(),
        1 => format!("{said} (1 verification passed{shows_nothing})"),
        many => format!("{said} ({many} verifications passed{shows_nothing})"),
    }
}

fn error(report: &ExitReport) -> String {
    if let Some(failure) = report.failure.as_ref().filter(|failure| !failure.detail.is_blank()) {
        return with_tail(failure.detail.as_str(), report.tail.as_str());
    }
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
    use go_bus_api::{Failure, FailureCause, Millis, Timestamp, VerifyResult};

    fn check(code: i32, tail: &str) -> VerifyResult {
        VerifyResult { command: Text::clipped("test -s x"), code, duration_ms: Millis(1), tail: Text::clipped(tail) }
    }

    fn task() -> Task {
        serde_json::from_value(serde_json::json!({
            "id": "T-1", "project": "p", "title": "t", "kind": "ticket", "priority": "p1", "state": "in_progress",
            "attempt": 2, "max_attempts": 3, "failures": 0, "losses": 0, "created_at": "2026-01-01T00:00:00.000Z",
            "revision": 1,
        }))
        .unwrap()
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
    fn what_a_driver_says_of_a_failure_is_told_and_its_remedy_goes_with_it_whatever_the_code() {
        let until = Timestamp::from_unix_millis(5);
        for (remedy, retryable) in [
            (Remedy::Retry, true),
            (Remedy::ParkUntil { until }, true),
            (Remedy::Rotate, true),
            (Remedy::Escalate, false),
            (Remedy::Fatal, false),
        ] {
            let failure = Failure::new(remedy.clone(), FailureCause::UsageLimit, "the window is used up");
            let report = ExitReport { failure: Some(failure), ..exited(0) };
            let Judgement::Failed(failed) = judge(&task(), &report, &go_review::SeedPolicy) else {
                panic!("{remedy:?}")
            };
            let fail = failed.of(Attempt(2));
            assert_eq!(fail.error.as_str(), "the window is used up\none\nlast words");
            assert_eq!((fail.remedy, fail.retryable, fail.attempt), (Some(remedy), retryable, Attempt(2)));
        }
        let plain = Failed { error: error(&exited(3)), remedy: remedy(&exited(3)) }.of(Attempt(1));
        assert_eq!((plain.remedy, plain.retryable), (None, true));
    }

    #[test]
    fn a_reviewer_that_reached_its_account_s_end_is_no_reviewer_that_said_nothing() {
        let failure = Failure::new(Remedy::Rotate, FailureCause::ContextFull, "its context is full");
        let report = ExitReport { failure: Some(failure), ..exited(1) };
        let failed = without_verdict(&report);
        assert_eq!(failed.error, "the reviewer ended without a verdict: its context is full");
        assert_eq!(failed.remedy, Some(Remedy::Rotate));
        assert_eq!(without_verdict(&exited(0)).error, "the reviewer ended without a verdict");
    }

    #[test]
    fn the_summary_is_the_last_line_said_and_how_much_was_verified() {
        assert_eq!(summary(&exited(0)), "last words");
        assert_eq!(
            summary(&ExitReport { verify: vec![check(0, ""); 2], ..exited(0) }),
            "last words (2 verifications passed)"
        );
        assert_eq!(summary(&ExitReport { code: Some(0), ..ExitReport::default() }), "exited 0");
        let work = serde_json::json!({"base": "9c1e", "commit": "4f2a", "changed": true, "vacuous": true});
        let work = Some(serde_json::from_value(work).unwrap());
        assert_eq!(
            summary(&ExitReport { verify: vec![check(0, "")], work, ..exited(0) }),
            "last words (1 verification passed, before any work was done, too)"
        );
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
