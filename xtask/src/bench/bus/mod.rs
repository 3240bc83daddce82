//! `cargo xtask bench bus`: durable writes, reads, subscribers, short tickets, restarts, memory.

mod baseline;
mod http;
mod load;
mod reads;
mod resident;
mod restart;
mod server;
mod stream;
mod subscribers;
mod tickets;
mod writes;

use std::path::Path;

use super::BenchError;
use super::table::Row;

/// Measures everything, one thing after the other, `runs` times each.
pub(super) fn measure(binary: &Path, runs: u32) -> Result<Vec<Row>, BenchError> {
    let mut rows = writes::measure(binary, runs)?;
    rows.extend(reads::measure(binary, runs)?);
    rows.extend(subscribers::measure(binary, runs)?);
    rows.extend(tickets::measure(binary, runs)?);
    rows.extend(restart::measure(binary, runs)?);
    rows.extend(resident::measure(binary, runs)?);
    Ok(rows)
}
