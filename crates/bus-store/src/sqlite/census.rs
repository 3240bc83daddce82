//! How many there are in each state: counts from the indexes on it.

use rusqlite::Connection;
use serde::de::DeserializeOwned;

use super::convert::uint;
use super::rows::word;
use super::snapshot::consistently;
use crate::StoreError;
use crate::query::Census;

/// Counts tasks and agents at one instant.
pub(super) fn take(connection: &Connection) -> Result<Census, StoreError> {
    consistently(connection, |connection| {
        Ok(Census {
            tasks: by_state(connection, "SELECT state, count(*) FROM tasks GROUP BY state")?,
            agents: by_state(connection, "SELECT state, count(*) FROM agents GROUP BY state")?,
        })
    })
}

fn by_state<S: DeserializeOwned>(connection: &Connection, sql: &str) -> Result<Vec<(S, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let state: String = row.get(0)?;
        counts.push((word(&state)?, uint(row.get(1)?)));
    }
    Ok(counts)
}
