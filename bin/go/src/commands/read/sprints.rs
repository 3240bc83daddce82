//! `go sprints`.

use go_bus_api::{ListQuery, Sprint, SprintState};
use go_bus_client::BusClient;

use super::{all, now};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, ago, length, or_dash, print, print_json};

/// Lists the sprints.
pub(super) async fn run(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let sprints = all(ListQuery::default(), |query| async move { client.sprints(&query).await }).await?;
    if json {
        print_json(&sprints)?
    } else {
        print(table(&sprints))?
    }
    Ok(Exit::Done)
}

fn table(sprints: &[Sprint]) -> Table<6> {
    let now = now();
    let mut table = Table::new(["SPRINT", "STATE", "TICKETS", "BEGAN", "LENGTH", "PACE"]);
    for sprint in sprints {
        let state = if sprint.state == SprintState::Open { "open" } else { "closed" };
        table.row([
            sprint.id.to_string(),
            state.to_owned(),
            sprint.tickets.len().to_string(),
            format!("{} ago", ago(Some(sprint.started_at), now)),
            length(sprint.closed_at.unwrap_or(sprint.ends_at).since(sprint.started_at)),
            or_dash(sprint.pace.map(|pace| format!("{:.2}", pace.get()))),
        ]);
    }
    table
}
