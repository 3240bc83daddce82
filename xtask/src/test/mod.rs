//! `cargo xtask test`: everything that CI runs, in order, each step timed and counted.

mod agents;
mod counts;
mod schemathesis;
mod steps;
mod summary;
mod tour;

use std::path::Path;

use crate::stopwatch::Stopwatch;
use summary::{Line, Outcome};

/// A step's name and what it does.
type Step = (&'static str, fn(&Path) -> Outcome);

/// The steps, cheapest first.
const STEPS: &[Step] = &[
    ("format", steps::format),
    ("lints", steps::lints),
    ("tidy", steps::tidy),
    ("dependencies", steps::dependencies),
    ("tests", steps::tests),
    ("requirements", requirements),
    ("doc tests", steps::doc_tests),
    ("release build", steps::release_build),
    ("tour", tour::run),
    ("agents", agents::run),
    ("torture", torture),
    ("simulator", simulator),
    ("failover", failover),
    ("contract", steps::contract),
    ("schemathesis", schemathesis::run),
];

/// Each demand has a row, code that is there and tests that run.
fn requirements(root: &Path) -> Outcome {
    match crate::requirements::run(root) {
        Ok((note, true)) => Outcome::Passed(note),
        Ok((note, false)) => Outcome::Failed(note),
        Err(e) => Outcome::Failed(e),
    }
}

/// A fleet of one process and one of many, killed ten times each.
fn torture(root: &Path) -> Outcome {
    match crate::torture::short(root) {
        Ok((kills, true)) => Outcome::Passed(format!("{kills} kills, nothing is wrong")),
        Ok((_, false)) => Outcome::Failed("see its log above".to_owned()),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

/// Takeovers, restarts of the Bus and network blips, a few of each.
fn failover(root: &Path) -> Outcome {
    match crate::bench::failover_short(root) {
        Ok((figures, true)) => Outcome::Passed(format!("{figures} figures, each within its bound")),
        Ok((_, false)) => Outcome::Failed("see its table above".to_owned()),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

/// A few seeds of simulated time, and every rule broken in turn.
fn simulator(root: &Path) -> Outcome {
    match crate::sim::short(root) {
        Ok(true) => Outcome::Passed("no violation, every mutant was caught".to_owned()),
        Ok(false) => Outcome::Failed("see its tables above".to_owned()),
        Err(e) => Outcome::Failed(e.to_string()),
    }
}

/// Runs every step, also past one that fails, and prints how each went; whether none failed.
pub(crate) fn run(root: &Path) -> bool {
    let mut lines = Vec::new();
    for (name, step) in STEPS {
        println!("\n==== {name}");
        let watch = Stopwatch::start();
        let outcome = step(root);
        let line = Line { name, outcome, took: watch.elapsed() };
        println!("---- {line}");
        lines.push(line);
    }
    println!("\n{}", summary::table(&lines));
    lines.iter().all(|line| !line.outcome.is_failure())
}
