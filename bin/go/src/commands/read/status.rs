//! `go status`: the fleet at a glance, or why one task is where it is.

use go_bus_api::{Task, TaskId};
use go_bus_client::BusClient;
use go_orchestrator::Explanation;
use go_sprint::improvement::shortfall;

use super::overview::Overview;
use super::{now, world};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{print, print_json};
use crate::settings::Settings;
use crate::waiting::reasons;

/// Prints the overview, or the explanation of `why`.
pub(super) async fn run(
    client: &BusClient,
    settings: &Settings,
    why: Option<&TaskId>,
    json: bool,
) -> Result<Exit, Failure> {
    let world = world(client).await?;
    let (now, limits) = (now(), settings.limits());
    if let Some(id) = why {
        let unknown = || Failure::failed(format!("there is no task {id}"), "`go tasks` lists them");
        explain(&go_orchestrator::why(&world, id, &limits, now).ok_or_else(unknown)?, json)?;
        return Ok(Exit::Done);
    }
    let why = |task: &Task| reasons(&world, task, &limits, now);
    let short = shortfall(&world, &settings.improvement_policy(), &limits, now);
    let below_min = short.map(|short| short.to_string());
    let overview = Overview::new(client.lease().await?, &world, now, below_min, why);
    if json {
        print_json(&overview)?
    } else {
        print(overview)?
    }
    Ok(Exit::Done)
}

fn explain(explanation: &Explanation, json: bool) -> Result<(), Failure> {
    if !json {
        return print(format_args!("{explanation}\n"));
    }
    let Explanation { task, state, because } = explanation;
    print_json(&serde_json::json!({ "task": task, "state": state, "because": because }))
}
