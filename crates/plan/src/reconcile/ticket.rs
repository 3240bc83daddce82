//! Tickets and their tasks.

use std::collections::BTreeSet;

use go_bus_api::{NewTask, ProjectId, Task, TaskKind, TaskPatch, TaskState};
use go_bus_client::World;

use super::Defaults;
use super::change::{PlanChange, changed, changed_to};
use crate::{Plan, Ticket};

/// The tasks that the Bus lacks, dependencies first. One that the plan has as done, held or cancelled is made so, so that a new Bus
/// doesn't run what somebody had stopped.
pub(super) fn creations(plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    let missing = plan.topological().into_iter().filter(|(_, ticket)| world.task_state(&ticket.id).is_none());
    missing.map(|(project, ticket)| PlanChange::CreateTask(new_task(&project.id, ticket, defaults))).collect()
}

/// The task that a ticket of `project` becomes.
pub fn new_task(project: &ProjectId, ticket: &Ticket, defaults: &Defaults) -> NewTask {
    NewTask {
        id: Some(ticket.id.clone()),
        description: ticket.description.clone(),
        kind: TaskKind::Ticket,
        category: ticket.kind.clone(),
        priority: ticket.priority,
        state: match ticket.status {
            TaskState::Done | TaskState::Held | TaskState::Cancelled => ticket.status,
            _ => TaskState::Pending,
        },
        max_attempts: ticket.max_attempts,
        estimate_minutes: ticket.estimate_minutes,
        depends_on: ticket.depends_on.clone(),
        labels: ticket.labels.clone(),
        model: ticket.model.clone(),
        host: ticket.host.clone(),
        capabilities: ticket.capabilities.clone(),
        run: ticket.run.clone(),
        verify: ticket.verify.clone(),
        review: ticket.review.clone(),
        idle_ms: defaults.idle_timeout,
        deadline_ms: ticket.timeout.or(defaults.timeout),
        ..NewTask::ticket(project.clone(), ticket.title.clone())
    }
}

/// What the plan says otherwise than the Bus of tasks that are not finished; exactly the fields that differ.
pub(super) fn patches(plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    plan.tickets()
        .filter_map(|(_, ticket)| {
            let task = world.task(&ticket.id).filter(|task| task.kind == TaskKind::Ticket)?;
            let patch = patch(ticket, task, defaults);
            (patch != TaskPatch::default()).then(|| PlanChange::PatchTask(ticket.id.clone(), patch))
        })
        .collect()
}

fn patch(ticket: &Ticket, task: &Task, defaults: &Defaults) -> TaskPatch {
    TaskPatch {
        title: changed(&ticket.title, &task.title),
        description: changed(&ticket.description, &task.description),
        priority: changed(&ticket.priority, &task.priority),
        category: changed_to(ticket.kind.as_ref(), task.category.as_ref()),
        labels: changed_set(&ticket.labels, &task.labels),
        model: changed_to(ticket.model.as_ref(), task.model.as_ref()),
        depends_on: changed_set(&ticket.depends_on, &task.depends_on),
        host: changed_to(ticket.host.as_ref(), task.host.as_ref()),
        run: changed_to(ticket.run.as_ref(), task.run.as_ref()),
        verify: changed(&ticket.verify, &task.verify),
        review: changed_to(ticket.review.as_ref(), task.review.as_ref()),
        max_attempts: changed(&ticket.max_attempts, &task.max_attempts),
        estimate_minutes: changed_to(ticket.estimate_minutes.as_ref(), task.estimate_minutes.as_ref()),
        deadline_ms: changed_to(ticket.timeout.or(defaults.timeout).as_ref(), task.deadline_ms.as_ref()),
        ..TaskPatch::default()
    }
}

/// Like [`changed`] where the order means nothing, for a Bus may keep another.
fn changed_set<T: Ord + Clone>(planned: &[T], has: &[T]) -> Option<Vec<T>> {
    let set = |list: &[T]| list.iter().cloned().collect::<BTreeSet<T>>();
    (set(planned) != set(has)).then(|| planned.to_vec())
}
