//! `go digest`: the projects at a glance.

use go_bus_api::Digest;
use go_bus_client::BusClient;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, or_dash, print, print_json};

/// Prints the digest.
pub(super) async fn run(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let digest = client.digest().await?;
    if json {
        print_json(&digest)?
    } else {
        print(text(&digest))?
    }
    Ok(Exit::Done)
}

fn text(digest: &Digest) -> String {
    let mut table = Table::new(["PROJECT", "DONE", "UNDER WAY", "PENDING", "STUCK", "FAILED", "%", "USD"]);
    for project in &digest.projects {
        table.row([
            project.id.to_string(),
            project.done.to_string(),
            project.in_progress.to_string(),
            project.pending.to_string(),
            project.blocked.to_string(),
            project.failed.to_string(),
            project.percent.get().to_string(),
            project.cost_usd.to_string(),
        ]);
    }
    let sprint = or_dash(digest.sprint.as_ref());
    format!("{table}agents at work {} · open alerts {} · sprint {sprint}\n", digest.agents, digest.alerts_open)
}
