//! `cargo xtask bench failover`: one GO after another on the real binary, with default settings, while tickets run.

mod blips;
mod crash;
mod handover;
mod part;
mod proxy;
mod record;
mod restarts;
mod stage;
mod verdict;
mod watch;
mod work;

use std::path::Path;

use clap::ValueEnum as _;

use super::BenchError;
use super::table::Row;
use verdict::Verdict;

/// What others take, as measured for the issue.
pub(super) const ANCHORS: &str = "\
beside it, a crash:    client-go p50 17.3 s, p99 21.1 s; etcd, TTL 10 s: 8.9–10.1 s; Consul about 15 s
beside it, a handover: client-go p50 1.6 s; etcd 3.5–5.6 ms";

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// `kill -9` of the leader.
    Crash,
    /// A leader that is told to stop.
    Handover,
    /// `kill -9` of the Bus, and its restart.
    Restarts,
    /// A network that breaks for less than the grace.
    Blips,
}

/// Measures `kinds`, all where there are none, `runs` times each, and three times as many blips.
pub(super) fn measure(binary: &Path, kinds: &[Kind], runs: u32) -> Result<Vec<Row>, BenchError> {
    let kinds = if kinds.is_empty() { Kind::value_variants() } else { kinds };
    let mut verdict = Verdict::default();
    let mut rows = Vec::new();
    for kind in kinds {
        rows.extend(match kind {
            Kind::Crash => crash::measure(binary, runs, &mut verdict)?,
            Kind::Handover => handover::measure(binary, runs, &mut verdict)?,
            Kind::Restarts => vec![restarts::measure(binary, runs, &mut verdict)?],
            Kind::Blips => blips::measure(binary, runs.saturating_mul(3), &mut verdict)?,
        });
    }
    let zero = |what: &str, measured: usize| Row::bound(what, measured as f64, 0.0, "");
    rows.push(zero("adopted agents restarted needlessly, in all of these", verdict.restarted));
    rows.push(zero("writes accepted under an epoch that was over", verdict.stale));
    Ok(rows)
}
