//! The audit log's reads: pages, and the walk along its chain.

use std::sync::Arc;

use go_bus_api::{AuditEntry, AuditQuery, AuditVerification, Seq};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::convert::uint;
use super::select;
use crate::StoreError;
use crate::audit_chain::Walk;

/// A page in the order of the log, and where the next one begins.
pub(super) fn page(connection: &Connection, query: &AuditQuery) -> Result<(Vec<Arc<str>>, Option<String>), StoreError> {
    let limit = select::limit(query.limit)?;
    let mut sql = String::from("SELECT seq, json FROM audit WHERE seq > ?1");
    let mut values: Vec<Value> = vec![select::cursor(query.cursor.as_deref())?.into()];
    let conditions = [
        ("actor =", query.actor.clone().map(Value::from)),
        ("action =", query.action.clone().map(Value::from)),
        ("at >=", query.since.map(|since| Value::from(since.unix_millis()))),
    ];
    for (condition, value) in conditions.into_iter().filter_map(|(condition, value)| Some((condition, value?))) {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ?{}", values.len()));
    }
    // One more than the page has tells whether there is a next one.
    sql.push_str(&format!(" ORDER BY seq LIMIT {}", limit.saturating_add(1)));
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(values), |row| {
        Ok((row.get::<_, i64>(0)?, Arc::<str>::from(row.get::<_, String>(1)?)))
    })?;
    let mut found: Vec<_> = found.collect::<Result<_, _>>()?;
    let is_last = found.len() <= limit as usize;
    found.truncate(limit as usize);
    let next = if is_last { None } else { found.last().map(|(seq, _)| seq.to_string()) };
    Ok((found.into_iter().map(|(_, json)| json).collect(), next))
}

/// Walks the whole chain. The columns that pages are found by have to say what the entry says.
pub(super) fn verify(connection: &Connection) -> Result<AuditVerification, StoreError> {
    let mut statement = connection.prepare("SELECT seq, at, actor, action, hash, json FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut walk = Walk::new();
    while let Some(row) = rows.next()? {
        let (at, actor, action): (i64, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (hash, json): (String, String) = (row.get(4)?, row.get(5)?);
        let agrees = |entry: &AuditEntry| {
            (entry.at.unix_millis(), entry.actor.as_str(), entry.action.as_str(), entry.hash.as_str())
                == (at, actor.as_str(), action.as_str(), hash.as_str())
        };
        let entry: Option<AuditEntry> = serde_json::from_str(&json).ok().filter(agrees);
        walk.step(Seq(uint(row.get(0)?)), entry.as_ref());
    }
    Ok(walk.end())
}
