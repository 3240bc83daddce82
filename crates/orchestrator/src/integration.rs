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

#[cfg(test)]
mod tests {
    use go_bus_api::{Attempt, Resource, Revision, Role, Task, TaskKind, TaskState};

    use super::*;
    use crate::decide::plan;
    use crate::memory::Memory;
    use crate::plan_view::PlanView;
    use crate::policy::Policy;
    use crate::samples;

    /// A fleet with room, and this many completions.
    fn world(completions: u32) -> World {
        let ho = go_bus_api::Agent { host: Some(samples::id("h1")), ..samples::agent("ho", Role::Ho) };
        let fleet = [
            Resource::Host(samples::host("h1", 4)),
            Resource::Project(samples::project("site")),
            Resource::Agent(ho),
            Resource::Agent(samples::po("po", "site")),
        ];
        let done = |n| Task { state: TaskState::Done, attempt: Attempt(1), ..samples::task(&format!("T-{n}"), "site") };
        fleet.into_iter().chain((1..=completions).map(|n| Resource::Task(done(n)))).collect()
    }

    fn words(world: &World) -> Vec<String> {
        let now = "2026-03-21T09:00:00.000Z".parse().unwrap();
        let (policy, view) = (Policy::default(), PlanView::none(&Policy::default()));
        let mut words: Vec<String> =
            plan(&policy, world, &view, &Memory::default(), now).iter().map(ToString::to_string).collect();
        words.sort();
        words
    }

    #[test]
    fn a_run_is_made_when_it_is_due_and_says_what_it_covers_as_it_starts() {
        assert_eq!(words(&world(4)), [""; 0]);
        assert_eq!(words(&world(5)), ["create task integration-5"]);
        let run = Task { kind: TaskKind::IntegrationTest, ..samples::task("integration-5", "site") };
        let mut world = world(7);
        world.apply(Resource::Task(run.clone()));
        assert_eq!(words(&world), ["assign integration-5 to ho", "change task integration-5"]);
        let labels = vec![go_rules::integration::covers_label(7)];
        world.apply(Resource::Task(Task { labels, revision: Revision(2), ..run }));
        assert_eq!(words(&world), ["assign integration-5 to ho"]);
    }

    #[test]
    fn a_red_run_brings_its_ticket_and_the_alert() {
        let mut world = world(5);
        let (kind, state) = (TaskKind::IntegrationTest, TaskState::Failed);
        let run = Task { kind, state, attempt: Attempt(2), failures: 2, ..samples::task("integration-5", "site") };
        world.apply(Resource::Task(run));
        let expected =
            ["create task fix-integration-5", "raise L4: the integration test is red: integration-5 failed 2 times"];
        assert_eq!(words(&world), expected);
    }
}
