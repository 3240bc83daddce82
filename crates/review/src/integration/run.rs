//! When a run is due, and what it covers.

use go_bus_api::{NewTask, Priority, Project, ProjectState, Task, TaskPatch, TaskState, Text};
use go_bus_client::World;
use go_rules::integration::{covered, covers_label, is_covers_label, run_id};

use super::{IntegrationPolicy, fix, words};

/// A red run is run once more before it is believed.
const ATTEMPTS: u32 = 2;

/// The next run, where one is due: enough is completed that no run covers, or what mends the last one is done; and no other is open.
pub(super) fn due(world: &World, policy: &IntegrationPolicy) -> Option<NewTask> {
    let (completed, covered) = (world.completions(), world.covered_completions());
    let enough = completed.saturating_sub(covered) >= u64::from(policy.every);
    let is_due = enough || (completed > covered && fix::is_mended(world));
    if !is_due || is_open(world) {
        return None;
    }
    let project = project(world)?;
    // Somebody else's task may have the name; the run after the next completion has another.
    let id = run_id(completed).filter(|id| world.task_state(id).is_none())?;
    Some(NewTask {
        id: Some(id),
        kind: go_bus_api::TaskKind::IntegrationTest,
        description: description(world, covered, completed),
        priority: Priority::P0,
        max_attempts: ATTEMPTS,
        labels: vec![covers_label(completed)],
        run: Some(policy.command.clone()),
        ..NewTask::ticket(project.id.clone(), title(covered, completed))
    })
}

/// Whether a run waits or is under way, ours or somebody else's: one runs at a time.
pub(super) fn is_open(world: &World) -> bool {
    world.integration_tests().any(|run| run.state != TaskState::Failed)
}

/// In whose folder it runs: the first active project by id, one that has a folder first.
fn project(world: &World) -> Option<&Project> {
    let active = world.projects().filter(|project| project.state == ProjectState::Active);
    active.min_by_key(|project| (project.repo.is_none(), project.id.clone()))
}

pub(super) fn at_start(world: &World, run: &Task) -> Option<TaskPatch> {
    let (said, completed) = (covered(run)?, world.completions());
    if completed <= said {
        return None;
    }
    let before = world.covered_without(&run.id);
    let mut labels: Vec<_> = run.labels.iter().filter(|label| !is_covers_label(label)).cloned().collect();
    labels.push(covers_label(completed));
    Some(TaskPatch {
        title: Some(title(before, completed)),
        description: Some(description(world, before, completed)),
        labels: Some(labels),
        ..TaskPatch::default()
    })
}

fn title(from: u64, to: u64) -> Text<512> {
    Text::clipped(&format!("Integration test of completions {} to {to}", from.saturating_add(1)))
}

fn description(world: &World, from: u64, to: u64) -> Text<65536> {
    let since = match (from, world.green_completions()) {
        (0, _) => "It is the first run.".to_owned(),
        (from, 0) => format!("The run before covered {from}; none was green yet."),
        (from, green) if from == green => format!("The run before covered {from}, and was green."),
        (from, green) => format!("The run before covered {from}; the last green one {green}."),
    };
    Text::clipped(&format!("Covers completions {}.\n{since}", words::completions(world, from, to)))
}
