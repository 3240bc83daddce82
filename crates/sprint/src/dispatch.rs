//! What is assigned next: within slots and caps, by the policy's order, with turns among equals.

use go_bus_api::{AgentId, HostId, Task, TaskId, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::mutation::{Mutation, is_on};
use go_rules::placement;

use crate::answerer::{Answerer, answerer};
use crate::capacity::Capacity;
use crate::collisions::Restraint;
use crate::contest::{Contest, Line, Next};
use crate::delegation::m0_for;
use crate::enrolment::{enrolled, waiting};
use crate::limits::Limits;
use crate::opening::can_start;
use crate::policy::DispatchPolicy;
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

/// What is assigned, and what that leaves.
#[derive(Debug, Clone)]
pub struct Dispatched<'a> {
    /// The assignments, in order.
    pub assignments: Vec<Assignment>,
    /// What is still free. No ticket of a sprint under way, and nothing that needs no sprint, can start in it.
    pub(crate) left: Capacity<'a>,
    /// Whose turn it is after them.
    pub(crate) turns: Turns,
}

/// Everything that can be assigned at `now`, in order: the tickets of sprints under way, and what needs no sprint. The same input gives
/// the same output. Its cost grows with what is in those sprints and ready, however many tickets wait for later ones.
pub fn dispatch<'a>(
    world: &'a World,
    limits: &Limits,
    policy: &dyn DispatchPolicy,
    turns: &Turns,
    now: Timestamp,
) -> Dispatched<'a> {
    dispatch_under(Restraint::of(world, now), world, limits, policy, turns, now)
}

/// The same with who is held back for others.
pub(crate) fn dispatch_under<'a>(
    restraint: Restraint<'a>,
    world: &'a World,
    limits: &Limits,
    policy: &dyn DispatchPolicy,
    turns: &Turns,
    now: Timestamp,
) -> Dispatched<'a> {
    let left = Capacity::of(world, limits);
    let mut contest = Contest::new(world, policy, ready(world, left.room() > 0, now));
    let mut course = Course { world, restraint, left, turns: turns.clone(), assignments: Vec::new() };
    let mut waiting = Waiting { world, policy, now, usual: None };
    let mut held_back = Vec::new();
    while let Some(next) = contest.next(&course.turns) {
        if placement::takes_slot(next.task) && waiting.comes_before(next.line, &course.turns, &course.left) {
            contest.retain_slotless();
        } else if next.line != Line::Urgent && course.restraint.holds(next.task).is_some() {
            held_back.push(next);
        } else {
            course.begin(&next, &mut contest);
        }
    }
    // What collides is better than what does not work at all.
    for next in held_back {
        if course.left.has_the_min() {
            break;
        }
        course.begin(&next, &mut contest);
    }
    let Course { left, turns, mut assignments, .. } = course;
    if is_on(Mutation::LazyDispatch) {
        assignments.truncate(usize::from(world.count_in(TaskState::InProgress) == 0));
    }
    Dispatched { assignments, left, turns }
}

/// A dispatch under way.
struct Course<'a> {
    world: &'a World,
    restraint: Restraint<'a>,
    left: Capacity<'a>,
    turns: Turns,
    assignments: Vec<Assignment>,
}

impl<'a> Course<'a> {
    /// Gives the task a slot where it needs one and there is one, and its assignee.
    fn begin(&mut self, next: &Next<'a>, contest: &mut Contest<'a, '_>) {
        let Next { project, task, .. } = *next;
        let Answerer::Agent(agent) = answerer(self.world, task) else { return };
        let host = if placement::takes_slot(task) {
            let Some(host) = self.left.take(task, placement::place_of(agent)) else { return };
            self.turns.note(project, task);
            contest.give(&project.id);
            Some(host)
        } else {
            None
        };
        self.restraint.began(task);
        self.assignments.push(Assignment { task: task.id.clone(), assignee: agent.id.clone(), host });
        if self.left.room() == 0 {
            contest.retain_slotless();
        }
    }
}

/// The tickets that wait for a sprint to begin: where one of them comes first, a slot is left free, so that one begins.
struct Waiting<'a, 'p> {
    world: &'a World,
    policy: &'p dyn DispatchPolicy,
    now: Timestamp,
    /// Whether one that is not urgent could start; asked for once.
    usual: Option<bool>,
}

impl Waiting<'_, '_> {
    /// Whether one of them comes before something in `line`: any before what is spare, in the others' turn one that is not urgent before
    /// what is.
    fn comes_before(&mut self, line: Line, turns: &Turns, left: &Capacity<'_>) -> bool {
        match line {
            Line::Usual => false,
            Line::Spare => self.any(left, |_| true),
            Line::Urgent if !turns.is_others_turn() => false,
            Line::Urgent => match self.usual {
                Some(usual) => usual,
                None => *self.usual.insert(self.any(left, |task| !self.is_urgent(task))),
            },
        }
    }

    fn any(&self, left: &Capacity<'_>, meant: impl Fn(&Task) -> bool) -> bool {
        let can = |task: &&Task| can_start(self.world, left, task, self.is_urgent(task), self.now);
        waiting(self.world, self.now).filter(|task| meant(task)).any(|task| can(&task))
    }

    fn is_urgent(&self, task: &Task) -> bool {
        self.world.project(&task.project).is_some_and(|project| self.policy.is_urgent(project, task))
    }
}

/// What can start but for slots, and is not M0's; without room for more only what needs no slot.
fn ready(world: &World, room: bool, now: Timestamp) -> impl Iterator<Item = &Task> {
    let tickets = enrolled(world, now).filter(move |_| room);
    let others = world.unblocked_others().filter(move |task| room || !placement::takes_slot(task));
    let ready = move |task: &&Task| m0_for(world, task).is_none() && missing(world, task, now).is_empty();
    tickets.chain(others).filter(ready)
}

#[cfg(test)]
mod tests;
