//! What is known of a delivery: the ticket, how its builder ended, and where the work lies.

use go_bus_api::{ExitReport, Task};
use go_bus_client::World;

/// What was delivered.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The delivered task.
    pub task: &'a Task,
    /// How the builder that delivered it ended, and its verifications; `None` where that is not known any more.
    pub exit: Option<&'a ExitReport>,
    /// The project's folder.
    pub repo: Option<&'a str>,
}

impl<'a> Delivery<'a> {
    /// A delivery of which nothing but the ticket is known.
    pub fn of(task: &'a Task) -> Self {
        Self { task, exit: None, repo: None }
    }

    /// What `world` knows of it.
    pub fn in_world(task: &'a Task, world: &'a World) -> Self {
        let delivering = world.builders(&task.id).filter(|builder| builder.attempt == Some(task.attempt));
        let exit = delivering.filter_map(|builder| builder.exit.as_ref()).last().map(|exit| &exit.report);
        let project = world.project(&task.project);
        Self { task, exit, repo: project.and_then(|project| project.repo.as_ref()).map(|repo| repo.as_str()) }
    }
}
