//! What every review policy has to hold to. A policy's own tests call [`run`] with tasks of its kind.

use go_bus_api::{ExitReport, Task, TaskKind};

use crate::{Delivery, ReviewPolicy};

/// Checks `policy` with each of these tasks; answers what it breaks, in words. Empty means that it conforms.
pub fn run(policy: &dyn ReviewPolicy, tasks: &[Task]) -> Vec<String> {
    let exit = ExitReport { code: Some(0), ..ExitReport::default() };
    let mut broken = Vec::new();
    for task in tasks {
        let first = (policy.is_significant(task), policy.deliverable(task, &exit), policy.brief(&Delivery::of(task)));
        if first != (policy.is_significant(task), policy.deliverable(task, &exit), policy.brief(&Delivery::of(task))) {
            broken.push(format!("{}: the same task gives another answer", task.id));
        }
        let (significant, deliverable, brief) = first;
        if significant != deliverable.as_ref().is_some_and(|d| d.needs_review()) {
            broken.push(format!("{}: what is significant and what its deliverable says differ", task.id));
        }
        if brief.mission.trim().is_empty() {
            broken.push(format!("{}: its reviewer is told nothing", task.id));
        }
        let review = Task { kind: TaskKind::Review, review_of: Some(task.id.clone()), ..task.clone() };
        if policy.is_significant(&review) || policy.deliverable(&review, &exit).is_some_and(|d| d.needs_review()) {
            broken.push(format!("{}: its review would be reviewed, and so on without end", task.id));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::ticket;
    use crate::{Brief, SeedPolicy};

    fn tasks() -> Vec<Task> {
        ["feature", "config_change", "bp_update", "chore", "poem"].into_iter().map(ticket).collect()
    }

    #[test]
    fn the_seed_s_policy_conforms() {
        assert_eq!(run(&SeedPolicy, &tasks()), Vec::<String>::new());
    }

    /// Breaks every rule that can be broken without a state.
    #[derive(Debug)]
    struct Endless;

    impl ReviewPolicy for Endless {
        fn is_significant(&self, _task: &Task) -> bool {
            true
        }
        fn deliverable(&self, _task: &Task, _exit: &ExitReport) -> Option<go_bus_api::Deliverable> {
            None
        }
        fn brief(&self, _delivery: &Delivery<'_>) -> Brief {
            Brief { mission: " ".to_owned(), checks: Vec::new() }
        }
    }

    #[test]
    fn one_that_reviews_reviews_and_tells_nothing_is_caught_at_each() {
        assert_eq!(run(&Endless, &[ticket("feature")]).len(), 3);
    }
}
