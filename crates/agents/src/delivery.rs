//! Telling the Bus how an agent ended: by its shim, or by its launcher where the shim could not.

use go_bus_api::{AgentId, ExitReport, ProblemKind, Review};
use go_bus_client::{BusClient, BusError};
use go_driver::CommandEnd;
use go_runtime::AgentSpec;

use crate::drivers;

/// Posts a reviewer's verdict, where the end bears one, and then the exit, over a client with the shim's token. The verdict
/// goes first: with the exit accepted that token is void. A verdict that the Bus refuses does not hold the exit back.
pub(crate) async fn deliver(client: &BusClient, spec: &AgentSpec, report: &ExitReport) -> Result<(), BusError> {
    if let (Some(task), Some(review)) = (&spec.reviews, verdict(spec, report)) {
        match client.review(task, &review).await {
            Ok(_) => {}
            Err(error) if error.is_retryable() || is_void(&error) => return Err(error),
            Err(error) => tracing::warn!(agent = %spec.agent, %task, %error, "the verdict was not taken"),
        }
    }
    deliver_exit(client, &spec.agent, report).await
}

/// Posts the exit alone. An agent that the Bus does not know, or that has ended there already, needs no report.
pub(crate) async fn deliver_exit(client: &BusClient, agent: &AgentId, report: &ExitReport) -> Result<(), BusError> {
    match client.report_exit(agent, report).await {
        Err(error) if is_moot(&error) => Ok(()),
        other => other.map(drop),
    }
}

/// Whether the Bus has no use for an exit of this agent any more.
pub(crate) fn is_moot(error: &BusError) -> bool {
    matches!(error.problem(), Some(ProblemKind::NotFound | ProblemKind::WrongState))
}

/// Whether the token that was used is void.
pub(crate) fn is_void(error: &BusError) -> bool {
    matches!(error, BusError::Unauthorized(_))
}

/// The verdict that a reviewer's end bears: none where it was stopped or ran out of time.
fn verdict(spec: &AgentSpec, report: &ExitReport) -> Option<Review> {
    if report.limit.is_some() || !report.bears_result() {
        return None;
    }
    let end = CommandEnd { code: report.code, signal: report.signal, tail: report.tail.as_str().to_owned() };
    drivers::of(spec.driver)?.read(&end, true).verdict
}
