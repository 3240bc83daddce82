//! `kill -9` of `go up`, then the same command again: how long until a ticket starts that had not.

use std::path::Path;
use std::time::Duration;

use crate::bench::fleet::GoUp;
use crate::bench::jobs::progress;
use crate::bench::place::{Place, SLOTS, jobs};
use crate::bench::table::Row;
use crate::bench::trace::Edge;
use crate::bench::{BenchError, median};
use crate::stopwatch::until;

/// The most that may lie between the restart and the first new start, in seconds.
const BOUND: f64 = 0.5;

/// How long any step may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Measures `runs` times. The killed fleet's tickets end on their own before the restart, so that slots are free.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let mut times = Vec::new();
    for run in 1..=runs {
        let place = Place::new(&jobs(3 * SLOTS as u32, 0.5))?;
        let up = GoUp::new(binary)?;
        let mut first = up.start(&place)?;
        until(LIMIT, || (place.marks_so_far() >= SLOTS).then_some(()));
        first.kill()?;
        let before = until(LIMIT, || quiet(&place)).unwrap_or_default();
        let second = up.start(&place)?;
        until(LIMIT, || (place.marks_so_far() > before).then_some(()));
        times.push(second.age().as_secs_f64());
        second.finish()?;
        progress("restart to first new start", run, runs, &times);
    }
    Ok(vec![Row::bound("restart after kill -9, to the first new start", median(&times), BOUND, "s")])
}

/// How many marks there are, once every ticket that began has ended.
fn quiet(place: &Place) -> Option<usize> {
    let marks = place.marks().ok()?;
    let running = marks.iter().map(|mark| if mark.edge == Edge::Begin { 1_i32 } else { -1 }).sum::<i32>();
    (running == 0).then_some(marks.len())
}
