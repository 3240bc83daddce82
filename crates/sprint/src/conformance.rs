//! What every dispatch policy has to hold to. A policy's own tests call [`run`] with projects and tasks of its kind.

use std::cmp::Ordering;
use std::fmt::Display;

use go_bus_api::Task;

use crate::{DispatchPolicy, Share};

/// Checks that both orders of `policy` are total over these, and stay so; answers what it breaks, in words. Empty means that
/// it conforms.
pub fn run(policy: &dyn DispatchPolicy, projects: &[Share<'_>], tasks: &[Task]) -> Vec<String> {
    let mut broken = order(projects, |a, b| policy.projects(a, b), |share| share.project.id.clone());
    broken.extend(order(tasks, |a, b| policy.tasks(a, b), |task| task.id.clone()));
    broken
}

fn order<T, I: Display>(all: &[T], compare: impl Fn(&T, &T) -> Ordering, name: impl Fn(&T) -> I) -> Vec<String> {
    let mut broken = Vec::new();
    for a in all {
        for b in all {
            let first = compare(a, b);
            if compare(a, b) != first {
                broken.push(format!("{} against {}: the same question, another answer", name(a), name(b)));
            }
            if compare(b, a) != first.reverse() {
                broken.push(format!("{} against {}: each way another order", name(a), name(b)));
            }
            let beyond = |c: &&T| first == Ordering::Less && compare(b, c) == Ordering::Less;
            if let Some(c) = all.iter().filter(beyond).find(|c| compare(a, c) != Ordering::Less) {
                broken.push(format!("{} before {} before {}, but not before it", name(a), name(b), name(c)));
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use go_bus_api::Priority;

    use super::*;
    use crate::{SeedDispatch, samples};

    fn tasks() -> Vec<Task> {
        let of = |id: &str, priority| Task { priority, ..samples::task(id, "p") };
        vec![of("T-1", Priority::P2), of("T-2", Priority::P0), of("T-3", Priority::P1)]
    }

    #[test]
    fn the_seed_s_order_conforms() {
        let (one, other) = (samples::project("a"), samples::project("b"));
        let shares = [Share { project: &one, running: 1 }, Share { project: &other, running: 0 }];
        assert_eq!(run(&SeedDispatch::default(), &shares, &tasks()), Vec::<String>::new());
    }

    /// Rock, paper, scissors by priority, and always the first project.
    #[derive(Debug)]
    struct Circular;

    impl DispatchPolicy for Circular {
        fn projects(&self, _a: &Share<'_>, _b: &Share<'_>) -> Ordering {
            Ordering::Less
        }

        fn tasks(&self, a: &Task, b: &Task) -> Ordering {
            let turn = |task: &Task| task.priority as i32;
            match (turn(b) - turn(a)).rem_euclid(3) {
                0 => Ordering::Equal,
                1 => Ordering::Less,
                _ => Ordering::Greater,
            }
        }
    }

    #[test]
    fn circles_and_an_order_that_goes_both_ways_are_caught() {
        let project = samples::project("a");
        let broken = run(&Circular, &[Share { project: &project, running: 0 }], &tasks());
        assert!(broken.iter().any(|what| what.starts_with("a against a: each way")), "{broken:?}");
        assert!(broken.iter().any(|what| what.contains("but not before it")), "{broken:?}");
    }
}
