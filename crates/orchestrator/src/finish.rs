//! Whether the plan is done, or can't go on.

use go_bus_api::{ProjectState, Task, TaskKind, TaskState, Timestamp};
use go_bus_client::World;
use go_sprint::{Limits, Outlook, Readiness, Reason, readiness};

use crate::plan_view::PlanView;
use crate::why::{Explanation, why};

/// How GO ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// Every ticket is done or cancelled, and no review is open.
    Done,
    /// Nothing can move any more; why, for each ticket that is not done.
    Stuck(Vec<Explanation>),
    /// It was told to stop.
    Stopped,
}

const OPEN: [TaskState; 7] = [
    TaskState::InProgress,
    TaskState::Waiting,
    TaskState::InReview,
    TaskState::ChangesRequested,
    TaskState::Pending,
    TaskState::Blocked,
    TaskState::Held,
];

/// Whether the plan's tickets (without a plan: all tickets) have come to their end; `None` while they have not. What only the
/// operator holds up has not: held tasks, and projects and hosts that the Bus has as paused or draining though the plan does
/// not. `Stuck` holds only where there is nothing to do and nothing waits for a retry.
pub fn finished(world: &World, view: &PlanView, limits: &Limits, now: Timestamp) -> Option<Finished> {
    if world.count_in(TaskState::InProgress) > 0 {
        return None;
    }
    let left = unfinished(world, view)?;
    let reviews = OPEN.into_iter().flat_map(|state| world.tasks_in(state)).any(|task| task.kind == TaskKind::Review);
    if left.is_empty() && !reviews {
        return Some(Finished::Done);
    }
    if left.is_empty() || can_move(world, view, limits, now) {
        return None;
    }
    Some(Finished::Stuck(left.into_iter().filter_map(|task| why(world, &task.id, limits, now)).collect()))
}

/// The tickets that are not done or cancelled; `None` where the Bus does not have them all yet.
fn unfinished<'a>(world: &'a World, view: &PlanView) -> Option<Vec<&'a Task>> {
    match view.plan() {
        Some(plan) => {
            let is_known = |id| world.task_state(id).is_some();
            let all_known = plan.tickets().all(|(_, ticket)| is_known(&ticket.id));
            all_known.then(|| plan.tickets().filter_map(|(_, ticket)| world.task(&ticket.id)).collect())
        }
        None => {
            let states = OPEN.into_iter().chain([TaskState::Failed]);
            Some(states.flat_map(|state| world.tasks_in(state)).filter(|task| task.kind == TaskKind::Ticket).collect())
        }
    }
}

/// Whether anything on the Bus will move by itself, or would if the operator let it.
fn can_move(world: &World, view: &PlanView, limits: &Limits, now: Timestamp) -> bool {
    let mut open = OPEN.into_iter().flat_map(|state| world.tasks_in(state));
    open.any(|task| match readiness(world, task, limits, now) {
        Readiness::Ready => true,
        Readiness::Over => false,
        // What is in review moves with its review, which is a task of its own; it may still be on its way.
        Readiness::UnderWay => task.state != TaskState::InReview || !world.has_review(&task.id),
        Readiness::Waiting(reasons) => reasons.iter().all(|reason| passes(reason, view)),
    })
}

fn passes(reason: &Reason, view: &PlanView) -> bool {
    match (reason.outlook(), reason) {
        (Outlook::Passes, _) => true,
        (Outlook::Operator, Reason::Project { project, .. }) => {
            view.project_state(project).is_none_or(|planned| planned == ProjectState::Active)
        }
        (Outlook::Operator, _) => true,
        (Outlook::Others | Outlook::Stays, _) => false,
    }
}

#[cfg(test)]
mod tests;
