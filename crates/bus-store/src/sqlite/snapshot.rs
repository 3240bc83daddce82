//! Everything at one instant, and what the liveness timers arm for.

use go_bus_api::{ResourceKind, Seq};
use rusqlite::Connection;

use super::{rows, tx};
use crate::{Document, StoreError};

/// Runs `read` in one read transaction.
pub(super) fn consistently<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.execute_batch("BEGIN")?;
    let answer = read(connection);
    connection.execute_batch("COMMIT")?;
    answer
}

/// The last event, and every resource in the order of [`ResourceKind::ALL`].
pub(super) fn take(connection: &Connection) -> Result<(Seq, Vec<Document>), StoreError> {
    consistently(connection, |connection| {
        let seq = tx::last_seq(connection)?;
        let mut documents = Vec::new();
        for kind in ResourceKind::ALL {
            collect(connection, kind, "1", &mut documents)?;
        }
        Ok((seq, documents))
    })
}

/// Agents that have not ended, and hosts whose lease runs.
pub(super) fn living(connection: &Connection) -> Result<Vec<Document>, StoreError> {
    consistently(connection, |connection| {
        let mut documents = Vec::new();
        collect(connection, ResourceKind::Agent, "open = 1", &mut documents)?;
        collect(connection, ResourceKind::Host, "open = 1", &mut documents)?;
        Ok(documents)
    })
}

fn collect(
    connection: &Connection,
    kind: ResourceKind,
    condition: &str,
    into: &mut Vec<Document>,
) -> Result<(), StoreError> {
    let sql = format!("SELECT id, revision, doc FROM {} WHERE {condition} ORDER BY ord", kind.collection());
    let mut statement = connection.prepare_cached(&sql)?;
    for document in statement.query_map([], |row| rows::document(kind, row, 0))? {
        into.push(document?);
    }
    Ok(())
}
