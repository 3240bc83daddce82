//! The baseline of durable writes: SQLite alone, one row and one `synchronous=FULL` commit at a time.

use std::time::Duration;

use rusqlite::Connection;

use crate::bench::BenchError;
use crate::stopwatch::Stopwatch;

/// About as long as a task's row, in bytes.
const ROW: usize = 600;

/// Rows written beforehand, in one transaction that fills the log.
const GROWN: usize = 10_000;

/// Commits a second, measured for as long as `lasting`, on the disk that the Bus of the bench has its files on.
pub(super) fn commits_per_second(lasting: Duration) -> Result<f64, BenchError> {
    let folder = tempfile::Builder::new().prefix("go-bench-").tempdir();
    let folder = folder.map_err(|e| BenchError::Io("a temporary folder", e))?;
    let connection = Connection::open(folder.path().join("baseline.db"))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, doc TEXT NOT NULL) STRICT")?;
    // A log that has its size already takes a commit faster than one that grows, and a Bus's log soon has it.
    let grown = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {GROWN}) INSERT INTO rows (doc) SELECT printf('%.*c', {ROW}, 'x') FROM n"
    );
    connection.execute_batch(&grown)?;
    let mut insert = connection.prepare("INSERT INTO rows (doc) VALUES (?1)")?;
    let (row, watch, mut commits) = ("x".repeat(ROW), Stopwatch::start(), 0_u32);
    while watch.elapsed() < lasting {
        insert.execute([&row])?;
        commits += 1;
    }
    Ok(f64::from(commits) / watch.elapsed().as_secs_f64())
}
