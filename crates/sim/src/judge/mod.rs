//! Who says whether all went well: a pure state machine that is fed with facts and knows nothing of the parts it judges.
//!
//! Each invariant of the architecture page is looked at with every fact. The judge works out for itself what a holder may believe, what
//! the Bus's deadline is and who may do what: none of `go_rules` is used here, for that is what the mutants break.

mod bounds;
mod checks;
mod event_fact;
mod fact;
mod invariant;
mod picture;
#[cfg(test)]
pub(crate) mod samples;

pub use bounds::Bounds;
pub use checks::TakeoverFact;
pub use event_fact::{About, EventFact};
pub use fact::{Answer, Call, Commit, Decision, Deed, Fact, GrantFact, LeaseFact, Offence, RunEnd, SimTime, What};
pub use invariant::{FactNo, Invariant, Violation};
pub use picture::{Picture, Run};

use checks::{Check, Findings};

/// Watches over every invariant.
pub struct Judge {
    picture: Picture,
    checks: Vec<Box<dyn Check>>,
    takeovers: Vec<TakeoverFact>,
    seen: usize,
    now: SimTime,
}

impl Judge {
    /// A judge at the beginning of time.
    pub fn new(bounds: &Bounds) -> Self {
        let checks = checks::all(bounds);
        Self { picture: Picture::default(), checks, takeovers: Vec::new(), seen: 0, now: SimTime::default() }
    }

    /// Takes a fact, and answers what it shows to be wrong.
    pub fn see(&mut self, fact: &Fact) -> Vec<Violation> {
        let no = FactNo(self.seen);
        self.seen = self.seen.saturating_add(1);
        self.now = self.now.max(fact.at);
        let mut findings = Findings::new(no, fact.at);
        for check in &mut self.checks {
            check.see(no, fact, &self.picture, &mut findings);
        }
        self.picture.take(no, fact);
        let (violations, takeovers) = findings.into_parts();
        self.takeovers.extend(takeovers);
        violations
    }

    /// The run is over: whatever should have come to its end by now.
    pub fn end(&mut self) -> Vec<Violation> {
        let mut findings = Findings::new(FactNo(self.seen.saturating_sub(1)), self.now);
        for check in &mut self.checks {
            check.end(&self.picture, &mut findings);
        }
        findings.into_parts().0
    }

    /// Whether there were as many `tickets`, and nothing is left to do about any task.
    pub fn work_is_over(&self, tickets: usize) -> bool {
        let tasks = &self.picture.tasks;
        let posted = tasks.values().filter(|task| task.kind == go_bus_api::TaskKind::Ticket).count();
        posted >= tickets && tasks.values().all(|task| checks::has_ended(task, &self.picture))
    }

    /// What the facts come to.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// How each change of leader went.
    pub fn takeovers(&self) -> &[TakeoverFact] {
        &self.takeovers
    }
}
