//! `go audit`: what was done and by whom, and whether the log of it is whole.

use go_bus_api::{AuditEntry, AuditQuery, ListQuery};
use go_bus_client::BusClient;

use super::now;
use crate::cli::AuditFilter;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{or_dash, print, print_json, printable};

/// Prints the entries that fit, a page at a time; as JSON Lines, since there may be many.
pub(super) async fn list(client: &BusClient, filter: &AuditFilter, json: bool) -> Result<Exit, Failure> {
    let mut query = AuditQuery {
        limit: Some(ListQuery::MAX_LIMIT),
        cursor: None,
        actor: filter.actor.clone(),
        action: filter.action.clone(),
        since: filter.since.map(|since| since.instant(now())),
    };
    loop {
        let page = client.audit(&query).await?;
        for entry in &page.items {
            if json { print_json(entry)? } else { print(line(entry))? }
        }
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return Ok(Exit::Done);
        }
    }
}

fn line(entry: &AuditEntry) -> String {
    let (actor, action) = (entry.actor.as_str(), entry.action.as_str());
    let text = format!("{} {:>6} {action:<20} {} by {actor}", entry.at, entry.seq.0, or_dash(entry.subject.as_ref()));
    format!("{}\n", printable(&text))
}

/// Says whether the log is whole; a failure where it is not.
pub(super) async fn verify(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let found = client.verify_audit().await?;
    if json {
        print_json(&found)?;
    } else if found.ok {
        print(format_args!("the audit log is whole, all {} entries\n", found.entries))?;
    }
    match found.first_bad {
        None => Ok(Exit::Done),
        Some(bad) => Err(Failure::failed(
            format!("the audit log was changed: entry {bad} does not fit the one before it"),
            "compare the database with a backup from before that entry",
        )),
    }
}
