//! Old events leave the log: in small steps, between two batches, once enough new ones have come.

use go_bus_api::Seq;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{int, uint};
use crate::{Retention, StoreError};

/// How many new events there are between two steps.
const EVERY: u64 = 256;

/// The most events that a step removes: twice what has come, so that a backlog shrinks.
const STEP: u64 = 2 * EVERY;

/// What keeps the log from growing for ever.
#[derive(Debug)]
pub(super) struct Pruner {
    retention: Retention,
    next_at: u64,
}

impl Pruner {
    pub(super) fn new(retention: Retention, last: Seq) -> Self {
        Self { retention, next_at: last.0.saturating_add(EVERY) }
    }

    /// Notes where the log ends; does a step where one is due. One that fails is done with the next. Answers the first event
    /// that is kept, where the step removed any.
    pub(super) fn written(&mut self, connection: &Connection, last: Seq) -> Option<Seq> {
        if last.0 < self.next_at {
            return None;
        }
        self.next_at = last.0.saturating_add(EVERY);
        step(connection, self.retention, last).unwrap_or_else(|error| {
            tracing::warn!(%error, "old events could not be removed");
            None
        })
    }
}

/// Removes the oldest events that need not be kept, at most [`STEP`]. What stays is always the log's end, without a gap; its
/// first is answered where any was removed.
fn step(connection: &Connection, retention: Retention, last: Seq) -> Result<Option<Seq>, StoreError> {
    // The last one always stays: it tells what a cursor has missed.
    let kept_from = last.0.saturating_sub(retention.events.max(1)).saturating_add(1);
    let Some(first) = first(connection)? else { return Ok(None) };
    let up_to = kept_from.min(first.saturating_add(STEP));
    if first >= up_to {
        return Ok(None);
    }
    let age = i64::try_from(retention.age.as_millis()).unwrap_or(i64::MAX);
    let young = connection
        .prepare_cached(
            "SELECT min(seq) FROM events WHERE seq < ?1 AND at > (SELECT at FROM events WHERE seq = ?2) - ?3",
        )?
        .query_row(params![int(up_to), int(last.0), age], |row| row.get::<_, Option<i64>>(0))?;
    let up_to = young.map_or(up_to, uint);
    connection.prepare_cached("DELETE FROM events WHERE seq < ?1")?.execute([int(up_to)])?;
    Ok(Some(Seq(up_to)))
}

/// The oldest event that is kept.
pub(super) fn first(connection: &Connection) -> Result<Option<u64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT seq FROM events ORDER BY seq LIMIT 1")?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?.map(uint))
}

#[cfg(test)]
mod tests;
