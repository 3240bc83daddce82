//! What was spent: a row for each cost, and the sums by agent and by project that are kept beside them.
//!
//! Money is a decimal in text, so it is added here and not by SQL, which has no exact decimals.

use std::collections::BTreeMap;

use go_bus_api::{AgentId, CostRow, CostTotals, NewCost, ProjectId, Timestamp, Usd};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::convert::{corrupt, int, uint};
use super::snapshot::consistently;
use crate::StoreError;
use crate::query::CostAxis;

/// A sum under its key.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    usd: Usd,
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write: u64,
}

impl Sum {
    fn plus(self, cost: &NewCost) -> Self {
        Self {
            usd: self.usd + cost.usd,
            input: self.input.saturating_add(cost.input_tokens),
            output: self.output.saturating_add(cost.output_tokens),
            cache_read: self.cache_read.saturating_add(cost.cache_read_tokens),
            cache_write: self.cache_write.saturating_add(cost.cache_write_tokens),
        }
    }

    fn row(self, axis: CostAxis, id: &str) -> Result<CostRow, StoreError> {
        let (agent, project) = match axis {
            CostAxis::Agent => (Some(AgentId::new(id).map_err(corrupt)?), None),
            CostAxis::Project => (None, Some(ProjectId::new(id).map_err(corrupt)?)),
        };
        Ok(CostRow {
            agent,
            project,
            usd: self.usd,
            input_tokens: self.input,
            output_tokens: self.output,
            cache_read_tokens: self.cache_read,
            cache_write_tokens: self.cache_write,
        })
    }

    /// From `usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens`, in the columns from `first` on.
    fn read(row: &Row<'_>, first: usize) -> Result<Self, StoreError> {
        let column = |offset: usize| first.saturating_add(offset);
        let usd: String = row.get(first)?;
        Ok(Self {
            usd: usd.parse().map_err(corrupt)?,
            input: uint(row.get(column(1))?),
            output: uint(row.get(column(2))?),
            cache_read: uint(row.get(column(3))?),
            cache_write: uint(row.get(column(4))?),
        })
    }
}

fn key(axis: CostAxis, cost: &NewCost) -> &str {
    match axis {
        CostAxis::Agent => cost.agent.as_str(),
        CostAxis::Project => cost.project.as_str(),
    }
}

/// Adds a cost to both of its sums.
pub(super) fn add_to_sums(connection: &Connection, cost: &NewCost) -> Result<(), StoreError> {
    for axis in CostAxis::ALL {
        let sum = sum(connection, axis, key(axis, cost))?.plus(cost);
        put(connection, axis, key(axis, cost), sum)?;
    }
    Ok(())
}

/// What one has spent.
pub(super) fn spent(connection: &Connection, axis: CostAxis, id: &str) -> Result<Usd, StoreError> {
    Ok(sum(connection, axis, id)?.usd)
}

fn sum(connection: &Connection, axis: CostAxis, id: &str) -> Result<Sum, StoreError> {
    let sql = "SELECT usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens FROM cost_sums \
               WHERE axis = ?1 AND id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([axis.as_str(), id], |row| Ok(Sum::read(row, 0))).optional()?;
    found.unwrap_or(Ok(Sum::default()))
}

fn put(connection: &Connection, axis: CostAxis, id: &str, sum: Sum) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO cost_sums VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let tokens = [sum.input, sum.output, sum.cache_read, sum.cache_write].map(int);
    let [input, output, cache_read, cache_write] = tokens;
    let values = params![axis.as_str(), id, sum.usd.to_string(), input, output, cache_read, cache_write];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The totals along an axis: from the sums, or from the rows where only those from `since` on count.
pub(super) fn totals(
    connection: &Connection,
    axis: CostAxis,
    since: Option<Timestamp>,
) -> Result<CostTotals, StoreError> {
    let items = match since {
        None => kept(connection, axis)?,
        Some(since) => consistently(connection, |connection| from_rows(connection, axis, Some(since)))?,
    };
    let items: Vec<CostRow> = items.into_iter().map(|(id, sum)| sum.row(axis, &id)).collect::<Result<_, _>>()?;
    let total_usd = items.iter().map(|row| row.usd).sum();
    Ok(CostTotals { items, total_usd })
}

fn kept(connection: &Connection, axis: CostAxis) -> Result<BTreeMap<String, Sum>, StoreError> {
    let sql = "SELECT id, usd, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens FROM cost_sums \
               WHERE axis = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([axis.as_str()])?;
    let mut sums = BTreeMap::new();
    while let Some(row) = found.next()? {
        sums.insert(row.get(0)?, Sum::read(row, 1)?);
    }
    Ok(sums)
}

fn from_rows(
    connection: &Connection,
    axis: CostAxis,
    since: Option<Timestamp>,
) -> Result<BTreeMap<String, Sum>, StoreError> {
    let since = since.map_or(i64::MIN, Timestamp::unix_millis);
    let mut statement = connection.prepare_cached("SELECT json FROM costs WHERE at >= ?1")?;
    let mut found = statement.query([since])?;
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let json: String = row.get(0)?;
        let cost: NewCost = serde_json::from_str(&json).map_err(corrupt)?;
        let sum = sums.entry(key(axis, &cost).to_owned()).or_default();
        *sum = sum.plus(&cost);
    }
    Ok(sums)
}

/// Makes the sums from the rows: once, when a database comes from before they were kept.
pub(super) fn sum_up(connection: &Connection) -> Result<(), StoreError> {
    for axis in CostAxis::ALL {
        for (id, sum) in from_rows(connection, axis, None)? {
            put(connection, axis, &id, sum)?;
        }
    }
    Ok(())
}
