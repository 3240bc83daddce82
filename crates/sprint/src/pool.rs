//! What a project could have in the next sprint, and which of it is closest to what it has there.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashSet};

use go_bus_api::{Project, Task, Text, Timestamp};
use go_bus_client::World;

use crate::policy::DispatchPolicy;
use crate::prerequisites::missing;
use crate::reason::Reason;

/// How many of the first are compared by what they are related to. Nothing that stands further behind overtakes them.
const IN_VIEW: usize = 64;

/// The tickets of a project that a batch may take.
#[derive(Debug)]
pub(crate) struct Pool<'a, 'p> {
    pub(crate) project: &'a Project,
    /// What it runs, and what it has in the batch.
    pub(crate) running: usize,
    policy: &'p dyn DispatchPolicy,
    /// Those that depend on nothing any more.
    free: Line<'a, 'p>,
    /// Those that can start once what the batch has is done.
    chain: Line<'a, 'p>,
    /// The labels of what it has in the batch.
    labels: HashSet<&'a Text<64>>,
    best: Option<&'a Task>,
}

impl<'a, 'p> Pool<'a, 'p> {
    /// An empty one.
    pub(crate) fn new(project: &'a Project, running: usize, policy: &'p dyn DispatchPolicy) -> Self {
        let (free, chain) = (Line::default(), Line::default());
        Self { project, running, policy, free, chain, labels: HashSet::new(), best: None }
    }

    /// Adds a ticket that depends on nothing any more.
    pub(crate) fn add(&mut self, task: &'a Task) {
        self.free.rest.push(Reverse(InOrder { task, policy: self.policy }));
    }

    /// Adds a ticket that depends on what the batch has.
    pub(crate) fn add_to_chain(&mut self, task: &'a Task) {
        self.chain.rest.push(Reverse(InOrder { task, policy: self.policy }));
        self.best = None;
    }

    /// Notes that the batch has `task`.
    pub(crate) fn took(&mut self, task: &'a Task) {
        self.labels.extend(&task.labels);
        self.best = None;
    }

    /// Finds its best ticket.
    pub(crate) fn look(&mut self, world: &World, now: Timestamp) {
        if self.best.is_some() {
            return;
        }
        self.free.look(|task| can_be_taken(world, task, now));
        self.chain.look(|_| true);
        let free = self.free.in_view.iter().map(|task| (self.distance(task, false), *task));
        let chain = self.chain.in_view.iter().map(|task| (self.distance(task, true), *task));
        let closer = |a: &(u8, &Task), b: &(u8, &Task)| a.0.cmp(&b.0).then_with(|| self.policy.tasks(a.1, b.1));
        self.best = free.chain(chain).min_by(closer).map(|(_, task)| task);
    }

    /// Its best ticket, as it was found.
    pub(crate) fn best(&self) -> Option<&'a Task> {
        self.best
    }

    /// Whether its best ticket is urgent.
    pub(crate) fn is_urgent(&self) -> bool {
        self.best.is_some_and(|task| self.policy.is_urgent(self.project, task))
    }

    /// Takes its best ticket out.
    pub(crate) fn drop_best(&mut self) {
        if let Some(best) = self.best.take() {
            self.free.drop(best);
            self.chain.drop(best);
        }
    }

    /// First what was carried over and what is urgent, then the chains of the batch, then what shares a label with it.
    fn distance(&self, task: &Task, in_chain: bool) -> u8 {
        if is_carried_over(task) || self.policy.is_urgent(self.project, task) {
            0
        } else if in_chain {
            1
        } else if task.labels.iter().any(|label| self.labels.contains(label)) {
            2
        } else {
            3
        }
    }
}

/// Tickets in order, the first of them in view.
#[derive(Debug, Default)]
struct Line<'a, 'p> {
    in_view: Vec<&'a Task>,
    rest: BinaryHeap<Reverse<InOrder<'a, 'p>>>,
}

impl<'a> Line<'a, '_> {
    /// Brings those that `may` be taken into view, as many as there is room for.
    fn look(&mut self, may: impl Fn(&Task) -> bool) {
        while self.in_view.len() < IN_VIEW {
            let Some(Reverse(InOrder { task, .. })) = self.rest.pop() else { return };
            if may(task) {
                self.in_view.push(task);
            }
        }
    }

    fn drop(&mut self, task: &Task) {
        self.in_view.retain(|other| other.id != task.id);
    }
}

/// Whether an earlier sprint had it.
fn is_carried_over(task: &Task) -> bool {
    task.sprint.is_some()
}

/// Whether nothing but the pause after a failure stands in the way.
fn can_be_taken(world: &World, task: &Task, now: Timestamp) -> bool {
    let pauses = |reason: &Reason| is_carried_over(task) && matches!(reason, Reason::Backoff { .. });
    missing(world, task, now).iter().all(pauses)
}

/// A ticket in the policy's order, those that were carried over first.
#[derive(Debug)]
struct InOrder<'a, 'p> {
    task: &'a Task,
    policy: &'p dyn DispatchPolicy,
}

impl Ord for InOrder<'_, '_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let fresh = |one: &Self| !is_carried_over(one.task);
        fresh(self).cmp(&fresh(other)).then_with(|| self.policy.tasks(self.task, other.task))
    }
}

impl PartialOrd for InOrder<'_, '_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for InOrder<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for InOrder<'_, '_> {}
