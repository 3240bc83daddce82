//! `cargo xtask bench bus`: durable writes, reads, subscribers, short tickets, restarts, memory.

mod baseline;
pub(super) mod http;
mod load;
mod reads;
mod resident;
mod restart;
pub(super) mod server;
mod stream;
mod subscribers;
mod tickets;
mod writes;

use std::path::Path;

use clap::ValueEnum as _;

use super::BenchError;
use super::table::Row;
pub(super) use http::Target;
pub(super) use server::token_once_open;

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Durable writes at 64 connections and at one.
    Writes,
    /// Reads of a task.
    Reads,
    /// A thousand event streams.
    Subscribers,
    /// A hundred short tickets.
    Tickets,
    /// From `kill -9` to the next start.
    Restart,
    /// How soon it is ready, and what it holds when idle.
    Memory,
}

/// Measures `parts`, all where there are none, one after the other, `runs` times each.
pub(super) fn measure(binary: &Path, parts: &[Part], runs: u32) -> Result<Vec<Row>, BenchError> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let mut rows = Vec::new();
    for part in parts {
        rows.extend(match part {
            Part::Writes => writes::measure(binary, runs)?,
            Part::Reads => reads::measure(binary, runs)?,
            Part::Subscribers => subscribers::measure(binary, runs)?,
            Part::Tickets => tickets::measure(binary, runs)?,
            Part::Restart => restart::measure(binary, runs)?,
            Part::Memory => resident::measure(binary, runs)?,
        });
    }
    Ok(rows)
}
