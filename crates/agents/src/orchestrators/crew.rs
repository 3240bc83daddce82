//! What an HO or PO does next for a task it answers for: spawn a hand, wait for it, or judge how it ended.

use go_bus_api::{Agent, Attempt, Complete, Fail, Project, Task, TaskKind, TaskState, Text};
use go_review::ReviewPolicy;
use go_rules::placement;

use super::judgement::without_verdict;
use super::{Judgement, judge, landing};

/// The next step for one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: somebody is at it, or it is not this orchestrator's turn.
    Wait,
    /// No hand has this attempt yet: spawn one.
    Spawn,
    /// The hand did well.
    Complete(Complete),
    /// The hand failed.
    Fail(Fail),
}

/// Decides from the task, the agents that were ever spawned with it, and its project, which says whether work has to land. `hands` may hold
/// those of other attempts.
///
/// A hand whose end bears no result is the Bus's to judge: it gives the task back in the commit that records the end, so
/// such a task is not `in_progress` with this assignee any more. Seen here it means that the two facts have not both
/// arrived yet.
pub fn next_step<'a>(
    task: &Task,
    hands: impl IntoIterator<Item = &'a Agent>,
    project: Option<&Project>,
    policy: &dyn ReviewPolicy,
) -> Next {
    if task.state != TaskState::InProgress {
        return Next::Wait;
    }
    let mut ended = None;
    for hand in hands.into_iter().filter(|hand| has(hand, task, task.attempt)) {
        if !hand.state.is_ended() {
            return Next::Wait;
        }
        ended = Some(hand);
    }
    match ended {
        Some(hand) => verdict(task, hand, project, policy),
        None if placement::takes_slot(task) => Next::Spawn,
        None => Next::Fail(not_ours(task)),
    }
}

fn has(hand: &Agent, task: &Task, attempt: Attempt) -> bool {
    hand.task.as_ref() == Some(&task.id) && hand.attempt == Some(attempt)
}

/// Work without a command, which an orchestrator does itself, and this reference one doesn't know how to.
fn not_ours(task: &Task) -> Fail {
    let kind = task.kind.as_str();
    let error =
        format!("the reference orchestrators do no {kind} without a `run`; give it one, or link your own HO or PO");
    Fail { attempt: task.attempt, error: Text::clipped(&error), retryable: false, remedy: None }
}

fn verdict(task: &Task, hand: &Agent, project: Option<&Project>, policy: &dyn ReviewPolicy) -> Next {
    let Some(exit) = hand.exit.as_ref().filter(|exit| exit.report.bears_result()) else {
        return Next::Wait;
    };
    if task.kind == TaskKind::Review {
        return Next::Fail(without_verdict(&exit.report).of(task.attempt));
    }
    let judged = judge(task, &exit.report, policy);
    if task.lands.is_some() {
        return landing::verdict(task, &exit.report, judged);
    }
    match judged {
        Judgement::Done { summary, deliverable } => {
            let landing = landing::due(task, hand, project, &summary);
            Next::Complete(Complete { deliverable, landing, ..Complete::of(task.attempt, Text::clipped(&summary)) })
        }
        Judgement::Failed(failed) => Next::Fail(failed.of(task.attempt)),
    }
}

#[cfg(test)]
mod tests;
