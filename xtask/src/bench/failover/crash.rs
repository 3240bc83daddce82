//! `kill -9` of the leader while a standby waits: how long until the next one acts. Each run has a Bus of its own, since two leases that end
//! early within ten minutes double the grace.

use std::path::Path;
use std::time::Duration;

use super::record::{Event, acquired, first_act};
use super::stage::Stage;
use super::verdict::{Verdict, judge};
use super::watch::Watch;
use super::work::Work;
use crate::bench::jobs::progress;
use crate::bench::table::Row;
use crate::bench::{BenchError, median};

/// The most that the middle run may take, in seconds.
const MIDDLE: f64 = 2.1;
/// The most that any run may take, in seconds.
const WORST: f64 = 2.5;
/// Enough short tickets for whoever leads to have something to assign all the time.
const WORK: Work = Work { short: 300, slots: 4 };
/// So many short tickets have to be done for the fleet to be in its stride.
const STRIDE: usize = 4;

/// Measures `runs` takeovers.
pub(super) fn measure(binary: &Path, runs: u32, verdict: &mut Verdict) -> Result<Vec<Row>, BenchError> {
    let (mut acts, mut grants) = (Vec::new(), Vec::new());
    for run in 1..=runs {
        let (grant, act) = takeover(binary, verdict)?;
        grants.push(grant.as_secs_f64());
        acts.push(act.as_secs_f64());
        progress("crash takeover", run, runs, &acts);
    }
    Ok(vec![
        Row::bound("kill -9 of the leader to the next one's first act: p50", median(&acts), MIDDLE, "s"),
        Row::bound("  the same: max", worst(&acts), WORST, "s"),
        Row::plain("  to its lease.acquired: p50", median(&grants), "s"),
        Row::plain("  the same: max", worst(&grants), "s"),
    ])
}

/// One takeover; from the kill to the grant and to the first act, both by the subscriber's clock.
fn takeover(binary: &Path, verdict: &mut Verdict) -> Result<(Duration, Duration), BenchError> {
    let mut stage = Stage::open(binary, WORK)?;
    let leader = stage.go()?;
    let watch = stage.watch()?;
    stage.await_lasting()?;
    let _standby = stage.standby()?;
    stride(&watch)?;
    let killed = watch.clock.elapsed();
    leader.kill()?;
    let grant = watch.until("the standby is granted the lease", |log| acquired(log, 2).map(|event| event.seen))?;
    let act = watch.until("the next leader acts", |log| first_act(log, 2).map(|event| event.seen))?;
    stride(&watch)?;
    stage.let_go()?;
    *verdict += judge(&stage, &watch.events())?;
    Ok((grant.saturating_sub(killed), act.saturating_sub(killed)))
}

/// Waits until some more tickets are done.
pub(super) fn stride(watch: &Watch) -> Result<(), BenchError> {
    let done = |log: &[Event]| log.iter().filter(|event| event.kind == "task.completed").count();
    let before = done(&watch.events());
    watch.until("more tickets are done", |log| (done(log) >= before + STRIDE).then_some(()))
}

/// The largest.
pub(super) fn worst(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_none_is_no_number() {
        assert_eq!(worst(&[1.0, 3.0, 2.0]), 3.0);
        assert!(worst(&[]).is_nan());
    }
}
