//! The digest: counts straight from the indexes.

use std::collections::BTreeMap;

use go_bus_api::{Digest, Percent, ProjectId, ProjectProgress, SprintId, TaskState, Timestamp, Usd};
use rusqlite::{Connection, OptionalExtension};

use super::convert::{corrupt, uint};
use super::rows::word;
use super::snapshot::consistently;
use crate::StoreError;

/// Makes the digest from one read transaction.
pub(super) fn make(connection: &Connection, now: Timestamp) -> Result<Digest, StoreError> {
    consistently(connection, |connection| {
        Ok(Digest {
            generated_at: now,
            sprint: open_sprint(connection)?,
            projects: projects(connection)?,
            agents: count(connection, "SELECT count(*) FROM agents WHERE open = 1 AND task IS NOT NULL")?,
            alerts_open: count(connection, "SELECT count(*) FROM alerts WHERE state = 'open'")?,
        })
    })
}

fn count(connection: &Connection, sql: &str) -> Result<u64, StoreError> {
    Ok(uint(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
}

fn open_sprint(connection: &Connection) -> Result<Option<SprintId>, StoreError> {
    let sql = "SELECT id FROM sprints WHERE state = 'open' ORDER BY ord DESC LIMIT 1";
    let id: Option<String> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    id.map(|id| SprintId::new(id).map_err(corrupt)).transpose()
}

/// Each project in the order of creation, with its tickets and improvements counted.
fn projects(connection: &Connection) -> Result<Vec<ProjectProgress>, StoreError> {
    let mut counts = tasks_by_state(connection)?;
    let sql =
        "SELECT id, (SELECT usd FROM cost_sums WHERE axis = 'project' AND id = projects.id) FROM projects ORDER BY ord";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut projects = Vec::new();
    while let Some(row) = found.next()? {
        let (id, usd): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let cost = usd.map_or(Ok(Usd::ZERO), |usd| usd.parse().map_err(corrupt))?;
        let states = counts.remove(&id).unwrap_or_default();
        projects.push(progress(ProjectId::new(id).map_err(corrupt)?, &states, cost));
    }
    Ok(projects)
}

type States = Vec<(TaskState, u64)>;

fn tasks_by_state(connection: &Connection) -> Result<BTreeMap<String, States>, StoreError> {
    let sql = "SELECT project, state, count(*) FROM tasks WHERE kind IN ('ticket', 'improvement') \
               GROUP BY project, state";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut counts: BTreeMap<String, States> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let state: String = row.get(1)?;
        counts.entry(row.get(0)?).or_default().push((word(&state)?, uint(row.get(2)?)));
    }
    Ok(counts)
}

fn progress(id: ProjectId, states: &States, cost_usd: Usd) -> ProjectProgress {
    let sum = |wanted: &[TaskState]| {
        states.iter().filter(|(state, _)| wanted.contains(state)).fold(0_u64, |sum, (_, n)| sum.saturating_add(*n))
    };
    let done = sum(&[TaskState::Done]);
    let all = sum(&TaskState::ALL).saturating_sub(sum(&[TaskState::Cancelled]));
    ProjectProgress {
        id,
        done,
        in_progress: sum(&[TaskState::InProgress, TaskState::InReview, TaskState::Waiting]),
        pending: sum(&[TaskState::Pending, TaskState::ChangesRequested]),
        blocked: sum(&[TaskState::Blocked, TaskState::Held]),
        failed: sum(&[TaskState::Failed]),
        percent: Percent::of(done, all),
        cost_usd,
        eta: None,
    }
}
