//! Telling the Bus how an agent ended: by its shim, or by its launcher where the shim could not.

use go_bus_api::{AgentId, ExitReport, ModelUsage, NewCost, ProblemKind, ProjectId, Review};
use go_bus_client::{BusClient, BusError};
use go_runtime::{AgentFolder, AgentSpec, RuntimeError, Tally};

use crate::spending;

/// Posts what is left of its costs, a reviewer's verdict, where the end bears one, and then the exit, over a client with the shim's
/// token. The exit goes last: with it accepted that token is void. What the Bus refuses of the others does not hold the exit back.
pub async fn deliver(
    client: &BusClient,
    folder: &AgentFolder,
    spec: &AgentSpec,
    report: &ExitReport,
) -> Result<(), BusError> {
    if spec.talk.is_some() {
        settle_found(client, folder, spec).await?;
    }
    if let (Some(task), Some(review)) = (&spec.reviews, verdict(report)) {
        match client.review(task, review).await {
            Ok(_) => {}
            Err(error) if error.is_retryable() || is_void(&error) => return Err(error),
            Err(error) => tracing::warn!(agent = %spec.agent, %task, %error, "the verdict was not taken"),
        }
    }
    deliver_exit(client, &spec.agent, report).await
}

/// Posts the costs that the folder's tally holds and the Bus has not.
async fn settle_found(client: &BusClient, folder: &AgentFolder, spec: &AgentSpec) -> Result<(), BusError> {
    let mut tally = match folder.tally() {
        Ok(tally) => tally,
        Err(error) => {
            tracing::warn!(agent = %spec.agent, %error, "what it spent is not known");
            return Ok(());
        }
    };
    settle(client, spec, |step| {
        step(&mut tally);
        folder.write_tally(&tally)
    })
    .await
}

/// Posts costs until the Bus has all of them. `change` applies a step to the tally and writes it down before it returns: what is
/// sent is known to whoever has to send it again.
pub(crate) async fn settle(
    client: &BusClient,
    spec: &AgentSpec,
    mut change: impl FnMut(&mut dyn FnMut(&mut Tally)) -> Result<(), RuntimeError>,
) -> Result<(), BusError> {
    let Some(project) = spec.project.clone() else { return Ok(()) };
    loop {
        let mut next = None;
        let noted = change(&mut |tally| next = spending::begin(tally).map(|line| (tally.posts, line)));
        let Some((number, line)) = next else { return Ok(()) };
        if let Err(error) = noted {
            // Sent, but not known to have been sent: the Bus counts it once in any case but that of a crash just now.
            tracing::warn!(agent = %spec.agent, %error, "the tally can't be kept");
        }
        let (key, cost) = (format!("cost/{}/{number}", spec.agent), cost(spec, project.clone(), line));
        match client.record_cost_once(&key, &cost).await {
            Err(error) if error.is_retryable() || is_void(&error) => return Err(error),
            Err(error) => tracing::warn!(agent = %spec.agent, %error, "a cost was not taken"),
            Ok(()) => {}
        }
        if let Err(error) = change(&mut spending::finish) {
            tracing::warn!(agent = %spec.agent, %error, "the tally can't be kept");
        }
    }
}

fn cost(spec: &AgentSpec, project: ProjectId, line: ModelUsage) -> NewCost {
    NewCost {
        agent: spec.agent.clone(),
        project,
        task: spec.task.clone(),
        model: line.model,
        input_tokens: line.input_tokens,
        output_tokens: line.output_tokens,
        cache_read_tokens: line.cache_read_tokens,
        cache_write_tokens: line.cache_write_tokens,
        usd: line.usd,
    }
}

/// The end of an agent that nobody kept to its end: how it ended is not known, but what its run had told is.
pub(crate) fn unknown_end(folder: &AgentFolder) -> ExitReport {
    let tally = folder.tally().unwrap_or_default();
    ExitReport { conversation: tally.conversation, usage: tally.spent, work: folder.work(), ..ExitReport::default() }
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
