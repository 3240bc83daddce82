//! The figures of a run, and what was wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Run;
use crate::Recorder;
use crate::judge::{Judge, TakeoverFact};

/// Something that did not hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Which invariant, in a sentence.
    pub invariant: String,
    /// When it showed, in simulated seconds.
    pub at_s: f64,
    /// What is wrong.
    pub words: String,
}

/// What came of a run, as `cargo xtask sim` reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The scenario.
    pub scenario: &'static str,
    /// How much time passed in it.
    pub simulated_s: f64,
    /// How many facts the judge was told.
    pub facts: usize,
    /// The same for runs that went the same way.
    pub fingerprint: String,
    /// How many faults of each kind there were.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many leases ended and were taken over.
    pub takeovers: usize,
    /// How much later than the Bus's deadline each came for which a candidate was there, in ms.
    pub beyond_deadline_ms: Vec<f64>,
    /// How many tasks there were, and how many are done.
    pub tasks: (usize, usize),
    /// What did not hold.
    pub violations: Vec<Found>,
}

impl Report {
    pub(super) fn of(run: Run, now: Duration, faults: &BTreeMap<&'static str, u64>, record: &Recorder) -> Self {
        record.look(|judge, timeline, violations| Self {
            seed: run.seed,
            scenario: run.scenario.name(),
            simulated_s: now.as_secs_f64(),
            facts: timeline.len(),
            fingerprint: format!("{:016x}", timeline.fingerprint()),
            faults: faults.clone(),
            takeovers: judge.takeovers().len(),
            beyond_deadline_ms: judge.takeovers().iter().filter_map(beyond).collect(),
            tasks: tasks(judge),
            violations: violations.iter().map(found).collect(),
        })
    }
}

fn found(violation: &crate::judge::Violation) -> Found {
    let (invariant, words) = (violation.invariant.to_string(), violation.words.clone());
    Found { invariant, at_s: violation.at.0.as_secs_f64(), words }
}

/// What counts for the table: leases that nobody gave back, with somebody there to take them.
fn beyond(takeover: &TakeoverFact) -> Option<f64> {
    let counts = takeover.cause.is_some() && takeover.had_candidate;
    counts.then(|| takeover.taken.since(takeover.deadline).as_secs_f64() * 1000.0)
}

fn tasks(judge: &Judge) -> (usize, usize) {
    let tasks = &judge.picture().tasks;
    let done = tasks.values().filter(|task| task.state == go_bus_api::TaskState::Done).count();
    (tasks.len(), done)
}
