//! `go tasks`.

use go_bus_api::{ListQuery, Task};
use go_bus_client::BusClient;

use super::all;
use crate::cli::TaskFilter;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{Table, or_dash, print, print_json};

/// Lists tasks.
pub(super) async fn run(client: &BusClient, filter: &TaskFilter, json: bool) -> Result<Exit, Failure> {
    let query = ListQuery {
        project: filter.project.clone(),
        state: filter.state.clone(),
        kind: filter.kind.clone(),
        assignee: filter.assignee.clone(),
        ..ListQuery::default()
    };
    let tasks = all(query, |query| async move { client.tasks(&query).await }).await?;
    if json {
        print_json(&tasks)?
    } else {
        print(table(&tasks))?
    }
    Ok(Exit::Done)
}

fn table(tasks: &[Task]) -> Table<7> {
    let mut table = Table::new(["TASK", "PROJECT", "STATE", "PRIORITY", "ATTEMPT", "ASSIGNEE", "TITLE"]);
    for task in tasks {
        table.row([
            task.id.to_string(),
            task.project.to_string(),
            task.state.as_str().to_owned(),
            task.priority.as_str().to_owned(),
            task.attempt.to_string(),
            or_dash(task.assignee.as_ref()),
            task.title.as_str().to_owned(),
        ]);
    }
    table
}
