//! How long 30 tickets take with 10 slots, from the start of `go up` to its exit.

use std::path::Path;

use super::fleet::GoUp;
use super::judge::{self, Verdict};
use super::place::{Job, Place, SLOTS, even_jobs, uneven_jobs};
use super::table::Row;
use super::{BenchError, ideal, median, pool};

/// Even tickets: the most it may take, in seconds.
const EVEN_BOUND: f64 = 6.5;
/// Uneven tickets: the most it may take, over the ideal schedule.
const UNEVEN_BOUND: f64 = 1.10;

/// 30 tickets of 2 s, beside a bare pool of processes.
pub(crate) fn even(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let jobs = even_jobs(2.0);
    let (mut times, mut pools, mut faults) = (Vec::new(), Vec::new(), 0);
    for run in 1..=runs {
        let place = Place::new(&jobs)?;
        times.push(GoUp::new(binary)?.start(&place)?.finish()?);
        faults += count(&place.verdict()?);
        pools.push(pool::run(&jobs)?);
        progress("even", run, runs, &times);
    }
    let lengths: Vec<_> = jobs.iter().map(|job| job.seconds).collect();
    Ok(vec![
        Row::bound("30 tickets of 2 s, 10 slots, start to exit", median(&times), EVEN_BOUND, "s"),
        Row::plain("  ideal", ideal::list_schedule(&lengths, SLOTS), "s"),
        Row::plain("  bare process pool, same commands", median(&pools), "s"),
        Row::bound("  run twice, above the cap, or not ended", faults as f64, 0.0, ""),
    ])
}

/// 30 tickets of 0.2 to 6 s, over the greedy schedule in the order they were dispatched.
pub(crate) fn uneven(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let jobs = uneven_jobs();
    let (mut times, mut ratios, mut faults) = (Vec::new(), Vec::new(), 0);
    for run in 1..=runs {
        let place = Place::new(&jobs)?;
        let took = GoUp::new(binary)?.start(&place)?.finish()?;
        faults += count(&place.verdict()?);
        times.push(took);
        ratios.push(took / ideal_of(&jobs, &judge::order(&place.marks()?)));
        progress("uneven", run, runs, &times);
    }
    Ok(vec![
        Row::bound("30 tickets of 0.2–6 s, 10 slots, over ideal greedy", median(&ratios), UNEVEN_BOUND, "×"),
        Row::plain("  start to exit", median(&times), "s"),
        Row::bound("  run twice, above the cap, or not ended", faults as f64, 0.0, ""),
    ])
}

fn ideal_of(jobs: &[Job], order: &[&str]) -> f64 {
    let length = |id: &&str| jobs.iter().find(|job| job.id == **id).map(|job| job.seconds);
    let lengths: Vec<_> = order.iter().filter_map(length).collect();
    ideal::list_schedule(&lengths, SLOTS)
}

/// How many things a verdict has against a run.
pub(super) fn count(verdict: &Verdict) -> usize {
    verdict.twice.len() + verdict.over_cap + verdict.unfinished.len() + verdict.unknown.len()
}

/// Says how a run went, while the others are under way.
pub(super) fn progress(what: &str, run: u32, runs: u32, times: &[f64]) {
    eprintln!("{what} {run}/{runs}: {:.2} s", times.last().copied().unwrap_or(f64::NAN));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ideal_goes_by_the_order_of_dispatch() {
        let job = |id: &str, seconds| Job { id: id.to_owned(), seconds };
        let mut jobs: Vec<_> = (0..10).map(|n| job(&format!("S{n}"), 1.0)).collect();
        jobs.push(job("L", 5.0));
        let mut order: Vec<_> = jobs.iter().map(|job| job.id.as_str()).collect();
        assert_eq!(ideal_of(&jobs, &order), 6.0);
        order.reverse();
        assert_eq!(ideal_of(&jobs, &order), 5.0);
    }
}
