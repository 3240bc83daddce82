//! Whether the judge notices each rule that is broken.

use std::path::Path;

use super::SimError;
use super::job::{Job, Report, Violation};
use super::pool;

/// A rule that can be broken, the invariants that it stands for, and the runs in which that shows soonest.
pub(super) struct Mutant {
    /// Its name.
    pub(super) name: &'static str,
    /// Invariants, one of which has to be seen not to hold, by the words that they begin with.
    caught_by: &'static [&'static str],
    /// Scenarios and seeds in which it is known to show.
    shows_in: &'static [(&'static str, u64)],
}

/// Every rule that can be broken.
pub(super) const MUTANTS: &[Mutant] = &[
    Mutant { name: "fence-off", caught_by: &["no write of an older epoch"], shows_in: &[("silence", 1)] },
    Mutant { name: "trust-from-answer", caught_by: &["no side effect", "no two believe"], shows_in: &[("late", 20)] },
    Mutant { name: "session-unheeded", caught_by: &["no side effect", "no two believe"], shows_in: &[("faults", 2)] },
    Mutant { name: "deadline-unchecked", caught_by: &["no side effect", "one epoch"], shows_in: &[("faults", 2)] },
    Mutant { name: "wait-unanswered", caught_by: &["a takeover"], shows_in: &[("silence", 1)] },
    Mutant { name: "act-before-caught-up", caught_by: &["a successor"], shows_in: &[("faults", 1)] },
    Mutant { name: "resume-too-early", caught_by: &["events are"], shows_in: &[("faults", 1)] },
    Mutant { name: "resume-too-late", caught_by: &["events are"], shows_in: &[("faults", 1)] },
    Mutant { name: "no-requeue", caught_by: &["no task is lost", "at least agents.min"], shows_in: &[("faults", 4)] },
    Mutant { name: "attempt-unchecked", caught_by: &["no task is completed twice"], shows_in: &[("faults", 1)] },
    Mutant { name: "second-builder", caught_by: &["no task runs on two"], shows_in: &[("faults", 1)] },
    Mutant {
        name: "no-adoption",
        caught_by: &["what runs well", "no task runs on two", "never more"],
        shows_in: &[("faults", 7)],
    },
    Mutant {
        name: "host-lease-unheeded",
        caught_by: &["what runs well", "no task runs on two", "never more"],
        shows_in: &[("faults", 17), ("faults", 9)],
    },
    Mutant { name: "seat-unchecked", caught_by: &["one HO per host"], shows_in: &[("faults", 1)] },
    Mutant { name: "tier-unchecked", caught_by: &["GO spawns no"], shows_in: &[("faults", 1)] },
    Mutant { name: "reviewer-unchecked", caught_by: &["a reviewer"], shows_in: &[("faults", 1)] },
    Mutant { name: "cap-unchecked", caught_by: &["never more"], shows_in: &[("faults", 1)] },
    Mutant { name: "lazy-dispatch", caught_by: &["at least agents.min"], shows_in: &[("faults", 1)] },
    Mutant { name: "audit-unchained", caught_by: &["the audit chain"], shows_in: &[("faults", 1)] },
];

/// How many more seeds are tried where the known ones show nothing.
const MORE: u64 = 24;

/// How long faults come in these runs, in simulated seconds.
const SECONDS: u64 = 60;

/// What became of a mutant.
pub(super) struct Caught {
    /// Its name.
    pub(super) name: &'static str,
    /// The run in which it showed, and what showed; none where nothing did.
    pub(super) by: Option<(Job, Violation)>,
    /// Whether that was an invariant that it stands for.
    pub(super) rightly: bool,
    /// How many runs were made.
    pub(super) runs: usize,
    /// The simulated time of all of them.
    pub(super) simulated_s: f64,
}

/// Tries every mutant until it is caught.
pub(super) fn run(binary: &Path, told: impl Fn(&Caught) + Sync) -> Result<Vec<Caught>, SimError> {
    let all = pool::each(MUTANTS.iter().collect(), |mutant| {
        let caught = hunt(binary, mutant);
        if let Ok(caught) = &caught {
            told(caught);
        }
        caught
    });
    all.into_iter().collect()
}

fn hunt(binary: &Path, mutant: &Mutant) -> Result<Caught, SimError> {
    let mut caught = Caught { name: mutant.name, by: None, rightly: false, runs: 0, simulated_s: 0.0 };
    let likely = mutant.shows_in.first().map_or("faults", |(scenario, _)| scenario);
    let more = (1..=MORE).map(|seed| (likely, seed));
    for (scenario, seed) in mutant.shows_in.iter().copied().chain(more) {
        let job = Job { scenario: scenario.to_owned(), seed, seconds: SECONDS, mutant: Some(mutant.name.to_owned()) };
        let report = job.run(binary)?;
        caught.runs += 1;
        caught.simulated_s += report.simulated_s;
        if let Some(violation) = telling(&report, mutant) {
            caught.rightly = stands_for(mutant, violation);
            caught.by = Some((job, violation.clone()));
            break;
        }
    }
    Ok(caught)
}

/// The violation that tells most: one that the mutant stands for, else the first.
fn telling<'a>(report: &'a Report, mutant: &Mutant) -> Option<&'a Violation> {
    let right = report.violations.iter().find(|violation| stands_for(mutant, violation));
    right.or(report.violations.first())
}

fn stands_for(mutant: &Mutant, violation: &Violation) -> bool {
    mutant.caught_by.iter().any(|words| violation.invariant.starts_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_most_is_what_the_mutant_stands_for() {
        let found = |invariant: &str| Violation { invariant: invariant.to_owned(), ..Violation::default() };
        let violations = vec![found("events are gap-free"), found("no write of an older epoch is accepted")];
        let report = Report { violations, ..Report::default() };
        let told = |mutant| telling(&report, mutant).map(|violation| violation.invariant.as_str());
        assert_eq!(told(&MUTANTS[0]), Some("no write of an older epoch is accepted"));
        assert_eq!(told(&MUTANTS[18]), Some("events are gap-free"));
        assert!(!stands_for(&MUTANTS[18], &report.violations[0]));
    }
}
