//! `kill -9` of `go up` half way, then the same command again: its shims work on, and no ticket may run twice.

use std::path::Path;
use std::time::Duration;

use super::fleet::GoUp;
use super::jobs::progress;
use super::place::{Place, even_jobs};
use super::table::Row;
use super::{BenchError, leftovers, median};
use crate::stopwatch::until;

/// How long the first half may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What a killed and restarted fleet got wrong, over all runs.
pub(crate) fn half_way(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let jobs = even_jobs(2.0);
    let (mut times, mut missed_kills) = (Vec::new(), 0_usize);
    let (mut twice, mut over_cap, mut unfinished, mut orphans) = (0_usize, 0_usize, 0_usize, 0_usize);
    for run in 1..=runs {
        let place = Place::new(&jobs)?;
        let up = GoUp::new(binary)?;
        let mut first = up.start(&place)?;
        // A begin and an end make two marks a ticket; each run is cut at another moment of the middle.
        let half = jobs.len() + (run as usize % 5) * 2;
        until(LIMIT, || (place.marks_so_far() >= half).then_some(()));
        missed_kills += usize::from(!first.kill()?);
        times.push(up.start(&place)?.finish()?);
        let left = leftovers::after(place.path());
        left.iter().for_each(|process| eprintln!("orphan: {process}"));
        let verdict = place.verdict()?;
        twice += verdict.twice.len() + verdict.unknown.len();
        over_cap += verdict.over_cap;
        unfinished += verdict.unfinished.len();
        orphans += left.len();
        progress("killed half way, restart", run, runs, &times);
    }
    let zero = |what: &str, measured: usize| Row::bound(what, measured as f64, 0.0, "");
    Ok(vec![
        zero("kill -9 half way, restart: tickets run twice", twice),
        zero("  starts above the cap", over_cap),
        zero("  orphans", orphans),
        zero("  tickets that never ended", unfinished),
        zero("  runs that were over before the kill", missed_kills),
        Row::plain("  restart to exit", median(&times), "s"),
    ])
}
