//! `cargo xtask bench agents`: real fleets with the real command lines of agents, and with agents that are made to be trouble.

mod costs;
mod hosts;
mod hosts_judge;
mod landings;
mod mishaps;
mod overhead;
mod plan;
mod processes;
mod stage;
mod stops;
mod usage;

use std::path::Path;

use clap::ValueEnum as _;

use super::BenchError;
use super::table::Row;
use crate::agents::Agents;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// What goes wrong with agents, and what comes of it.
    Mishaps,
    /// What the Bus has of their costs.
    Costs,
    /// How long it takes to stop one.
    Stops,
    /// What a run costs beside the bare command line.
    Overhead,
    /// Hosts that are killed.
    Hosts,
    /// Tickets that touch shared files.
    Landings,
    /// A simulated day of usage windows.
    Usage,
}

/// Measures `parts`, all where there are none.
pub(super) fn measure(root: &Path, binary: &Path, parts: &[Part], runs: u32) -> Result<Vec<Row>, BenchError> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let mut rows = Vec::new();
    let agents = || Agents::installed().map_err(BenchError::Agents);
    for part in parts {
        rows.extend(match part {
            Part::Mishaps => mishaps::measure(binary, &agents()?)?,
            Part::Overhead => overhead::measure(binary, &agents()?, (runs / 5).max(2))?,
            Part::Hosts => hosts::measure(binary)?,
            Part::Landings => landings::measure(binary)?,
            Part::Usage => usage::measure(root)?,
            Part::Stops => stops::measure(binary, runs)?,
            Part::Costs => costs::measure(binary, &agents()?, runs)?,
        });
    }
    Ok(rows)
}
