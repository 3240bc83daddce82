//! The tables that the simulator's runs are summed up in.

use std::collections::BTreeMap;
use std::time::Duration;

use super::job::{Job, Report};
use super::mutants::Caught;

/// A figure, and what it must be.
pub(super) struct Row {
    what: String,
    measured: String,
    must: &'static str,
    holds: bool,
}

impl Row {
    fn plain(what: impl Into<String>, measured: impl ToString) -> Self {
        Self { what: what.into(), measured: measured.to_string(), must: "–", holds: true }
    }

    fn must(what: impl Into<String>, measured: impl ToString, must: &'static str, holds: bool) -> Self {
        Self { what: what.into(), measured: measured.to_string(), must, holds }
    }

    /// Whether it is as it must be.
    pub(super) fn holds(&self) -> bool {
        self.holds
    }
}

/// What all runs come to.
pub(super) fn rows(reports: &[(Job, Report)], took: Duration, judges_speed: bool) -> Vec<Row> {
    let simulated: f64 = reports.iter().map(|(_, report)| report.simulated_s).sum();
    let speed = simulated / took.as_secs_f64().max(0.001);
    let wrong = |invariant: Option<&str>| {
        let violations = reports.iter().flat_map(|(_, report)| &report.violations);
        violations.filter(|violation| invariant.is_none_or(|words| violation.invariant.starts_with(words))).count()
    };
    let done: u64 = reports.iter().map(|(_, report)| report.done).sum();
    let (early, harmed) = (wrong(Some("no lease is ended")), wrong(Some("what runs well")));
    let mut rows = runs(reports);
    rows.extend([
        Row::plain("simulated seconds", format!("{simulated:.0}")),
        speed_row(speed, judges_speed),
        Row::plain("tasks done", done),
        Row::must("violations", wrong(None), "0", wrong(None) == 0),
        Row::must("false takeovers", early, "0", early == 0),
        Row::must("adopted agents restarted needlessly", harmed, "0", harmed == 0),
    ]);
    rows.extend(takeovers("faults", reports));
    rows.extend(takeovers("silence", reports));
    rows.extend(faults(reports));
    rows
}

fn speed_row(speed: f64, judged: bool) -> Row {
    let measured = format!("{speed:.0}");
    if judged {
        Row::must("simulated seconds per second", measured, "≥ 100", speed >= 100.0)
    } else {
        Row::plain("simulated seconds per second", measured)
    }
}

/// How many runs of each scenario there were.
fn runs(reports: &[(Job, Report)]) -> Vec<Row> {
    let mut counts: BTreeMap<(&str, u64), usize> = BTreeMap::new();
    for (job, _) in reports {
        *counts.entry((&job.scenario, job.seconds)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((what, seconds), runs)| Row::plain(format!("seeds of {seconds} s: {what}"), runs))
        .collect()
}

/// How much later than the deadline the next leader came, where somebody was there.
fn takeovers(scenario: &str, reports: &[(Job, Report)]) -> Vec<Row> {
    let of = || reports.iter().filter(|(job, _)| job.scenario == scenario).map(|(_, report)| report);
    let all: u64 = of().map(|report| report.takeovers).sum();
    let mut beyond: Vec<f64> = of().flat_map(|report| report.beyond_deadline_ms.iter().copied()).collect();
    beyond.sort_by(f64::total_cmp);
    let (Some(most), Some(median)) = (beyond.last(), beyond.get(beyond.len() / 2)) else {
        return vec![Row::plain(format!("takeovers: {scenario}"), all)];
    };
    vec![
        Row::plain(format!("takeovers: {scenario}, and with somebody there"), format!("{all}, {}", beyond.len())),
        Row::plain(format!("takeover − the Bus's deadline: {scenario}, p50"), format!("{median:.0} ms")),
        // A tick of the simulation on either side is the blur of its clock.
        Row::must(
            format!("takeover − the Bus's deadline: {scenario}, max"),
            format!("{most:.0} ms"),
            "≤ 100 ms",
            *most <= 100.0,
        ),
    ]
}

fn faults(reports: &[(Job, Report)]) -> Vec<Row> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, count) in reports.iter().flat_map(|(_, report)| &report.faults) {
        *counts.entry(kind).or_default() += count;
    }
    counts.into_iter().map(|(kind, count)| Row::plain(format!("faults: {kind}"), count)).collect()
}

/// The rows in columns.
pub(super) fn print(rows: &[Row]) -> String {
    let mut text = format!("{:<58} {:>14} {:>10}\n", "simulator", "measured", "must");
    for row in rows {
        let mark = if row.holds { "" } else { "  MISSED" };
        text += &format!("{:<58} {:>14} {:>10}{mark}\n", row.what, row.measured, row.must);
    }
    text
}

/// Who was caught, where, after how long, by what.
pub(super) fn mutants(caught: &[Caught]) -> String {
    let mut text = format!("{:<22} {:>14} {:>10}  {}\n", "mutant", "caught in", "after", "by");
    for one in caught {
        text += &match &one.by {
            Some((job, violation)) => {
                let place = format!("{} {}", job.scenario, job.seed);
                let mark = if one.rightly { "" } else { "  NOT WHAT IT STANDS FOR" };
                format!("{:<22} {place:>14} {:>8.1} s  {}{mark}\n", one.name, violation.at_s, violation.invariant)
            }
            None => {
                format!("{:<22} {:>14} {:>8.0} s  in {} runs  NOT CAUGHT\n", one.name, "–", one.simulated_s, one.runs)
            }
        };
    }
    let count = caught.iter().filter(|one| one.by.is_some() && one.rightly).count();
    text + &format!("mutants caught: {count} of {}", caught.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::job::Violation;

    fn report(beyond: &[f64], violations: usize) -> (Job, Report) {
        let job = Job { scenario: "faults".to_owned(), seed: 1, seconds: 120, mutant: None };
        let beyond_deadline_ms = beyond.to_vec();
        let violations = vec![Violation::default(); violations];
        (job, Report { simulated_s: 150.0, beyond_deadline_ms, violations, ..Report::default() })
    }

    fn missed(reports: &[(Job, Report)], took: u64) -> Vec<String> {
        let rows = rows(reports, Duration::from_secs(took), true);
        rows.into_iter().filter(|row| !row.holds()).map(|row| row.what).collect()
    }

    #[test]
    fn a_late_takeover_a_violation_and_a_slow_simulation_are_missed() {
        assert_eq!(missed(&[report(&[12.0, 99.0], 0)], 1), [""; 0]);
        assert_eq!(missed(&[report(&[12.0, 101.0], 0)], 1), ["takeover − the Bus's deadline: faults, max"]);
        assert_eq!(missed(&[report(&[], 1)], 1), ["violations"]);
        assert_eq!(missed(&[report(&[], 0)], 2), ["simulated seconds per second"]);
    }

    #[test]
    fn a_mutant_that_nobody_noticed_is_named() {
        let caught = Caught { name: "fence-off", by: None, rightly: false, runs: 12, simulated_s: 900.0 };
        let table = mutants(&[caught]);
        assert!(table.contains("NOT CAUGHT") && table.ends_with("mutants caught: 0 of 1"), "{table}");
    }
}
