//! `kill -9` of the Bus and its restart while a leader works and a standby waits: the leader has to stay.

use std::path::Path;
use std::time::Duration;

use super::crash::stride;
use super::record::tenures;
use super::stage::Stage;
use super::verdict::{Verdict, judge};
use super::work::Work;
use crate::bench::BenchError;
use crate::bench::table::Row;

/// Enough short tickets to last over all restarts.
const WORK: Work = Work { short: 999, slots: 4 };

/// How long a takeover is waited for after each restart: the session's grace of 2 s, and some more.
const DWELL: Duration = Duration::from_millis(2500);

/// Restarts the Bus `runs` times; how many takeovers came of that.
pub(super) fn measure(binary: &Path, runs: u32, verdict: &mut Verdict) -> Result<Row, BenchError> {
    let mut stage = Stage::open(binary, WORK)?;
    let _leader = stage.go()?;
    stage.await_lasting()?;
    let _standby = stage.standby()?;
    let before = stage.lease()?;
    let mut events = Vec::new();
    for run in 1..=runs {
        stage.restart_bus()?;
        let watch = stage.watch()?;
        stage.await_standby()?;
        stride(&watch)?;
        let taken = watch.within(DWELL, |log| (tenures(log) > 1).then_some(()));
        eprintln!(
            "restart of the Bus {run}/{runs}: {}",
            if taken.is_some() { "TAKEN OVER" } else { "the leader stays" }
        );
        events = watch.events();
    }
    stage.let_go()?;
    *verdict += judge(&stage, &events)?;
    let after = stage.lease()?;
    let changed = ["holder", "epoch"].iter().any(|key| before[*key] != after[*key]);
    let takeovers = tenures(&events).saturating_sub(1) + usize::from(changed && tenures(&events) == 1);
    Ok(Row::bound(format!("false takeovers in {runs} restarts of the Bus"), takeovers as f64, 0.0, ""))
}
