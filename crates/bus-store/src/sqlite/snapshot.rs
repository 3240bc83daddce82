//! Everything at one instant, and what the liveness timers arm for.

use std::sync::Arc;

use go_bus_api::ResourceKind;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::reader::Readers;
use super::{rows, tx};
use crate::{Document, SNAPSHOT_PAGE, Snapshot, StoreError};

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

/// Begins a snapshot. It is read on a thread that may wait, a page ahead of whoever takes it, and then all that memory holds of it
/// are a few pages, however much there is.
pub(super) async fn begin(readers: Arc<Readers>) -> Result<Snapshot, StoreError> {
    let (begun, began) = oneshot::channel();
    let (pages, taken) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let mut begun = Some(begun);
        let read = readers.with(|connection| {
            consistently(connection, |connection| {
                let seq = tx::last_seq(connection)?;
                // Whoever has gone away takes no pages either.
                let _ = begun.take().map(|begun| begun.send(Ok(seq)));
                turn_pages(connection, |page| pages.blocking_send(Ok(page)).is_ok())
            })
        });
        if let Err(error) = read {
            // Nobody is told who is not there any more.
            let _ = match begun {
                Some(begun) => begun.send(Err(error)).is_ok(),
                None => pages.blocking_send(Err(error)).is_ok(),
            };
        }
    });
    let seq = began.await.unwrap_or(Err(StoreError::Closed))?;
    Ok(Snapshot::new(seq, taken))
}

/// All of a snapshot at once, on the caller's thread.
pub(super) fn whole(connection: &Connection) -> Result<Snapshot, StoreError> {
    consistently(connection, |connection| {
        let (seq, mut read) = (tx::last_seq(connection)?, Vec::new());
        turn_pages(connection, |page| {
            read.push(Ok(page));
            true
        })?;
        let (pages, taken) = mpsc::channel(read.len().max(1));
        // There is room for all of them.
        read.into_iter().for_each(|page| drop(pages.try_send(page)));
        Ok(Snapshot::new(seq, taken))
    })
}

/// Hands out every resource in the order of [`ResourceKind::ALL`], until all are taken or `take` wants no more.
fn turn_pages(connection: &Connection, mut take: impl FnMut(Vec<Document>) -> bool) -> Result<(), StoreError> {
    let (mut page, mut length) = (Vec::new(), 0_usize);
    for kind in ResourceKind::ALL {
        let sql = format!("SELECT id, revision, doc FROM {} ORDER BY ord", kind.collection());
        let mut statement = connection.prepare_cached(&sql)?;
        for document in statement.query_map([], |row| rows::document(kind, row, 0))? {
            let document = document?;
            length = length.saturating_add(document.json.len());
            page.push(document);
            if length >= SNAPSHOT_PAGE {
                length = 0;
                if !take(std::mem::take(&mut page)) {
                    return Ok(());
                }
            }
        }
    }
    // Nobody has to take the last page.
    take(page);
    Ok(())
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
