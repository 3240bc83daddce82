//! Telling the Bus how an agent ended: by its shim, or by its launcher where the shim could not.

use go_bus_api::{AgentId, ExitReport, ProblemKind, Review};
use go_bus_client::{BusClient, BusError};
use go_runtime::AgentSpec;

/// Posts a reviewer's verdict, where the end bears one, and then the exit, over a client with the shim's token. The verdict
/// goes first: with the exit accepted that token is void. A verdict that the Bus refuses does not hold the exit back.
pub async fn deliver(client: &BusClient, spec: &AgentSpec, report: &ExitReport) -> Result<(), BusError> {
    if let (Some(task), Some(review)) = (&spec.reviews, verdict(report)) {
        match client.review(task, review).await {
            Ok(_) => {}
            Err(error) if error.is_retryable() || is_void(&error) => return Err(error),
            Err(error) => tracing::warn!(agent = %spec.agent, %task, %error, "the verdict was not taken"),
        }
    }
    deliver_exit(client, &spec.agent, report).await
}

/// Posts the exit alone. An agent that the Bus does not know, or that has ended there already, needs no report.
pub async fn deliver_exit(client: &BusClient, agent: &AgentId, report: &ExitReport) -> Result<(), BusError> {
    match client.report_exit(agent, report).await {
        Err(error) if is_moot(&error) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether the Bus has no use for an exit of this agent any more.
pub fn is_moot(error: &BusError) -> bool {
    matches!(error.problem(), Some(ProblemKind::NotFound | ProblemKind::WrongState))
}

/// Whether the token that was used is void.
pub(crate) fn is_void(error: &BusError) -> bool {
    matches!(error, BusError::Unauthorized(_))
}

/// The codes by which a shell says that its command was ended by a signal: 128 and the signal's number (POSIX, 2.8.2).
const BY_SIGNAL: std::ops::RangeInclusive<i32> = 129..=192;

/// The verdict that a reviewer's end bears, where it came to one.
fn verdict(report: &ExitReport) -> Option<&Review> {
    report.verdict.as_ref().filter(|_| came_to_a_verdict(report))
}

/// Whether a reviewer ended by its own will: one that was stopped, ran out of time or was killed has not judged the work, and
/// another one has to.
fn came_to_a_verdict(report: &ExitReport) -> bool {
    report.limit.is_none() && !report.stopped && report.code.is_some_and(|code| !BY_SIGNAL.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reviewer_that_was_killed_has_not_judged_the_work() {
        let exited = |code| ExitReport { code: Some(code), ..ExitReport::default() };
        assert!(came_to_a_verdict(&exited(0)) && came_to_a_verdict(&exited(1)) && came_to_a_verdict(&exited(255)));
        assert!(!came_to_a_verdict(&exited(137)), "its command was killed, says the shell");
        assert!(!came_to_a_verdict(&ExitReport { signal: Some(9), ..ExitReport::default() }));
        assert!(!came_to_a_verdict(&ExitReport { stopped: true, ..exited(1) }));
        assert!(!came_to_a_verdict(&ExitReport::default()));
    }
}
