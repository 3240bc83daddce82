//! Rows of the small tables, read and written alike by the writer and the readers.

use go_bus_api::{AgentId, Epoch, Handoff, HolderId, Millis, ResourceKind, Revision, Role, RoleBinding, Text};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use super::convert::{corrupt, int, time, uint};
use crate::apply::ROLES_SETTING;
use crate::{Document, Lease, Principal, StoreError, Token};

/// A document from `id, revision, doc`, in the columns from `first` on.
pub(super) fn document(kind: ResourceKind, row: &Row<'_>, first: usize) -> rusqlite::Result<Document> {
    let json: String = row.get(first + 2)?;
    Ok(Document { kind, id: row.get(first)?, revision: Revision(uint(row.get(first + 1)?)), json: json.into() })
}

/// The lease's row.
pub(super) fn lease(connection: &Connection) -> Result<Lease, StoreError> {
    type Raw = (i64, Option<String>, Option<String>, i64, i64, Option<i64>, Option<String>, Option<String>);
    let raw: Option<Raw> = connection
        .prepare_cached("SELECT epoch, holder, agent, renewals, ttl_ms, acquired_at, handoff, url FROM lease")?
        .query_row([], |row| {
            let first = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((first.0, first.1, first.2, first.3, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?))
        })
        .optional()?;
    let Some((epoch, holder, agent, renewals, ttl, acquired_at, handoff, url)) = raw else {
        return Ok(Lease::default());
    };
    Ok(Lease {
        epoch: Epoch(uint(epoch)),
        holder: holder.map(HolderId::new).transpose().map_err(corrupt)?,
        agent: agent.map(AgentId::new).transpose().map_err(corrupt)?,
        renewals: uint(renewals),
        ttl: Millis(uint(ttl)),
        acquired_at: acquired_at.map(time),
        handoff: handoff.map(Text::new).transpose().map_err(corrupt)?,
        url: url.map(Text::new).transpose().map_err(corrupt)?,
    })
}

pub(super) fn put_lease(connection: &Connection, lease: &Lease) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT OR REPLACE INTO lease VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(
        params![
            int(lease.epoch.0),
            lease.holder.as_ref().map(HolderId::as_str),
            lease.agent.as_ref().map(AgentId::as_str),
            int(lease.renewals),
            int(lease.ttl.0),
            lease.acquired_at.map(|at| at.unix_millis()),
            lease.handoff.as_ref().map(Text::as_str),
            lease.url.as_ref().map(Text::as_str),
        ],
    )?;
    Ok(())
}

/// The last handoff.
pub(super) fn handoff(connection: &Connection) -> Result<Option<Handoff>, StoreError> {
    let json: Option<String> =
        connection.prepare_cached("SELECT json FROM handoff")?.query_row([], |row| row.get(0)).optional()?;
    json.map(|json| serde_json::from_str(&json).map_err(corrupt)).transpose()
}

/// RBAC's roles: those that were put, else the defaults.
pub(super) fn roles(connection: &Connection) -> Result<Vec<RoleBinding>, StoreError> {
    let sql = "SELECT json FROM settings WHERE name = ?1";
    let json: Option<String> =
        connection.prepare_cached(sql)?.query_row([ROLES_SETTING], |row| row.get(0)).optional()?;
    json.map_or_else(|| Ok(go_rules::rbac::default_roles()), |json| serde_json::from_str(&json).map_err(corrupt))
}

/// A token's row, from `agent, role, shim, expires_at`.
pub(super) fn token(
    agent: Option<String>,
    role: Option<String>,
    shim: bool,
    expires_at: Option<i64>,
) -> Result<Token, StoreError> {
    let agent = agent.map(AgentId::new).transpose().map_err(corrupt)?;
    let principal = match (agent, role) {
        (None, _) => Principal::Operator,
        (Some(agent), _) if shim => Principal::Shim(agent),
        (Some(agent), Some(role)) => Principal::Agent(agent, word::<Role>(&role)?),
        (Some(agent), None) => return Err(corrupt(format!("the token of {agent} has no role"))),
    };
    Ok(Token { principal, expires_at: expires_at.map(time) })
}

/// A word of the wire as its type.
pub(super) fn word<T: DeserializeOwned>(word: &str) -> Result<T, StoreError> {
    serde_json::from_value(word.into()).map_err(corrupt)
}
