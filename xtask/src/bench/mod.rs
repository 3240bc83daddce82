//! `cargo xtask bench`: how fast and how exactly `go up` works through a plan, what its Bus bears, and how one
//! GO follows another, against an ideal or a baseline of the same run.

mod agents;
mod bus;
mod failover;
mod fleet;
mod ideal;
mod jobs;
mod judge;
mod killed;
pub(crate) mod leftovers;
mod place;
mod pool;
mod table;
mod trace;

use std::io;
use std::path::{Path, PathBuf};

use crate::command::cargo;
pub(crate) use agents::Part as AgentPart;
pub(crate) use bus::Part;
pub(crate) use failover::Kind;
use table::Row;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A file, a folder or a process is not to be had.
    #[error("{0}: {1}")]
    Io(&'static str, io::Error),
    /// `go up` did not end in time.
    #[error("`go up` still ran after {0} s; the end of its log:\n{1}")]
    TooSlow(u64, String),
    /// `go up` ended with a failure.
    #[error("`go up` ended with {0}; the end of its log:\n{1}")]
    Failed(String, String),
    /// The release build failed.
    #[error("the release build failed")]
    Build,
    /// A trace that no ticket of ours can have written.
    #[error("trace line {0} is not understood: {1:?}")]
    Trace(usize, String),
    /// The Bus refused what it should have taken, or broke off.
    #[error("the Bus answered {0:?}")]
    Refused(String),
    /// Something that has to come about did not.
    #[error("waited {1} s in vain: {0}")]
    Stuck(&'static str, u64),
    /// The agents' command lines are not to be had, or a run of one went wrong.
    #[error("{0}")]
    Agents(String),
    /// The baseline's database failed.
    #[error("the baseline: {0}")]
    Baseline(#[from] rusqlite::Error),
}

/// Measures the three figures of the main job, prints them, and says whether each bound holds.
pub(crate) fn jobs(root: &Path, runs: u32) -> Result<bool, BenchError> {
    let binary = release(root)?;
    let mut rows = jobs::even(&binary, runs)?;
    rows.extend(jobs::uneven(&binary, runs)?);
    rows.extend(killed::half_way(&binary, runs)?);
    println!("{}", table::print(&rows, runs));
    Ok(rows.iter().all(Row::holds))
}

/// Measures the Bus's figures, prints them, and says whether each bound holds.
pub(crate) fn bus(root: &Path, parts: &[Part], runs: u32, binary: Option<PathBuf>) -> Result<bool, BenchError> {
    let binary = binary.map_or_else(|| release(root), Ok)?;
    let rows = bus::measure(&binary, parts, runs)?;
    println!("{}", table::print(&rows, runs));
    Ok(rows.iter().all(Row::holds))
}

/// Measures how one GO follows another, prints the figures beside those of others, and says whether each bound holds.
pub(crate) fn failover(root: &Path, kinds: &[Kind], runs: u32, binary: Option<PathBuf>) -> Result<bool, BenchError> {
    let binary = binary.map_or_else(|| release(root), Ok)?;
    let rows = failover::measure(&binary, kinds, runs)?;
    println!("{}\n{}", table::print(&rows, runs), failover::ANCHORS);
    Ok(rows.iter().all(Row::holds))
}

/// Runs fleets with the agents' real command lines, prints the figures, and says whether each bound holds.
pub(crate) fn agents(root: &Path, parts: &[AgentPart], runs: u32, binary: Option<PathBuf>) -> Result<bool, BenchError> {
    let binary = binary.map_or_else(|| release(root), Ok)?;
    let rows = agents::measure(root, &binary, parts, runs)?;
    println!("{}", table::print(&rows, 1));
    Ok(rows.iter().all(Row::holds))
}

/// The short form for CI, with the release build as it is: counts are as strict as ever, times are not, since other things may run.
/// How many figures there are, and whether each bound holds.
pub(crate) fn failover_short(root: &Path) -> Result<(usize, bool), BenchError> {
    const RUNS: u32 = 2;
    let rows = failover::measure(&root.join("target/release/go"), &[], RUNS)?;
    let rows: Vec<Row> = rows.into_iter().map(|row| row.lenient(4.0)).collect();
    println!("{}", table::print(&rows, RUNS));
    Ok((rows.len(), rows.iter().all(Row::holds)))
}

/// Builds `go` as users get it.
fn release(root: &Path) -> Result<PathBuf, BenchError> {
    let build = cargo().args(["build", "--release", "--bin", "go"]).current_dir(root).status();
    if !build.map_err(|e| BenchError::Io("cargo", e))?.success() {
        return Err(BenchError::Build);
    }
    Ok(root.join("target/release/go"))
}

/// The middle of `values`; the upper one where there are two.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
