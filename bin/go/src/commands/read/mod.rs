//! The reading commands: what the Bus knows, as tables or JSON.

mod accounts;
mod agents;
mod alerts;
mod audit;
mod costs;
mod digest;
mod events;
mod handoff;
mod lease;
mod lease_history;
mod overview;
mod questions;
mod sprints;
mod status;
mod tasks;

use go_bus_api::{ListQuery, Page, Timestamp};
use go_bus_client::{BusClient, BusError, World};
use go_clock::{Clock, SystemClock};

use crate::cli::{AlertsCommand, AuditCommand, ReadCommand};
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::tokio_runtime;

/// Reads the Bus and prints what it says.
pub(super) fn run(command: &ReadCommand, settings: &Settings) -> Result<Exit, Failure> {
    let client = connect::client(settings)?;
    tokio_runtime::one_shot(async {
        match command {
            ReadCommand::Status { why, json } => status::run(&client, settings, why.as_ref(), json.json).await,
            ReadCommand::Agents { filter, all, json, .. } => agents::run(&client, filter, *all, json.json).await,
            ReadCommand::Tasks { filter, json } => tasks::run(&client, filter, json.json).await,
            ReadCommand::Events { follow, after, json } => events::run(settings, *follow, *after, json.json).await,
            ReadCommand::Digest { json } => digest::run(&client, json.json).await,
            ReadCommand::Alerts { command: Some(AlertsCommand::Ack { id, json }), .. } => {
                alerts::acknowledge(&client, id, json.json).await
            }
            ReadCommand::Alerts { command: None, level, all, json } => {
                alerts::list(&client, level.as_deref(), *all, json.json).await
            }
            ReadCommand::Costs { since, json } => costs::run(&client, *since, json.json).await,
            ReadCommand::Sprints { json } => sprints::run(&client, json.json).await,
            ReadCommand::Audit { command: Some(AuditCommand::Verify { json }), .. } => {
                audit::verify(&client, json.json).await
            }
            ReadCommand::Audit { command: None, filter, json } => audit::list(&client, filter, json.json).await,
            ReadCommand::Lease { json } => lease::run(&client, json.json).await,
            ReadCommand::Handoff { json } => handoff::run(&client, settings, json.json).await,
        }
    })
}

/// Every item of a list, page by page.
pub(super) async fn all<T, F>(mut query: ListQuery, page: impl Fn(ListQuery) -> F) -> Result<Vec<T>, BusError>
where
    F: Future<Output = Result<Page<T>, BusError>>,
{
    query.limit = Some(ListQuery::MAX_LIMIT);
    let mut items = Vec::new();
    loop {
        let next = page(query.clone()).await?;
        items.extend(next.items);
        match next.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(items),
        }
    }
}

/// The whole state, from one snapshot.
async fn world(client: &BusClient) -> Result<World, BusError> {
    Ok(client.snapshot().await?.1)
}

fn now() -> Timestamp {
    SystemClock.wall()
}
