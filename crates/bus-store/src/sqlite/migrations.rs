//! The steps that bring an older database up to date, one for each schema.
//!
//! A step, once released, stays as it is. A change of the schema is one more step at the end, with a database of its schema in
//! `fixtures/databases/`; the tests fail until it is there.

use go_bus_api::ResourceKind;
use rusqlite::{Connection, TransactionBehavior};

use super::convert::time;
use super::tx::{SqliteTx, Undo};
use super::{costs, schema, table};
use crate::{StoreError, apply};

/// A step from the schema before to the next, inside the migration's transaction.
type Step = fn(&Connection) -> Result<(), StoreError>;

/// Every step, oldest first: step N leads to schema N.
const STEPS: &[Step] = &[first, second, third, fourth];

/// The schema that this program writes: the number of steps.
pub(super) fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Fails where the database is of a newer program's schema. Writes nothing.
pub(super) fn refuse_newer(connection: &Connection) -> Result<u32, StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known() { Err(StoreError::Newer { found, known: known() }) } else { Ok(found) }
}

/// Does the steps that are missing, all in one transaction: a crash under way leaves the older database.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if refuse_newer(connection)? == known() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = usize::try_from(refuse_newer(&transaction)?).unwrap_or(usize::MAX);
    for step in STEPS.iter().skip(found) {
        step(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known())?;
    Ok(transaction.commit()?)
}

/// The kinds of resource that there were in the first schema.
const FIRST_KINDS: [ResourceKind; 9] = [
    ResourceKind::Host,
    ResourceKind::Project,
    ResourceKind::Session,
    ResourceKind::Agent,
    ResourceKind::Sprint,
    ResourceKind::Task,
    ResourceKind::Alert,
    ResourceKind::Question,
    ResourceKind::Message,
];

/// The first schema, and what a new Bus starts with.
fn first(connection: &Connection) -> Result<(), StoreError> {
    for kind in FIRST_KINDS {
        connection.execute_batch(&table::create(kind))?;
    }
    connection.execute_batch(schema::TABLES)?;
    // The engine's clock: this is the one instant that no command brings along.
    let now: i64 = connection.query_row("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)", [], |row| row.get(0))?;
    apply::seed(&mut SqliteTx::begin(connection, Undo::Savepoints)?, time(now))
}

/// What was spent is summed as it is written, and the audit log is found by actor, action and time.
fn second(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(schema::SUMS)?;
    costs::sum_up(connection)
}

/// A new task is one index entry less.
fn third(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(schema::FEWER_INDEXES)?)
}

/// Accounts are resources.
fn fourth(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(&table::create(ResourceKind::Account))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::CostAxis;
    use crate::sqlite::Durability;

    #[test]
    fn what_was_spent_before_sums_were_kept_is_summed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus.db");
        let connection = Connection::open(&path).unwrap();
        first(&connection).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        for (project, usd) in [("site", "0.1"), ("site", "0.2"), ("shop", "0.0003")] {
            let json = serde_json::json!({"agent": "m0", "project": project, "model": "haiku", "input_tokens": 1,
                "output_tokens": 1, "usd": usd});
            let sql = "INSERT INTO costs (at, agent, project, json) VALUES (0, 'm0', ?1, ?2)";
            connection.execute(sql, [project, &json.to_string()]).unwrap();
        }
        drop(connection);
        let connection = schema::open(&path, Durability::Scratch).unwrap();
        let spent = |axis, id| costs::spent(&connection, axis, id).unwrap().to_string();
        assert_eq!([spent(CostAxis::Project, "site"), spent(CostAxis::Agent, "m0")], ["0.3", "0.3003"]);
    }
}
