//! Who comes first.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use go_bus_api::{Priority, Project, Task, TaskKind, TaskState};

use crate::ranking::Ranking;

/// A project and what it has of the capacity now.
#[derive(Debug, Clone, Copy)]
pub struct Share<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its tasks in progress, and those just given a slot.
    pub running: usize,
}

/// Orders what is ready. Slots, caps and prerequisites are kept above it: no policy can assign too much, or what is not ready.
///
/// *Flow*: for each slot to give away, what is urgent by [`Self::is_urgent`], but for every eighth; of that or of the rest the first project
/// by [`Self::projects`], and of it the first task by [`Self::tasks`] that finds a slot. Projects that this holds for equal take
/// turns by weight and priority.
/// *Guarantees to keep*: each is a total order for the length of a dispatch; the same answer for the same input; no IO. For nobody to
/// starve, a project that runs nothing must never come after one that does.
/// *Assumptions*: none on what is ready. *Errors*: none. *Crash semantics*: none; a policy has no state.
pub trait DispatchPolicy: std::fmt::Debug + Send + Sync {
    /// Which project is given the next slot: the lesser.
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering;

    /// Which ready task of a project goes first: the lesser.
    fn tasks(&self, a: &Task, b: &Task) -> Ordering;

    /// Whether `task` is given a slot before anything that is not; what runs is left alone. By default what is `p0`, or of a `p0` project,
    /// and no improvement.
    fn is_urgent(&self, project: &Project, task: &Task) -> bool {
        is_urgent(project, task)
    }
}

/// Whether the seed's order has it start before anything else.
pub(crate) fn is_urgent(project: &Project, task: &Task) -> bool {
    task.kind != TaskKind::Improvement && (task.priority == Priority::P0 || project.priority == Priority::P0)
}

/// A project's claim to capacity: its weight, doubled with each step of its priority above `p3`.
pub(crate) fn claim(project: &Project) -> u64 {
    let scale = match project.priority {
        Priority::P0 => 8,
        Priority::P1 => 4,
        Priority::P2 => 2,
        Priority::P3 => 1,
    };
    u64::from(project.weight.get()).saturating_mul(scale)
}

/// The seed's order. Projects: by what they run for their weight, which counts double with each step of priority. Tasks: reviews and
/// what a reviewer sent back, then by priority, longest chain first, chains already begun first, then as in the plan.
#[derive(Debug, Clone, Default)]
pub struct SeedDispatch {
    ranking: Arc<Ranking>,
}

impl SeedDispatch {
    /// Orders by the ranks of a plan.
    pub fn new(ranking: Ranking) -> Self {
        Self { ranking: Arc::new(ranking) }
    }
}

impl DispatchPolicy for SeedDispatch {
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering {
        // a.running / a's claim against b.running / b's claim, without division.
        let load = |one: &Share<'_>, other: &Share<'_>| one.running as u128 * u128::from(claim(other.project));
        load(a, b).cmp(&load(b, a))
    }

    fn tasks(&self, a: &Task, b: &Task) -> Ordering {
        let key = |task: &Task| {
            let rank = self.ranking.of(task);
            let first = !finishes_what_was_begun(task);
            let fresh = task.depends_on.is_empty();
            (first, task.priority, Reverse(rank.critical_minutes), fresh, rank.position, task.created_at)
        };
        key(a).cmp(&key(b)).then_with(|| by_nature(a.id.as_str(), b.id.as_str()))
    }
}

fn finishes_what_was_begun(task: &Task) -> bool {
    task.kind == TaskKind::Review || task.state == TaskState::ChangesRequested
}

/// As people order names: `T-2` before `T-10`. Shorter runs of digits are smaller numbers.
fn by_nature(a: &str, b: &str) -> Ordering {
    let shape = |text: &str| {
        let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (stem, number) = text.split_at(text.len().saturating_sub(digits));
        (stem.to_owned(), number.trim_start_matches('0').len(), number.to_owned())
    };
    shape(a).cmp(&shape(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests;
