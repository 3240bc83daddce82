//! What becomes of findings, where they come from, what stands in the way, and who hears of it.

mod decision;
mod sources;
mod told;

use std::collections::BTreeMap;

use go_bus_api::{Resource, Task, Text};
use go_bus_client::World;

use super::samples::{decide, policy};
use super::*;
use crate::samples::{self};

use ImprovementKind::Tests;

pub(super) fn fleet() -> World {
    samples::world([("h1", 4)])
}

pub(super) fn with(task: Task) -> World {
    let mut world = fleet();
    world.apply(Resource::Task(task));
    world
}

pub(super) fn sentence(world: &World, policy: &ImprovementPolicy) -> String {
    decide(world, policy, 0).map(|short| short.to_string()).unwrap_or_default()
}

pub(super) fn commands(run: Option<&str>) -> CommandFindings {
    let find = Text::clipped("make lint");
    CommandFindings::new(BTreeMap::from([(Tests, ImprovementCommands { find, run: run.map(Text::clipped) })]))
}

pub(super) fn seed_sources(commands: CommandFindings) -> ImprovementPolicy {
    let sources: Vec<std::sync::Arc<dyn ImprovementSource>> = vec![
        std::sync::Arc::new(commands),
        std::sync::Arc::new(FailedChecks),
        std::sync::Arc::new(MissingRegressionTests),
    ];
    ImprovementPolicy { sources, ..policy([]) }
}
