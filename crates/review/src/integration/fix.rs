//! The one ticket that mends what a red run found.

use go_bus_api::{Category, NewTask, Priority, Role, Task, TaskId, TaskState, Text, Timestamp};
use go_bus_client::World;
use go_rules::integration::{covered, fix_id};

use super::{IntegrationPolicy, run, words};

/// The ticket that is missing: the last run is red, no ticket that mends is open or given up, none was done since, and no later run is
/// about to tell more.
pub(super) fn due(world: &World, policy: &IntegrationPolicy) -> Option<NewTask> {
    let red = world.red_run()?;
    let id = fix_id(&red.id)?;
    let is_made = world.task_state(&id).is_some();
    let is_to_be_seen = run::is_open(world) || (is_mended(world) && world.completions() > world.covered_completions());
    if is_made || is_to_be_seen || unresolved(world).is_some() {
        return None;
    }
    Some(NewTask {
        id: Some(id),
        description: description(world, red),
        category: Some(Category::from("fix".to_owned())),
        priority: Priority::P0,
        role: Some(Role::Specialist),
        run: policy.fix_command.clone(),
        ..NewTask::ticket(red.project.clone(), title(red))
    })
}

/// Whether what mends the last red run is done: it is time to see.
pub(super) fn is_mended(world: &World) -> bool {
    let Some(red) = world.red_run() else { return false };
    let since = |end: Timestamp| red.finished_at.is_none_or(|failed| end >= failed);
    unresolved(world).is_none()
        && fixes(world).any(|fix| world.past_task(&fix).and_then(|past| past.finished_at).is_some_and(since))
}

/// A ticket of this red time that is neither done nor cancelled; one that has failed waits for somebody's decision.
pub(super) fn unresolved(world: &World) -> Option<(TaskId, TaskState)> {
    let mut states = fixes(world).filter_map(|id| world.task_state(&id).map(|state| (id, state)));
    states.find(|(_, state)| !state.is_final())
}

/// What the tickets of the red runs since the last green one are called, whether they were made or not.
fn fixes(world: &World) -> impl Iterator<Item = TaskId> {
    let red = |run: &&Task| run.state == TaskState::Failed && covered(run) > Some(world.green_completions());
    world.integration_tests().filter(red).filter_map(|run| fix_id(&run.id))
}

fn title(red: &Task) -> Text<512> {
    Text::clipped(&format!("Fix what {} found", red.id))
}

fn description(world: &World, red: &Task) -> Text<65536> {
    let command = red.run.as_ref().map_or("", |run| run.as_str());
    let to = covered(red).unwrap_or_default();
    let suspects = words::completions(world, world.green_completions(), to);
    let output = red.error.as_ref().map_or("", |error| error.as_str());
    Text::clipped(&format!(
        "The full integration test `{command}` failed {} times in {}. Completed since the last green run: {suspects}.\n\
         Nothing is pushed until it is green again; the next run starts as soon as this ticket is done.\n\nIts output ends with:\n\n{output}",
        red.failures, red.id
    ))
}
