//! `go sprints`.

use std::collections::HashSet;

use go_bus_api::{ListQuery, Sprint, SprintState, TaskId, TaskState};
use go_bus_client::BusClient;
use go_sprint::SprintReport;
use serde::Deserialize;

use super::{all, now};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, length, or_dash, print, print_json};

/// Lists the sprints.
pub(super) async fn run(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let sprints = all(ListQuery::default(), |query| async move { client.sprints(&query).await }).await?;
    if json {
        print_json(&sprints)?;
        return Ok(Exit::Done);
    }
    let mut lines = Vec::with_capacity(sprints.len());
    for sprint in &sprints {
        lines.push((sprint, done(client, sprint).await?));
    }
    print(table(&lines))?;
    Ok(Exit::Done)
}

/// How many tickets of `sprint` are done: by its report, or by how it stands where it is under way.
async fn done(client: &BusClient, sprint: &Sprint) -> Result<Option<usize>, Failure> {
    if sprint.state == SprintState::Closed {
        let report = sprint.report.as_ref().and_then(|report| SprintReport::deserialize(report).ok());
        return Ok(report.map(|report| report.done.len()));
    }
    let query = ListQuery {
        sprint: Some(sprint.id.to_string()),
        state: Some(TaskState::Done.as_str().to_owned()),
        ..ListQuery::default()
    };
    let tasks = all(query, |query| async move { client.tasks(&query).await }).await?;
    let batch: HashSet<&TaskId> = sprint.tickets.iter().collect();
    Ok(Some(tasks.iter().filter(|task| batch.contains(&task.id)).count()))
}

fn table(sprints: &[(&Sprint, Option<usize>)]) -> Table<7> {
    let now = now();
    let mut table = Table::new(["SPRINT", "STATE", "DONE", "BEGAN", "WINDOW", "PACE", "CARRIED OVER"]);
    for (sprint, done) in sprints {
        let window = length(sprint.ends_at.since(sprint.started_at));
        let (state, window) = match sprint.closed_at {
            Some(closed) => ("closed", format!("{} of {window}", length(closed.since(sprint.started_at)))),
            None => ("open", format!("{} of {window}", length(now.since(sprint.started_at)))),
        };
        let carried: Vec<&str> = sprint.carried.iter().map(|one| one.ticket.as_str()).collect();
        table.row([
            sprint.id.to_string(),
            state.to_owned(),
            format!("{} of {}", or_dash(*done), sprint.tickets.len()),
            format!("{} ago", ago(Some(sprint.started_at), now)),
            window,
            or_dash(sprint.pace.map(|pace| format!("{:.2}", pace.get()))),
            or_dash((!carried.is_empty()).then(|| carried.join(" "))),
        ]);
    }
    table
}
