//! `go task`: acts on one task as the operator.

use go_bus_api::{Task, TaskId, TaskPatch, TaskState};
use go_bus_client::BusClient;

use crate::cli::TaskCommand;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{print, print_json};
use crate::settings::Settings;
use crate::tokio_runtime;

/// Carries out `command`.
pub(super) fn run(command: &TaskCommand, settings: &Settings) -> Result<Exit, Failure> {
    let client = connect::client(settings)?;
    tokio_runtime::one_shot(async {
        let task = match command {
            // It has more to do than to ask the Bus, and a module of its own.
            TaskCommand::Add(new) => return super::task_add::run(new, settings),
            TaskCommand::Show { id, json } => return show(&client.task(id).await?, json.json),
            TaskCommand::Assign { id, agent } => client.assign(id, agent).await?,
            TaskCommand::Cancel { id } => {
                stop_builders(&client, id, Stop::Plain).await?;
                become_state(&client, id, TaskState::Cancelled).await?
            }
            TaskCommand::Hold { id } => {
                stop_builders(&client, id, Stop::Hold).await?;
                match client.task(id).await? {
                    held if held.state == TaskState::Held => held,
                    _ => become_state(&client, id, TaskState::Held).await?,
                }
            }
            TaskCommand::Retry { id } => become_state(&client, id, TaskState::Pending).await?,
            TaskCommand::Kill { id } => {
                if stop_builders(&client, id, Stop::Plain).await? == 0 {
                    return Err(Failure::failed(format!("nobody builds {id} now"), "`go status` lists what runs"));
                }
                client.task(id).await?
            }
        };
        print(format_args!("{} is {}\n", task.id, task.state.as_str()))?;
        Ok(Exit::Done)
    })
}

async fn become_state(client: &BusClient, id: &TaskId, state: TaskState) -> Result<Task, Failure> {
    Ok(client.patch_task(id, &TaskPatch { state: Some(state), ..TaskPatch::default() }).await?)
}

/// What becomes of a task whose builder is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// It goes back to the queue, uncounted.
    Plain,
    /// It is set aside.
    Hold,
}

/// Stops who builds `id` now; answers how many did.
async fn stop_builders(client: &BusClient, id: &TaskId, stop: Stop) -> Result<usize, Failure> {
    let (_, world) = client.snapshot().await?;
    let builders: Vec<_> = world.builders(id).filter(|agent| agent.state.is_live()).map(|a| a.id.clone()).collect();
    for builder in &builders {
        match stop {
            Stop::Plain => client.terminate(builder).await?,
            Stop::Hold => client.terminate_and_hold(builder).await?,
        };
    }
    Ok(builders.len())
}

fn show(task: &Task, json: bool) -> Result<Exit, Failure> {
    if json {
        print_json(task)?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{}: {}\n", task.id, task.title.as_str());
    let after: Vec<_> = task.depends_on.iter().map(ToString::to_string).collect();
    let facts = [
        ("project", Some(task.project.to_string())),
        ("state", Some(task.state.as_str().to_owned())),
        ("kind", task.category.as_ref().map(|category| category.as_str().to_owned())),
        ("priority", Some(task.priority.as_str().to_owned())),
        ("attempt", Some(format!("{} ({} of {} failures)", task.attempt, task.failures, task.max_attempts))),
        ("assignee", task.assignee.as_ref().map(ToString::to_string)),
        ("depends on", Some(after.join(", ")).filter(|after| !after.is_empty())),
        ("not before", task.not_before.map(|at| at.to_string())),
        ("run", task.run.as_ref().map(ToString::to_string)),
        ("result", task.result.as_ref().map(ToString::to_string)),
        ("error", task.error.as_ref().map(ToString::to_string)),
        ("review", task.review_notes.as_ref().map(ToString::to_string)),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            text.push_str(&format!("  {name:<11} {}\n", value.trim_end().replace('\n', "\n              ")));
        }
    }
    print(text)?;
    Ok(Exit::Done)
}
