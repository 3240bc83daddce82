//! The table at the end of a run.

use go_bus_api::{Project, TaskState};
use go_bus_client::World;

use super::frame::counts;
use crate::render::Table;

/// What became of each project.
pub(crate) fn summary(world: &World) -> String {
    let mut table = Table::new(["PROJECT", "DONE", "FAILED", "STUCK", "OPEN"]);
    let row = |project: &Project| {
        let (done, all) = counts(world, project);
        let failed = world.count_of(&project.id, TaskState::Failed);
        let stuck = world.count_of(&project.id, TaskState::Blocked) + world.count_of(&project.id, TaskState::Held);
        let open = all.saturating_sub(done + failed + stuck);
        [project.id.to_string(), format!("{done} of {all}"), failed.to_string(), stuck.to_string(), open.to_string()]
    };
    for project in world.projects() {
        table.row(row(project));
    }
    table.to_string()
}
