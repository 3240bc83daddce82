//! Queries: one statement each, or one read transaction.

use go_bus_api::{AgentId, ListQuery, ResourceKind, Seq};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::convert::{corrupt, int, uint};
use super::{audit, census, costs, digest, retention, rows, snapshot, table, tx};
use crate::tx::{Column, Filter};
use crate::{
    Document, EVENTS_BYTES, EventFilter, EventLine, Listing, Query, QueryAnswer, StoreError, Token, TokenHash,
};

/// Answers a query.
pub(super) fn answer(connection: &Connection, query: &Query) -> Result<QueryAnswer, StoreError> {
    Ok(match query {
        Query::One(kind, id) => QueryAnswer::One(one(connection, *kind, id)?),
        Query::List(kind, list) => QueryAnswer::List(page(connection, *kind, &filter(*kind, list), list)?),
        Query::Inbox(agent, list) => QueryAnswer::List(inbox(connection, agent, list)?),
        Query::Prompt(agent) => QueryAnswer::Prompt(prompt(connection, agent)?),
        Query::Token(hash, now) => {
            let token = token(connection, *hash)?;
            QueryAnswer::Token(token.filter(|token| token.is_good_at(*now)))
        }
        Query::Lease => QueryAnswer::Lease(rows::lease(connection)?),
        Query::Handoff => QueryAnswer::Handoff(rows::handoff(connection)?),
        Query::Digest(now) => QueryAnswer::Digest(Box::new(digest::make(connection, *now)?)),
        Query::LastSeq => QueryAnswer::LastSeq(tx::last_seq(connection)?),
        Query::Living => QueryAnswer::Living(snapshot::living(connection)?),
        Query::Costs(axis, since) => QueryAnswer::Costs(costs::totals(connection, *axis, *since)?),
        Query::Audit(query) => {
            let (entries, next_cursor) = audit::page(connection, query)?;
            QueryAnswer::Audit(entries, next_cursor)
        }
        Query::AuditVerification => QueryAnswer::AuditVerification(audit::verify(connection)?),
        Query::Roles => QueryAnswer::Roles(rows::roles(connection)?),
        Query::Census => QueryAnswer::Census(census::take(connection)?),
    })
}

fn one(connection: &Connection, kind: ResourceKind, id: &str) -> Result<Option<Document>, StoreError> {
    Ok(connection
        .prepare_cached(&table::statements(kind).get)?
        .query_row([id], |row| rows::document(kind, row, 0))
        .optional()?)
}

/// The filters that the kind knows; others are ignored.
fn filter(kind: ResourceKind, list: &ListQuery) -> Filter {
    let words = [
        (Column::State, &list.state),
        (Column::Project, &list.project),
        (Column::Host, &list.host),
        (Column::Role, &list.role),
        (Column::Kind, &list.kind),
        (Column::Assignee, &list.assignee),
        (Column::Task, &list.task),
        (Column::Sprint, &list.sprint),
        (Column::Level, &list.level),
    ];
    let known = words.into_iter().filter(|(column, _)| table::columns(kind).contains(column));
    let equal = known.filter_map(|(column, word)| Some((column, word.clone()?))).collect();
    Filter { equal, ..Filter::default() }
}

fn inbox(connection: &Connection, agent: &AgentId, list: &ListQuery) -> Result<Listing, StoreError> {
    let filter = Filter::by(Column::Addressee, agent.as_str());
    let filter = if list.unread == Some(true) { filter.open() } else { filter };
    page(connection, ResourceKind::Message, &filter, list)
}

/// A page in the order of creation; the cursor is the last one's place in it.
fn page(connection: &Connection, kind: ResourceKind, filter: &Filter, list: &ListQuery) -> Result<Listing, StoreError> {
    let (limit, after) = (limit(list.limit)?, cursor(list.cursor.as_deref())?);
    let sql = format!(
        "SELECT ord, id, revision, doc FROM {} WHERE {} AND ord > ?1 ORDER BY ord LIMIT ?2",
        kind.collection(),
        table::conditions(filter, 3)
    );
    let mut values: Vec<Value> = vec![after.into(), i64::from(limit).saturating_add(1).into()];
    values.extend(filter.equal.iter().map(|(_, value)| Value::from(value.clone())));
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(values), |row| {
        let place: i64 = row.get(0)?;
        Ok((place, rows::document(kind, row, 1)?))
    })?;
    let mut found: Vec<(i64, Document)> = found.collect::<Result<_, _>>()?;
    let is_last = found.len() <= limit as usize;
    found.truncate(limit as usize);
    let next_cursor = if is_last { None } else { found.last().map(|(place, _)| place.to_string()) };
    Ok(Listing { items: found.into_iter().map(|(_, document)| document).collect(), next_cursor })
}

/// How many items a page has.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, StoreError> {
    match asked.unwrap_or(ListQuery::DEFAULT_LIMIT) {
        limit @ 1..=ListQuery::MAX_LIMIT => Ok(limit),
        other => Err(StoreError::BadQuery(format!("a limit is 1 to {}, not {other}", ListQuery::MAX_LIMIT))),
    }
}

/// The place after which a page begins.
pub(super) fn cursor(cursor: Option<&str>) -> Result<i64, StoreError> {
    let Some(cursor) = cursor else { return Ok(0) };
    let place = cursor.parse::<i64>().ok().filter(|place| *place >= 0);
    place.ok_or_else(|| StoreError::BadQuery("that cursor is not from a page before".to_owned()))
}

fn prompt(connection: &Connection, agent: &AgentId) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT prompt FROM prompts WHERE agent = ?1")?;
    Ok(statement.query_row([agent.as_str()], |row| row.get(0)).optional()?)
}

/// The token, good or out of date.
pub(super) fn token(connection: &Connection, hash: TokenHash) -> Result<Option<Token>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT agent, role, shim, expires_at FROM tokens WHERE hash = ?1")?;
    let found =
        statement.query_row([hash.0.as_slice()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    found.optional()?.map(|(agent, role, shim, expires_at)| rows::token(agent, role, shim, expires_at)).transpose()
}

/// The events after `after`, in order: at most `limit`, and no more once they come to [`EVENTS_BYTES`].
pub(super) fn events(
    connection: &Connection,
    after: Seq,
    limit: usize,
    filter: &EventFilter,
) -> Result<Vec<EventLine>, StoreError> {
    let sql = format!(
        "SELECT seq, kind, json FROM events WHERE seq > ?1{}{} ORDER BY seq LIMIT ?4",
        if filter.kind.is_some() { " AND kind = ?2" } else { " AND ?2 IS NULL" },
        if filter.subject.is_some() { " AND subject = ?3" } else { " AND ?3 IS NULL" },
    );
    let limit = int(u64::try_from(limit).unwrap_or(u64::MAX));
    let kind = filter.kind.as_ref().map(|kind| kind.as_str());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params![int(after.0), kind, filter.subject, limit])?;
    let (mut lines, mut bytes) = (Vec::new(), 0_usize);
    while bytes < EVENTS_BYTES
        && let Some(row) = found.next()?
    {
        let kind: String = row.get(1)?;
        let json: String = row.get(2)?;
        bytes = bytes.saturating_add(json.len());
        lines.push(EventLine { seq: Seq(uint(row.get(0)?)), kind: kind.parse().map_err(corrupt)?, json: json.into() });
    }
    // Looked at last: what is still there now was there while the lines were read.
    must_be_kept(connection, after)?;
    Ok(lines)
}

/// A cursor from before the first event that is kept has missed some.
fn must_be_kept(connection: &Connection, after: Seq) -> Result<(), StoreError> {
    match retention::first(connection)? {
        Some(first) if after.next().0 < first => Err(StoreError::HistoryGone { first: Seq(first) }),
        _ => Ok(()),
    }
}
