//! A hundred tickets of 0.2 s on ten slots: what a fleet costs where the work itself is short.

use std::path::Path;

use crate::bench::fleet::GoUp;
use crate::bench::jobs::{count, progress};
use crate::bench::place::{Place, SLOTS, jobs};
use crate::bench::table::Row;
use crate::bench::{BenchError, ideal, median, pool};

/// The most it may take, in seconds.
const BOUND: f64 = 2.8;

/// Measures `runs` times, beside a bare pool of processes.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let short = jobs(100, 0.2);
    let (mut times, mut pools, mut faults) = (Vec::new(), Vec::new(), 0);
    for run in 1..=runs {
        let place = Place::new(&short)?;
        times.push(GoUp::new(binary)?.start(&place)?.finish()?);
        faults += count(&place.verdict()?);
        pools.push(pool::run(&short)?);
        progress("short tickets", run, runs, &times);
    }
    let lengths: Vec<_> = short.iter().map(|job| job.seconds).collect();
    Ok(vec![
        Row::bound("100 tickets of 0.2 s, 10 slots, start to exit", median(&times), BOUND, "s"),
        Row::plain("  ideal", ideal::list_schedule(&lengths, SLOTS), "s"),
        Row::plain("  bare process pool, same commands", median(&pools), "s"),
        Row::bound("  run twice, above the cap, or not ended", faults as f64, 0.0, ""),
    ])
}
