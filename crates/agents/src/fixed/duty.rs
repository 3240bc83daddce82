//! What M0 does next about what is delegated to it, decided from the World alone.

use go_bus_api::{AgentId, Attempt, Complete, ExitReport, Fail, Task, TaskId, TaskState, Text};
use go_bus_client::World;
use go_review::ReviewPolicy;

use crate::orchestrators::{Judgement, judge};

/// What is done next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// This is begun.
    Begin(Box<Task>),
    /// This comes to nothing.
    GiveUp(TaskId, Fail),
}

/// What the Bus is told of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It did well.
    Done(Complete),
    /// It did not.
    Failed(Fail),
}

/// The next step, where nothing is in hand. What was begun by a process that is gone may have done anything: that attempt is over.
pub(super) fn next(world: &World) -> Option<Step> {
    let task = world.tasks_assigned_to(&AgentId::m0()).find(|task| task.state == TaskState::InProgress)?;
    let give_up = |error: &str, retryable| {
        let fail = Fail { attempt: task.attempt, error: Text::clipped(error), retryable, remedy: None };
        Some(Step::GiveUp(task.id.clone(), fail))
    };
    if task.run.as_ref().is_none_or(|run| run.is_blank()) {
        return give_up("the reference M0 runs commands, and this ticket has none; link your own M0", false);
    }
    if task.progress.is_some() {
        return give_up("M0 was restarted while it was at it", true);
    }
    Some(Step::Begin(Box::new(task.clone())))
}

/// Whether the Bus still wants this attempt.
pub(super) fn is_wanted(world: &World, task: &TaskId, attempt: Attempt) -> bool {
    let wants = |task: &Task| task.state == TaskState::InProgress && task.attempt == attempt && is_m0_s(task);
    world.task(task).is_some_and(wants)
}

fn is_m0_s(task: &Task) -> bool {
    task.assignee == Some(AgentId::m0())
}

/// What an ended command means.
pub(super) fn verdict(task: &Task, report: &ExitReport, policy: &dyn ReviewPolicy) -> Verdict {
    let attempt = task.attempt;
    if report.stopped {
        let error = Text::clipped("M0 was told to end while it was at it");
        return Verdict::Failed(Fail { attempt, error, retryable: true, remedy: None });
    }
    match judge(task, report, policy) {
        Judgement::Done { summary, deliverable } => {
            Verdict::Done(Complete { deliverable, ..Complete::of(attempt, Text::clipped(&summary)) })
        }
        Judgement::Failed(failed) => Verdict::Failed(failed.of(attempt)),
    }
}

#[cfg(test)]
mod tests;
