//! A look at a database before anything may write it.
//!
//! Whoever ends cleanly closes its connections, and the last one removes the write-ahead log. So a log that is there tells of an
//! unclean end, and what a power cut may have torn is looked for then; after a clean end nothing is read twice.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{migrations, schema};
use crate::StoreError;

/// Fails where `path` is a database that this program must leave alone: of a newer schema, or damaged. The connection is
/// read-only, so what is refused stays byte for byte as it is.
pub(super) fn inspect(path: &Path) -> Result<(), StoreError> {
    if std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        return Ok(());
    }
    let ended_cleanly = !beside(path, "-wal").exists();
    let connection = schema::open_reader(path)?;
    migrations::refuse_newer(&connection)?;
    if ended_cleanly { Ok(()) } else { check(&connection) }
}

/// `PRAGMA quick_check`: every page and row, but not whether indexes and tables agree.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
}

/// A file that lies beside the database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
