//! Every choice of a tick.

use std::collections::BTreeSet;

use go_bus_api::{TaskId, Timestamp};
use go_bus_client::World;
use go_plan::reconcile::PlanChange;
use go_spawn::{orchestrator_request, surplus, vacancies};
use go_sprint::dispatch;

use crate::action::Action;
use crate::memory::Memory;
use crate::plan_view::PlanView;
use crate::policy::Policy;

/// What is to be done now: the plan's changes, spawns for vacant seats, ends of orchestrators that are not wanted any more, and
/// assignments, but of nothing that the plan is about to hold or cancel. It looks at the whole state and at nothing else, so whatever a predecessor left half done is simply what is
/// missing. The same input gives the same actions, each about another thing.
pub fn plan(policy: &Policy, world: &World, view: &PlanView, memory: &Memory, now: Timestamp) -> Vec<Action> {
    let changes = view.changes(world);
    let stays: BTreeSet<&TaskId> = changes.iter().filter_map(is_to_stay).collect();
    let mut actions: Vec<Action> = spawns(policy, world, memory, now).collect();
    actions.extend(surplus(world).into_iter().map(|agent| Action::End(agent.id.clone())));
    let may_start = |action: &Action| !matches!(action, Action::Assign { task, .. } if stays.contains(task));
    actions.extend(assignments(policy, world, view, memory, now).filter(may_start));
    changes.into_iter().map(Action::Change).chain(actions).collect()
}

/// The task that `change` takes out of the work, where it does: it must not start while that is still on its way.
fn is_to_stay(change: &PlanChange) -> Option<&TaskId> {
    match change {
        PlanChange::CancelTask(task) => Some(task),
        PlanChange::PatchTask(task, patch) => patch.state.is_some().then_some(task),
        _ => None,
    }
}

/// Spawns for the seats that nobody alive holds and that are not closed by a backoff (R12).
fn spawns<'a>(
    policy: &'a Policy,
    world: &'a World,
    memory: &'a Memory,
    now: Timestamp,
) -> impl Iterator<Item = Action> + use<'a> {
    let open = vacancies(world).into_iter().filter(move |who| memory.seats.not_before(who, now).is_none());
    open.filter_map(|orchestrator| {
        let request = Box::new(orchestrator_request(&orchestrator, world, &policy.handbook)?);
        Some(Action::Spawn { orchestrator, request })
    })
}

fn assignments<'a>(
    policy: &Policy,
    world: &'a World,
    view: &PlanView,
    memory: &Memory,
    now: Timestamp,
) -> impl Iterator<Item = Action> + use<'a> {
    let given = dispatch(world, &policy.limits, view.dispatch(), &memory.turns, now);
    given.into_iter().filter_map(|given| {
        let task = world.task(&given.task)?;
        let (project, attempt) = (task.project.clone(), task.attempt);
        Some(Action::Assign { task: given.task, attempt, project, assignee: given.assignee })
    })
}

/// When to look again though nothing happens: the end of a task's backoff, or of a seat's.
pub(crate) fn next_wake(world: &World, memory: &Memory, now: Timestamp) -> Option<Timestamp> {
    let seats = vacancies(world).into_iter().filter_map(|who| memory.seats.not_before(&who, now));
    go_sprint::next_wake(world, now).into_iter().chain(seats).min()
}

#[cfg(test)]
mod tests;
