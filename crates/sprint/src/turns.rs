//! Turns among projects that have an equal claim: start-time fair queueing, with preemption of starts by what is urgent.

use std::collections::HashMap;

use go_bus_api::{Project, ProjectId, Task};
use go_rules::placement;

use crate::policy::{claim, is_urgent};

/// What a slot costs a project of claim 1; claims go up to 8000, so each stride is a whole number of some size.
const STRIDE: u64 = 8_000_000;

/// How many starts in a row what is urgent may take from the others. Then one goes to them, so that nobody starves behind urgent work
/// that never ends.
const IN_A_ROW: u32 = 7;

/// Whose turn it is: among projects with usual work, and apart from that among those with urgent work. Empty at a start: turns begin by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    usual: Lane,
    urgent: Lane,
    urgent_in_a_row: u32,
}

impl Turns {
    /// A project's place among those with urgent work, or among the others: the least is next.
    pub fn place(&self, project: &ProjectId, urgent: bool) -> (u64, u64) {
        if urgent { self.urgent.place(project) } else { self.usual.place(project) }
    }

    /// Whether what is urgent has had its starts in a row: the next one is somebody else's.
    pub fn is_others_turn(&self) -> bool {
        self.urgent_in_a_row >= IN_A_ROW
    }

    /// Notes that `task` of `project` was started: what is urgent uses no turn of the others, and what needs no slot none at all.
    pub fn note(&mut self, project: &Project, task: &Task) {
        if !placement::takes_slot(task) {
            return;
        }
        if is_urgent(project, task) {
            self.urgent_in_a_row = self.urgent_in_a_row.saturating_add(1);
            self.urgent.take(project);
        } else {
            self.urgent_in_a_row = 0;
            self.usual.take(project);
        }
    }
}

/// How much each project has been given for its claim. Without it, of two projects that run nothing the first by id would
/// always get the one slot. One that had nothing to do gains no credit by that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lane {
    finish: HashMap<ProjectId, u64>,
    virtual_time: u64,
    /// The number of the last turn of each: of two with an equal place, who was served longer ago is next.
    last: HashMap<ProjectId, u64>,
    taken: u64,
}

impl Lane {
    fn place(&self, project: &ProjectId) -> (u64, u64) {
        (self.start(project), self.last.get(project).copied().unwrap_or(0))
    }

    fn start(&self, project: &ProjectId) -> u64 {
        self.finish.get(project).copied().unwrap_or(0).max(self.virtual_time)
    }

    fn take(&mut self, project: &Project) {
        let start = self.start(&project.id);
        self.virtual_time = start;
        let stride = STRIDE / claim(project).max(1);
        self.finish.insert(project.id.clone(), start.saturating_add(stride));
        self.taken = self.taken.saturating_add(1);
        self.last.insert(project.id.clone(), self.taken);
    }
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Priority, TaskKind, Weight};

    use super::*;
    use crate::samples;

    fn served(turns: &mut Lane, projects: &[Project], times: usize) -> String {
        let mut order = String::new();
        for _ in 0..times {
            let next = projects.iter().min_by_key(|project| (turns.place(&project.id), &project.id)).unwrap();
            turns.take(next);
            order.push_str(next.id.as_str());
        }
        order
    }

    #[test]
    fn turns_go_round_by_weight_and_priority() {
        let [a, b] = ["a", "b"].map(samples::project);
        let heavy = Project { weight: Weight::new(3).unwrap(), ..a.clone() };
        let pressing = Project { priority: Priority::P1, ..a.clone() };
        assert_eq!(served(&mut Lane::default(), &[a, b.clone()], 6), "ababab");
        let order = served(&mut Lane::default(), &[heavy, b.clone()], 8);
        assert_eq!(order.matches('a').count(), 6, "{order}");
        let order = served(&mut Lane::default(), &[pressing, b], 6);
        assert_eq!(order.matches('a').count(), 4, "{order}");
    }

    #[test]
    fn one_that_comes_late_gets_its_share_and_no_arrears() {
        let [a, b] = ["a", "b"].map(samples::project);
        let mut turns = Lane::default();
        served(&mut turns, std::slice::from_ref(&a), 100);
        let order = served(&mut turns, &[a, b], 6);
        assert_eq!(order.matches('b').count(), 3, "{order}");
    }

    #[test]
    fn of_two_in_one_place_who_was_served_longer_ago_is_next() {
        let [a, b, c] = ["a", "b", "c"].map(samples::project);
        let mut turns = Lane::default();
        served(&mut turns, &[a.clone(), b.clone()], 2);
        // Others moved on meanwhile: both are behind by now.
        served(&mut turns, std::slice::from_ref(&c), 9);
        assert_eq!(turns.start(&a.id), turns.start(&b.id));
        assert!(turns.place(&a.id) < turns.place(&b.id));
        turns.take(&a);
        served(&mut turns, std::slice::from_ref(&c), 9);
        assert!(turns.place(&b.id) < turns.place(&a.id));
    }

    #[test]
    fn what_is_urgent_uses_nobody_s_turn_and_ends_after_seven() {
        let site = samples::project("site");
        let urgent = Task { priority: Priority::P0, ..samples::task("T-1", "site") };
        let mut turns = Turns::default();
        let before = turns.place(&site.id, false);
        (0..7).for_each(|_| turns.note(&site, &urgent));
        assert!(
            turns.is_others_turn() && turns.place(&site.id, false) == before && turns.place(&site.id, true) > before
        );
        let alone = Task { kind: TaskKind::Rotation, ..samples::task("R-1", "site") };
        turns.note(&site, &alone);
        assert!(turns.is_others_turn(), "what needs no slot is no start");
        turns.note(&site, &samples::task("T-2", "site"));
        assert!(!turns.is_others_turn() && turns.place(&site.id, false) > before);
    }
}
