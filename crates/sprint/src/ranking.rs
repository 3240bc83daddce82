//! Where a task stands in its plan: its place in the file, and how much work hangs on it.

use std::collections::HashMap;

use go_bus_api::{Task, TaskId};

/// What the ranking has to know of a planned task.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// Its id.
    pub id: &'a TaskId,
    /// How long a person thinks it takes, in minutes.
    pub estimate_minutes: Option<u32>,
    /// What has to be done first.
    pub depends_on: &'a [TaskId],
}

/// A task's rank in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// Its place in the file, from 0; what is in no plan comes last.
    pub position: usize,
    /// The minutes of the longest chain that begins with it. What has no estimate counts as a minute, so that of two chains
    /// without estimates the longer one leads.
    pub critical_minutes: u64,
}

/// The ranks of a plan's tasks. They hold as long as the plan does: what hangs on an open task is open too. Made once a plan,
/// in time linear in its size.
#[derive(Debug, Clone, Default)]
pub struct Ranking {
    ranks: HashMap<TaskId, Rank>,
}

impl Ranking {
    /// Ranks `planned`, in the order of the plan. A dependency that is in no plan, and one of a cycle, counts for nothing.
    pub fn new<'a>(planned: impl IntoIterator<Item = Planned<'a>>) -> Self {
        let planned: Vec<Planned<'a>> = planned.into_iter().collect();
        let critical = critical_minutes(&planned);
        let rank = |(position, (planned, critical_minutes)): (usize, (&Planned<'_>, u64))| {
            (planned.id.clone(), Rank { position, critical_minutes })
        };
        Self { ranks: planned.iter().zip(critical).enumerate().map(rank).collect() }
    }

    /// The rank of `task`; a review has that of the task it reviews.
    pub fn of(&self, task: &Task) -> Rank {
        let id = task.review_of.as_ref().unwrap_or(&task.id);
        let alone = || Rank { position: usize::MAX, critical_minutes: minutes(task.estimate_minutes) };
        self.ranks.get(id).copied().unwrap_or_else(alone)
    }
}

fn minutes(estimate: Option<u32>) -> u64 {
    estimate.map_or(1, u64::from)
}

/// The longest chain from each task on: tasks that nothing depends on first, then those before them (Kahn's order, reversed).
fn critical_minutes(planned: &[Planned<'_>]) -> Vec<u64> {
    let place: HashMap<&TaskId, usize> =
        planned.iter().enumerate().map(|(index, planned)| (planned.id, index)).collect();
    let before =
        |planned: &Planned<'_>| planned.depends_on.iter().filter_map(|id| place.get(id)).copied().collect::<Vec<_>>();
    let before: Vec<Vec<usize>> = planned.iter().map(before).collect();
    let mut dependents_left = vec![0_usize; planned.len()];
    for index in before.iter().flatten() {
        if let Some(count) = dependents_left.get_mut(*index) {
            *count = count.saturating_add(1);
        }
    }
    let mut critical: Vec<u64> = planned.iter().map(|planned| minutes(planned.estimate_minutes)).collect();
    let last = dependents_left.iter().enumerate().filter(|(_, left)| **left == 0);
    let mut settled: Vec<usize> = last.map(|(index, _)| index).collect();
    while let Some(index) = settled.pop() {
        let chain = critical.get(index).copied().unwrap_or_default();
        for dependency in before.get(index).into_iter().flatten() {
            let own = planned.get(*dependency).map_or(1, |planned| minutes(planned.estimate_minutes));
            if let Some(longest) = critical.get_mut(*dependency) {
                *longest = (*longest).max(own.saturating_add(chain));
            }
            if let Some(left) = dependents_left.get_mut(*dependency) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    settled.push(*dependency);
                }
            }
        }
    }
    critical
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn critical(tasks: &[(&str, Option<u32>, &[&str])]) -> Vec<u64> {
        let ids: Vec<TaskId> = tasks.iter().map(|(id, ..)| samples::id(id)).collect();
        let before: Vec<Vec<TaskId>> =
            tasks.iter().map(|(_, _, on)| on.iter().map(|id| samples::id(id)).collect()).collect();
        let planned = tasks.iter().zip(&ids).zip(&before);
        let ranking = Ranking::new(planned.map(|(((_, estimate, _), id), depends_on)| Planned {
            id,
            estimate_minutes: *estimate,
            depends_on,
        }));
        tasks.iter().map(|(id, ..)| ranking.of(&samples::task(id, "site")).critical_minutes).collect()
    }

    #[test]
    fn a_chain_counts_with_everything_that_hangs_on_it() {
        let diamond =
            critical(&[("a", Some(5), &[]), ("b", Some(10), &["a"]), ("c", None, &["a"]), ("d", Some(2), &["b", "c"])]);
        assert_eq!(diamond, [17, 12, 3, 2]);
    }

    #[test]
    fn unknown_dependencies_and_cycles_do_no_harm() {
        assert_eq!(critical(&[("a", None, &["ghost"]), ("b", None, &["a"])]), [2, 1]);
        assert_eq!(critical(&[("a", None, &["b"]), ("b", None, &["a"])]), [1, 1]);
    }

    #[test]
    fn a_chain_of_any_length_needs_no_stack() {
        let ids: Vec<TaskId> = (0..100_000).map(|n| samples::id(&format!("T-{n}"))).collect();
        let planned = ids.iter().enumerate().map(|(n, id)| Planned {
            id,
            estimate_minutes: None,
            depends_on: n.checked_sub(1).map_or(&[], |before| &ids[before..n]),
        });
        let ranking = Ranking::new(planned);
        assert_eq!(ranking.of(&samples::task("T-0", "site")), Rank { position: 0, critical_minutes: 100_000 });
    }

    #[test]
    fn a_review_ranks_with_what_it_reviews_and_a_stranger_last() {
        let id = samples::id("a");
        let ranking = Ranking::new([Planned { id: &id, estimate_minutes: Some(7), depends_on: &[] }]);
        let review = Task { review_of: Some(id.clone()), ..samples::task("r", "site") };
        assert_eq!(ranking.of(&review), Rank { position: 0, critical_minutes: 7 });
        assert_eq!(ranking.of(&samples::task("x", "site")).position, usize::MAX);
    }
}
