//! One file per kind of invariant.

mod adoption;
mod audit;
mod belief;
mod capacity;
mod caught_up;
mod events;
mod fencing;
mod idleness;
mod offences;
mod reviewers;
mod runs;
mod seats;
mod takeover;
mod tasks;
mod tiers;

pub use takeover::TakeoverFact;
pub(super) use tasks::has_ended;

use super::{Bounds, Fact, FactNo, Invariant, Picture, SimTime, Violation};

/// Looks at one or a few invariants.
pub(super) trait Check: Send {
    /// Takes `fact`; `before` is the picture without it.
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings);

    /// The run is over.
    fn end(&mut self, picture: &Picture, found: &mut Findings) {
        let _ = (picture, found);
    }
}

/// What a fact shows.
#[derive(Debug)]
pub(super) struct Findings {
    now: FactNo,
    at: SimTime,
    violations: Vec<Violation>,
    takeovers: Vec<TakeoverFact>,
}

impl Findings {
    /// Nothing yet, at this fact.
    pub(super) fn new(now: FactNo, at: SimTime) -> Self {
        Self { now, at, violations: Vec::new(), takeovers: Vec::new() }
    }

    /// This does not hold.
    pub(super) fn wrong(&mut self, invariant: Invariant, clashes_with: Option<FactNo>, words: impl Into<String>) {
        let words = words.into();
        self.violations.push(Violation { invariant, at: self.at, words, now: self.now, clashes_with });
    }

    /// A change of leader, for the table.
    pub(super) fn takeover(&mut self, takeover: TakeoverFact) {
        self.takeovers.push(takeover);
    }

    /// What was found.
    pub(super) fn into_parts(self) -> (Vec<Violation>, Vec<TakeoverFact>) {
        (self.violations, self.takeovers)
    }
}

/// Every check.
pub(super) fn all(bounds: &Bounds) -> Vec<Box<dyn Check>> {
    vec![
        Box::new(fencing::Fencing::default()),
        Box::new(belief::Beliefs::new(bounds)),
        Box::new(caught_up::CaughtUp::default()),
        Box::new(events::Events::default()),
        Box::new(tasks::Tasks::default()),
        Box::new(runs::Runs::default()),
        Box::new(adoption::Adoption::new(bounds)),
        Box::new(seats::Seats::default()),
        Box::new(tiers::Tiers),
        Box::new(reviewers::Reviewers),
        Box::new(capacity::Capacity::new(bounds)),
        Box::new(idleness::Idleness::new(bounds)),
        Box::new(audit::Audit::default()),
        Box::new(takeover::Takeovers::new(bounds)),
        Box::new(offences::Offences),
    ]
}

#[cfg(test)]
mod tests;
