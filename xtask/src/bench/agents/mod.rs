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
use crate::stopwatch::Stopwatch;

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

/// Measures `parts`, all where there are none. What needs the real command lines is skipped where they can't be had, and says so.
pub(super) fn measure(root: &Path, binary: &Path, parts: &[Part], runs: u32) -> Result<Vec<Row>, BenchError> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let agents = if parts.iter().any(|part| part.is_real()) { Agents::installed() } else { Err(String::new()) };
    let mut rows = Vec::new();
    for part in parts {
        let agents = match &agents {
            Err(why) if part.is_real() => {
                println!("{part:?} skipped: {why}");
                continue;
            }
            agents => agents.as_ref(),
        };
        let watch = Stopwatch::start();
        rows.extend(part.measure(root, binary, agents, runs)?);
        eprintln!("{part:?} took {:.0} s", watch.elapsed().as_secs_f64());
    }
    Ok(rows)
}

impl Part {
    /// Whether the real command lines are run.
    fn is_real(self) -> bool {
        matches!(self, Self::Mishaps | Self::Costs | Self::Overhead)
    }

    fn measure(
        self,
        root: &Path,
        binary: &Path,
        agents: Result<&Agents, &String>,
        runs: u32,
    ) -> Result<Vec<Row>, BenchError> {
        let agents = || agents.map_err(|why| BenchError::Agents(why.clone()));
        match self {
            Self::Mishaps => mishaps::measure(binary, agents()?),
            Self::Costs => costs::measure(binary, agents()?, runs),
            Self::Stops => stops::measure(binary, runs),
            Self::Overhead => overhead::measure(binary, agents()?, (runs / 5).max(2)),
            Self::Hosts => hosts::measure(binary),
            Self::Landings => landings::measure(binary),
            Self::Usage => usage::measure(root),
        }
    }
}
