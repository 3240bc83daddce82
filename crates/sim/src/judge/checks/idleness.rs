//! At least `agents.min` work whenever there is work and a place for it.

use std::time::Duration;

use go_bus_api::{Task, TaskKind, TaskState};

use super::{Check, Findings};
use crate::Node;
use crate::judge::{Answer, Bounds, Fact, FactNo, Invariant, Picture, SimTime, What};

/// Since when too few work.
#[derive(Debug)]
pub(super) struct Idleness {
    min: usize,
    places: usize,
    slots: usize,
    settle: Duration,
    short_since: Option<(SimTime, FactNo)>,
    /// Where the lease was granted last, until that node dies: then nobody may give work, until somebody else has the lease.
    leader: Option<Node>,
}

impl Idleness {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            min: bounds.agents_min,
            places: bounds.agents_max,
            slots: bounds.slots,
            settle: bounds.settle,
            short_since: None,
            leader: None,
        }
    }

    fn follow_leader(&mut self, fact: &Fact) {
        match &fact.what {
            What::Answered { answer: Answer::Granted(_), .. } => self.leader = fact.node,
            What::Crashed if fact.node == self.leader => self.leader = None,
            _ => {}
        }
    }
}

impl Check for Idleness {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        self.follow_leader(fact);
        if !matches!(fact.what, What::Event(_) | What::Passed | What::FaultBegan(_)) {
            return;
        }
        let Some((working, wanted)) = self.leader.and_then(|_| self.short(before)) else {
            self.short_since = None;
            return;
        };
        let (since, first) = *self.short_since.get_or_insert((fact.at, no));
        let calm = before.calm_for(fact.at).unwrap_or_default();
        if calm >= self.settle && fact.at.since(since) >= self.settle {
            let words = format!("{working} work, {wanted} could, for {} ms", fact.at.since(since).as_millis());
            found.wrong(Invariant::AtLeastMin, Some(first), words);
            self.short_since = None;
        }
    }
}

impl Idleness {
    /// How many work and how many should, where that is more.
    fn short(&self, picture: &Picture) -> Option<(usize, usize)> {
        let working = picture.at_work().count();
        if working >= self.min {
            return None;
        }
        let hosts = picture.hosts.values().filter(|host| host.launcher.is_some()).count();
        let places = self.places.min(self.slots.saturating_mul(hosts));
        let ready = picture.tasks.values().filter(|task| is_ready(task, picture)).count();
        let wanted = self.min.min(places).min(working.saturating_add(ready));
        (working < wanted).then_some((working, wanted))
    }
}

/// Whether a task could be given to a hand now. One that waits out a backoff is left alone: only the Bus knows for how long.
fn is_ready(task: &Task, picture: &Picture) -> bool {
    let is_work = matches!(task.kind, TaskKind::Ticket | TaskKind::Review | TaskKind::Improvement);
    let is_free = matches!(task.state, TaskState::Pending | TaskState::ChangesRequested) && task.not_before.is_none();
    let is_done = |id| picture.tasks.get(id).is_some_and(|other: &Task| other.state == TaskState::Done);
    is_work && is_free && task.depends_on.iter().all(is_done)
}
