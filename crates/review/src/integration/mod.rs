//! The integration test (R25): when a run is due, what a red one brings, and what is said where there is none to run.
//!
//! Everything follows from the World: what is completed and which run covered how much of it are on the Bus, so a successor comes to
//! the same steps, and one that is done twice is refused as already so.

mod alerts;
mod fix;
mod policy;
mod run;
mod words;

use go_bus_api::{NewAlert, NewTask, TaskId, TaskPatch};
use go_bus_client::World;

pub use policy::IntegrationPolicy;

/// Something that is missing on the Bus.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a step is made, performed and dropped; boxing would buy nothing")]
pub enum Step {
    /// A run that is due, or the ticket that mends what a red one found.
    Create(NewTask),
    /// What somebody has to hear of.
    Raise(NewAlert),
}

/// What is missing now; nothing where the policy turns the integration test off.
pub fn steps(world: &World, policy: &IntegrationPolicy) -> Vec<Step> {
    if !policy.is_on() {
        return Vec::new();
    }
    let tasks = fix::due(world, policy).into_iter().chain(run::due(world, policy)).map(Step::Create);
    tasks.chain(alerts::due(world).map(Step::Raise)).collect()
}

/// What a run that starts now has to say first: it covers all that is completed by then. `None` where `task` is no run, or says so
/// already.
pub fn at_start(world: &World, task: &TaskId) -> Option<TaskPatch> {
    run::at_start(world, world.task(task)?)
}

/// The ticket that is to mend a red run and has not: open, or given up.
pub fn open_fix(world: &World) -> Option<TaskId> {
    fix::unresolved(world).map(|(fix, _)| fix)
}

#[cfg(test)]
mod tests;
