//! Turns among projects that have an equal claim: start-time fair queueing.

use std::collections::HashMap;

use go_bus_api::{Project, ProjectId};

/// What a slot costs a project of weight 1; weights go up to 1000, so each stride is a whole number of some size.
const STRIDE: u64 = 1_000_000;

/// How much each project has been given for its weight. Without it, of two projects that run nothing the first by id would
/// always get the one slot. One that had nothing to do gains no credit by that. Empty at a start: turns begin by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    finish: HashMap<ProjectId, u64>,
    virtual_time: u64,
}

impl Turns {
    /// The project's place in the queue: the least is next.
    pub fn place(&self, project: &ProjectId) -> u64 {
        self.finish.get(project).copied().unwrap_or(0).max(self.virtual_time)
    }

    /// Notes that `project` was given a slot.
    pub fn take(&mut self, project: &Project) {
        let start = self.place(&project.id);
        self.virtual_time = start;
        let stride = STRIDE / u64::from(project.weight.get()).max(1);
        self.finish.insert(project.id.clone(), start.saturating_add(stride));
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::Weight;

    use super::*;
    use crate::samples;

    fn served(turns: &mut Turns, projects: &[Project], times: usize) -> String {
        let mut order = String::new();
        for _ in 0..times {
            let next = projects.iter().min_by_key(|project| (turns.place(&project.id), &project.id)).unwrap();
            turns.take(next);
            order.push_str(next.id.as_str());
        }
        order
    }

    #[test]
    fn turns_go_round_by_weight() {
        let [a, b] = ["a", "b"].map(samples::project);
        let heavy = Project { weight: Weight::new(3).unwrap(), ..a.clone() };
        assert_eq!(served(&mut Turns::default(), &[a, b.clone()], 6), "ababab");
        let order = served(&mut Turns::default(), &[heavy, b], 8);
        assert_eq!(order.matches('a').count(), 6, "{order}");
    }

    #[test]
    fn one_that_comes_late_gets_its_share_and_no_arrears() {
        let [a, b] = ["a", "b"].map(samples::project);
        let mut turns = Turns::default();
        served(&mut turns, std::slice::from_ref(&a), 100);
        let order = served(&mut turns, &[a, b], 6);
        assert_eq!(order.matches('b').count(), 3, "{order}");
    }
}
