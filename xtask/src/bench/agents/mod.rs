//! `cargo xtask bench agents`: the real command lines of agents through scripted mishaps, and what their drivers make of it.

mod costs;
mod mishaps;

use super::BenchError;
use super::table::Row;
use crate::agents::Agents;

/// What the table has and this bench does not measure; nobody is to take a missing row for a bound that holds.
pub(super) const NOT_MEASURED: &str = "not measured here: costs as they stand on the Bus; orphans; an order to no process left; GO's overhead beside the bare CLI; \
    a host killed at a random moment; 40 tickets that touch shared files; a simulated day of usage windows";

/// Measures: every mishap once, costs in `runs` runs.
pub(super) fn measure(runs: u32) -> Result<Vec<Row>, BenchError> {
    let agents = Agents::installed().map_err(BenchError::Agents)?;
    let mut rows = mishaps::measure(&agents)?;
    rows.push(costs::measure(&agents, runs)?);
    Ok(rows)
}
