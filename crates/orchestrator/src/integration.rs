//! The integration test as GO's actions (R25): what is missing of it, and what a run says before it starts.

use go_bus_client::World;
use go_plan::reconcile::PlanChange;
use go_review::integration::{IntegrationPolicy, Step, at_start, steps};

use crate::action::Action;

/// What is missing now, and what the runs among `starts` have to say first.
pub(crate) fn actions(policy: &IntegrationPolicy, world: &World, starts: &[Action]) -> Vec<Action> {
    let missing = steps(world, policy).into_iter().map(|step| match step {
        Step::Create(task) => Action::Create(Box::new(task)),
        Step::Raise(alert) => Action::Raise(Box::new(alert)),
    });
    let said = starts.iter().filter_map(|action| match action {
        Action::Assign { task, .. } => {
            Some(Action::Change(PlanChange::PatchTask(task.clone(), at_start(world, task)?)))
        }
        _ => None,
    });
    missing.chain(said).collect()
}
