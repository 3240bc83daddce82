//! Whether the plan is done, or can't go on.

use go_bus_api::{ProjectState, Task, TaskKind, TaskState, Timestamp};
use go_bus_client::World;
use go_review::integration::open_fix;
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

/// Whether the plan's tickets (without a plan: all tickets) have come to their end, and their sprints with what those bring; `None`
/// while they have not. What only the
/// operator holds up has not: held tasks, and projects and hosts that the Bus has as paused or draining though the plan does
/// not. `Stuck` holds only where there is nothing to do and nothing waits for a retry.
pub fn finished(world: &World, view: &PlanView, limits: &Limits, now: Timestamp) -> Option<Finished> {
    if world.tasks_in(TaskState::InProgress).any(|task| task.kind != TaskKind::Improvement) {
        return None;
    }
    // A sprint that nothing can move in any more is about to be closed, and what follows from that is done too.
    if world.open_sprint().is_some() || host_work_goes_on(world, limits, now) {
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

/// Whether a push that followed from a sprint's end, or an integration test that is due, is still to be made, and can be.
fn host_work_goes_on(world: &World, limits: &Limits, now: Timestamp) -> bool {
    let is_meant = |task: &&Task| matches!(task.kind, TaskKind::Push | TaskKind::IntegrationTest);
    world.unblocked_others().filter(is_meant).any(|task| match readiness(world, task, limits, now) {
        Readiness::Ready | Readiness::UnderWay => true,
        Readiness::Waiting(reasons) => reasons.iter().all(|reason| reason.outlook() == Outlook::Passes),
        Readiness::Over => false,
    })
}

/// The tickets that are not done or cancelled; `None` where the Bus does not have them all yet.
fn unfinished<'a>(world: &'a World, view: &PlanView) -> Option<Vec<&'a Task>> {
    match view.plan() {
        Some(plan) => {
            let is_known = |id| world.task_state(id).is_some();
            let all_known = plan.tickets().all(|(_, ticket)| is_known(&ticket.id));
            // What mends a red integration test is a ticket that no plan has.
            let fix = open_fix(world).filter(|fix| plan.tickets().all(|(_, ticket)| ticket.id != *fix));
            let fix = fix.and_then(|fix| world.task(&fix));
            let planned = plan.tickets().filter_map(|(_, ticket)| world.task(&ticket.id));
            all_known.then(|| planned.chain(fix).collect())
        }
        None => {
            let states = OPEN.into_iter().chain([TaskState::Failed]);
            Some(states.flat_map(|state| world.tasks_in(state)).filter(|task| task.kind == TaskKind::Ticket).collect())
        }
    }
}

/// Whether anything on the Bus will move by itself, or would if the operator let it.
fn can_move(world: &World, view: &PlanView, limits: &Limits, now: Timestamp) -> bool {
    let open = OPEN.into_iter().flat_map(|state| world.tasks_in(state));
    // No ticket waits for an improvement.
    let mut open = open.filter(|task| task.kind != TaskKind::Improvement);
    open.any(|task| match readiness(world, task, limits, now) {
        Readiness::Ready => true,
        Readiness::Over => false,
        // What is in review moves with its review or its landing, each a task of its own; it may still be on its way.
        Readiness::UnderWay if task.landing_task.is_some() => world.landing_of(task).is_none(),
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
