//! Opening a database: how it is kept, and the tables beside the resources'.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Durability, migrations};
use crate::StoreError;

/// How long to wait for a lock that another connection holds: the checkpoint's, or a predecessor's that is about to end.
const BUSY: Duration = Duration::from_secs(5);

/// The write-ahead log's file is cut to this length, in bytes, as it begins anew: a reader that held its end back may have made it
/// much longer. Short of it, cutting and growing would cost the writer more than the room is worth.
const LOG_KEPT: u32 = 64 * 1024 * 1024;

/// Tables beside the resources', in the first schema.
pub(super) const TABLES: &str = "
CREATE TABLE counter (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);
CREATE TABLE events (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT, at INTEGER NOT NULL, json TEXT NOT NULL)
    STRICT;
CREATE INDEX events_kind ON events (kind);
CREATE INDEX events_subject ON events (subject) WHERE subject IS NOT NULL;
CREATE TABLE lease (only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL, holder TEXT, agent TEXT,
    renewals INTEGER NOT NULL, ttl_ms INTEGER NOT NULL, acquired_at INTEGER, handoff TEXT, url TEXT) STRICT;
CREATE TABLE handoff (only INTEGER PRIMARY KEY CHECK (only = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE prompts (agent TEXT PRIMARY KEY, prompt TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (hash BLOB PRIMARY KEY, agent TEXT, role TEXT, shim INTEGER NOT NULL, expires_at INTEGER)
    STRICT, WITHOUT ROWID;
CREATE INDEX tokens_agent ON tokens (agent);
CREATE TABLE dependencies (task TEXT NOT NULL, depends_on TEXT NOT NULL, PRIMARY KEY (task, depends_on))
    STRICT, WITHOUT ROWID;
CREATE INDEX dependencies_on ON dependencies (depends_on);
CREATE TABLE receipts (actor TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
    created INTEGER NOT NULL, kind TEXT, id TEXT, revision INTEGER, doc TEXT, seq INTEGER NOT NULL,
    PRIMARY KEY (actor, key)) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_at ON receipts (at);
CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    hash TEXT NOT NULL, json TEXT NOT NULL) STRICT;
CREATE TABLE costs (ord INTEGER PRIMARY KEY, at INTEGER NOT NULL, agent TEXT NOT NULL, project TEXT NOT NULL,
    json TEXT NOT NULL) STRICT;
CREATE TABLE spent (project TEXT PRIMARY KEY, usd TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// The second schema: what was spent is summed by agent and by project as it is written, and the audit log is found by
/// actor, action and time.
pub(super) const SUMS: &str = "
CREATE TABLE cost_sums (axis TEXT NOT NULL, id TEXT NOT NULL, usd TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL,
    PRIMARY KEY (axis, id)) STRICT, WITHOUT ROWID;
DROP TABLE spent;
CREATE INDEX costs_at ON costs (at);
CREATE INDEX audit_actor ON audit (actor);
CREATE INDEX audit_action ON audit (action);
CREATE INDEX audit_at ON audit (at);
";

/// The third schema: tasks are found by project, state and kind in one index instead of two; what is not the common kind has a
/// small one of its own.
pub(super) const FEWER_INDEXES: &str = "
DROP INDEX tasks_1;
DROP INDEX tasks_4;
CREATE INDEX tasks_project ON tasks (project, state, kind);
CREATE INDEX tasks_kind ON tasks (kind) WHERE kind <> 'ticket';
";

/// Opens the writer's connection, with the schema up to date.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, StoreError> {
    make_private(path)?;
    let mut connection = Connection::open(path)?;
    migrations::refuse_newer(&connection)?;
    prepare(&connection, durability)?;
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// Makes the file where it is not there, for its owner alone: prompts are in it. The log and what else lies beside it get its mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(StoreError::Unwritable(format!("{}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

fn prepare(connection: &Connection, durability: Durability) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    if durability == Durability::Simulated {
        // Nobody else has it open, so nothing has to be locked and unlocked, and the log needs no index in shared memory.
        connection.pragma_update(None, "locking_mode", "exclusive")?;
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    let synchronous = match durability {
        Durability::Full => "full",
        Durability::Scratch | Durability::Simulated => "off",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// A reader's connection. The writer has made the file by then.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// The checkpoint's connection: it writes the file, but no rows.
pub(super) fn open_checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        let connection = open(&path, Durability::Scratch).unwrap();
        let known = migrations::known();
        connection.pragma_update(None, "user_version", known + 1).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        assert_eq!(super::super::inspect::inspect(&path), Err(StoreError::Newer { found: known + 1, known }));
        assert_eq!(open(&path, Durability::Scratch).unwrap_err(), StoreError::Newer { found: known + 1, known });
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn the_files_are_their_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder.path().join("bus.db"), Durability::Scratch).unwrap();
        connection.execute_batch("CREATE TABLE more (x)").unwrap();
        let mode = |name| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(["bus.db", "bus.db-wal", "bus.db-shm"].map(mode), [0o600; 3]);
    }

    #[test]
    fn opening_twice_seeds_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        drop(open(&path, Durability::Scratch).unwrap());
        let connection = open(&path, Durability::Scratch).unwrap();
        let agents: u32 = connection.query_row("SELECT count(*) FROM agents", [], |row| row.get(0)).unwrap();
        assert_eq!(agents, 3);
    }
    #[test]
    fn a_log_that_a_reader_made_long_is_cut_as_it_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        let writer = open(&path, Durability::Scratch).unwrap();
        writer.execute_batch("CREATE TABLE blobs (doc BLOB NOT NULL) STRICT").unwrap();
        let write = || writer.execute("INSERT INTO blobs VALUES (zeroblob(8 * 1024 * 1024))", []).unwrap();
        let length = || std::fs::metadata(folder.path().join("bus.db-wal")).unwrap().len();
        let reader = open_reader(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM counter").unwrap();
        for _ in 0..9 {
            write();
        }
        assert!(length() > u64::from(LOG_KEPT), "{} bytes", length());
        reader.execute_batch("COMMIT").unwrap();
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        write();
        assert!(length() <= u64::from(LOG_KEPT), "{} bytes", length());
    }
}
