//! What is assigned next: within slots and caps, by the policy's order, with turns among equals.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use go_bus_api::{AgentId, HostId, ProjectId, Task, TaskId, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::mutation::{Mutation, is_on};
use go_rules::placement;

use crate::answerer::{Answerer, answerer};
use crate::capacity::Capacity;
use crate::limits::Limits;
use crate::policy::{DispatchPolicy, Share};
use crate::prerequisites::missing;
use crate::turns::Turns;

/// A task to be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The task.
    pub task: TaskId,
    /// Who answers for it from now on.
    pub assignee: AgentId,
    /// Where a slot is kept for its builder; `None` for work without a slot. Its assignee may find another one free.
    pub host: Option<HostId>,
}

/// Everything that can be assigned at `now`, in order. The same input gives the same output.
pub fn dispatch(
    world: &World,
    limits: &Limits,
    policy: &dyn DispatchPolicy,
    turns: &Turns,
    now: Timestamp,
) -> Vec<Assignment> {
    let mut capacity = Capacity::of(world, limits);
    let mut queues = queues(world, policy, capacity.room() > 0, now);
    let mut turns = turns.clone();
    let mut assignments = Vec::new();
    while let Some((queue, task)) = next(&mut queues, policy, &turns) {
        let Answerer::Agent(agent) = answerer(world, task) else { continue };
        let host = if placement::takes_slot(task) {
            let Some(host) = capacity.take(task, placement::place_of(agent)) else { continue };
            turns.take(queue.share.project);
            queue.share.running = queue.share.running.saturating_add(1);
            Some(host)
        } else {
            None
        };
        assignments.push(Assignment { task: task.id.clone(), assignee: agent.id.clone(), host });
        if capacity.room() == 0 {
            queues.retain_slotless();
        }
    }
    if is_on(Mutation::LazyDispatch) {
        assignments.truncate(usize::from(world.count_in(TaskState::InProgress) == 0));
    }
    assignments
}

/// The ready tasks of a project, in order.
struct Queue<'a> {
    share: Share<'a>,
    tasks: VecDeque<&'a Task>,
}

struct Queues<'a>(Vec<Queue<'a>>);

impl Queues<'_> {
    /// Leaves only work without a slot: the rest has to wait for one.
    fn retain_slotless(&mut self) {
        for queue in &mut self.0 {
            queue.tasks.retain(|task| !placement::takes_slot(task));
        }
    }
}

/// The ready tasks by project; without room for more only those that need no slot.
fn queues<'a>(world: &'a World, policy: &dyn DispatchPolicy, room: bool, now: Timestamp) -> Queues<'a> {
    let mut ready: BTreeMap<&ProjectId, Vec<&Task>> = BTreeMap::new();
    for task in world.unblocked_tasks().filter(|task| room || !placement::takes_slot(task)) {
        if missing(world, task, now).is_empty() {
            ready.entry(&task.project).or_default().push(task);
        }
    }
    let queue = |(id, mut tasks): (&ProjectId, Vec<&'a Task>)| {
        tasks.sort_by(|a, b| policy.tasks(a, b));
        let share = Share { project: world.project(id)?, running: world.count_of(id, TaskState::InProgress) };
        Some(Queue { share, tasks: tasks.into() })
    };
    Queues(ready.into_iter().filter_map(queue).collect())
}

/// The next task, taken out of its queue: of the project that the policy puts first, of equals that whose turn it is, of those
/// the first by id.
fn next<'q, 'a>(
    queues: &'q mut Queues<'a>,
    policy: &dyn DispatchPolicy,
    turns: &Turns,
) -> Option<(&'q mut Queue<'a>, &'a Task)> {
    let order = |a: &&mut Queue<'a>, b: &&mut Queue<'a>| -> Ordering {
        let place = |queue: &Queue<'_>| turns.place(&queue.share.project.id);
        policy.projects(&a.share, &b.share).then_with(|| place(a).cmp(&place(b)))
    };
    let queue = queues.0.iter_mut().filter(|queue| !queue.tasks.is_empty()).min_by(order)?;
    let task = queue.tasks.pop_front()?;
    Some((queue, task))
}

#[cfg(test)]
mod tests;
