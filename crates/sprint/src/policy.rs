//! Who comes first.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use go_bus_api::{Project, Task, TaskKind, TaskState};

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
/// *Flow*: for each slot to give away, the first project by [`Self::projects`], and of it the first task by [`Self::tasks`] that
/// finds a slot. Projects that this holds for equal take turns by weight.
/// *Guarantees to keep*: each is a total order for the length of a dispatch; the same answer for the same input; no IO.
/// *Assumptions*: none on what is ready. *Errors*: none. *Crash semantics*: none; a policy has no state.
pub trait DispatchPolicy: std::fmt::Debug + Send + Sync {
    /// Which project is given the next slot: the lesser.
    fn projects(&self, a: &Share<'_>, b: &Share<'_>) -> Ordering;

    /// Which ready task of a project goes first: the lesser.
    fn tasks(&self, a: &Task, b: &Task) -> Ordering;
}

/// The seed's order. Projects: by priority, then by what they run for their weight. Tasks: reviews and what a reviewer sent back,
/// then by priority, longest chain first, chains already begun first, then as in the plan.
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
        // a.running / a.weight against b.running / b.weight, without division.
        let load = |one: &Share<'_>, other: &Share<'_>| one.running as u128 * u128::from(other.project.weight.get());
        a.project.priority.cmp(&b.project.priority).then_with(|| load(a, b).cmp(&load(b, a)))
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
mod tests {
    use go_bus_api::{Priority, TaskId, Weight};

    use super::*;
    use crate::ranking::Planned;
    use crate::samples;

    fn first_of(mut tasks: Vec<Task>, policy: &SeedDispatch) -> Vec<String> {
        tasks.sort_by(|a, b| policy.tasks(a, b));
        tasks.iter().map(|task| task.id.to_string()).collect()
    }

    #[test]
    fn reviews_then_priority_then_the_longest_chain_then_the_plan_s_order() {
        let ids: Vec<TaskId> = ["plain", "long", "after"].into_iter().map(samples::id).collect();
        let before = [ids[1].clone()];
        let ranking = Ranking::new([
            Planned { id: &ids[0], estimate_minutes: None, depends_on: &[] },
            Planned { id: &ids[1], estimate_minutes: None, depends_on: &[] },
            Planned { id: &ids[2], estimate_minutes: None, depends_on: &before },
        ]);
        let tasks = vec![
            samples::task("stranger", "site"),
            samples::task("plain", "site"),
            samples::task("long", "site"),
            Task { priority: Priority::P0, ..samples::task("urgent", "site") },
            Task { kind: TaskKind::Review, priority: Priority::P3, ..samples::task("review", "site") },
            Task { state: TaskState::ChangesRequested, priority: Priority::P3, ..samples::task("sent-back", "site") },
        ];
        let order = first_of(tasks, &SeedDispatch::new(ranking));
        assert_eq!(order, ["review", "sent-back", "urgent", "long", "plain", "stranger"]);
    }

    #[test]
    fn without_a_plan_ids_go_by_their_numbers() {
        let tasks = ["T-10", "T-9", "S-100", "T-09"].map(|id| samples::task(id, "site")).to_vec();
        assert_eq!(first_of(tasks, &SeedDispatch::default()), ["S-100", "T-09", "T-9", "T-10"]);
    }

    #[test]
    fn projects_go_by_priority_then_by_what_they_run_for_their_weight() {
        let project = |weight: u32, priority| Project {
            weight: Weight::new(weight).unwrap(),
            priority,
            ..samples::project("site")
        };
        let (light, heavy) = (project(1, Priority::P1), project(3, Priority::P1));
        let share = |project, running| Share { project, running };
        let order = |a, b| SeedDispatch::default().projects(&a, &b);
        assert_eq!(order(share(&light, 1), share(&heavy, 2)), Ordering::Greater);
        assert_eq!(order(share(&light, 1), share(&heavy, 3)), Ordering::Equal);
        assert_eq!(order(share(&light, 1), share(&heavy, 4)), Ordering::Less);
        let urgent = project(1, Priority::P0);
        assert_eq!(order(share(&urgent, 99), share(&light, 0)), Ordering::Less);
    }
}
