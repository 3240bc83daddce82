//! What the planner knows of plan.yaml.

use std::sync::Arc;

use go_bus_api::{DriverKind, ProjectId, ProjectState};
use go_bus_client::World;
use go_plan::Plan;
use go_plan::reconcile::{Defaults, PlanChange, changes_since};
use go_spawn::Orchestrator;
use go_sprint::{DispatchPolicy, Planned, Ranking};

use crate::policy::Policy;

/// A version of the plan, and how far the Bus has it.
#[derive(Debug, Clone)]
pub struct PlanView {
    planned: Option<PlannedVersion>,
    dispatch: Arc<dyn DispatchPolicy>,
    settled: bool,
}

#[derive(Debug, Clone)]
struct PlannedVersion {
    plan: Plan,
    previous: Option<Plan>,
    defaults: Defaults,
}

impl PlanView {
    /// No plan: GO works on what the Bus has.
    pub fn none(policy: &Policy) -> Self {
        Self { planned: None, dispatch: (policy.dispatch)(Ranking::default()), settled: true }
    }

    /// A plan as it was read first.
    pub fn new(plan: Plan, defaults: Defaults, policy: &Policy) -> Self {
        let dispatch = (policy.dispatch)(ranking(&plan));
        Self { planned: Some(PlannedVersion { plan, previous: None, defaults }), dispatch, settled: false }
    }

    /// Takes up a newer version. The Bus is compared with it anew unless nothing but what GO writes itself has changed.
    pub fn replace(&mut self, plan: Plan, policy: &Policy) {
        let Some(planned) = &mut self.planned else { return };
        if same_demands(&planned.plan, &plan) {
            planned.plan = plan;
            return;
        }
        self.dispatch = (policy.dispatch)(ranking(&plan));
        let before = std::mem::replace(&mut planned.plan, plan);
        // While the last edit is still on its way to the Bus, the plan before both is the one to compare with.
        if self.settled || planned.previous.is_none() {
            planned.previous = Some(before);
        }
        self.settled = false;
    }

    /// The plan.
    pub fn plan(&self) -> Option<&Plan> {
        self.planned.as_ref().map(|planned| &planned.plan)
    }

    /// Who comes first.
    pub fn dispatch(&self) -> &dyn DispatchPolicy {
        &*self.dispatch
    }

    /// What the Bus lacks of this version. Nothing any more once it had all of it: from then on the Bus wins, and a tick costs
    /// nothing for a plan that stays as it is.
    pub fn changes(&self, world: &World) -> Vec<PlanChange> {
        match &self.planned {
            Some(planned) if !self.settled => {
                changes_since(planned.previous.as_ref(), &planned.plan, world, &planned.defaults)
            }
            _ => Vec::new(),
        }
    }

    /// Notes that the Bus has all of this version.
    pub fn settle(&mut self) {
        self.settled = true;
    }

    /// Compares anew: the World was made from a new snapshot.
    pub fn unsettle(&mut self) {
        self.settled = false;
    }

    /// Whether the Bus has all of this version.
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// What the plan says of what runs HOs, POs and IOs.
    pub(crate) fn seat_drivers(&self) -> Vec<(Orchestrator, DriverKind)> {
        let Some(plan) = self.plan() else { return Vec::new() };
        let pos = plan.projects.iter().map(|project| (Orchestrator::Po(project.id.clone()), project.po));
        let hos = plan.hosts.iter().map(|host| (Orchestrator::Ho(host.id.clone()), host.ho));
        let ios = plan.users.iter().map(|user| (Orchestrator::Io(user.id.clone()), user.io));
        pos.chain(hos).chain(ios).filter_map(|(who, driver)| Some((who, driver?))).collect()
    }

    /// The state that the plan gives a project.
    pub(crate) fn project_state(&self, id: &ProjectId) -> Option<ProjectState> {
        self.plan()?.projects.iter().find(|project| project.id == *id).map(|project| project.state)
    }
}

fn ranking(plan: &Plan) -> Ranking {
    Ranking::new(plan.tickets().map(|(_, ticket)| Planned {
        id: &ticket.id,
        estimate_minutes: ticket.estimate_minutes,
        depends_on: &ticket.depends_on,
    }))
}

/// Whether two versions ask for the same: they differ in `status`, `result` and `sprint` at most, which GO writes itself.
fn same_demands(one: &Plan, other: &Plan) -> bool {
    let demands = |plan: &Plan| {
        let mut plan = plan.clone();
        for ticket in plan.projects.iter_mut().flat_map(|project| &mut project.tickets) {
            (ticket.status, ticket.result, ticket.sprint) = (go_bus_api::TaskState::default(), None, None);
        }
        plan
    };
    demands(one) == demands(other)
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Resource, TaskState};

    use super::*;
    use crate::samples;

    fn view(text: &str) -> PlanView {
        PlanView::new(samples::plan(text), samples::defaults(), &Policy::default())
    }

    #[test]
    fn a_plan_asks_until_it_is_settled_and_again_after_an_edit_or_a_new_snapshot() {
        let world = World::default();
        let mut view = view(samples::ONE_TICKET);
        assert_eq!(view.changes(&world).len(), 4, "host, project, session, task");
        view.settle();
        assert!(view.changes(&world).is_empty());
        view.unsettle();
        assert!(!view.changes(&world).is_empty());
        view.settle();
        view.replace(samples::plan(&samples::ONE_TICKET.replace("An", "Another")), &Policy::default());
        assert!(!view.is_settled() && !view.changes(&world).is_empty());
    }

    #[test]
    fn what_go_writes_itself_is_no_edit() {
        let mut view = view(samples::ONE_TICKET);
        view.settle();
        let written = samples::plan(&samples::ONE_TICKET.replace("status: pending", "status: done"));
        view.replace(written, &Policy::default());
        assert!(view.is_settled());
        let status = view.plan().and_then(|plan| plan.tickets().next()).map(|(_, ticket)| ticket.status);
        assert_eq!(status, Some(TaskState::Done));
    }

    #[test]
    fn of_two_edits_in_a_row_neither_is_lost() {
        let mut view = view(samples::ONE_TICKET);
        view.settle();
        let world: World = [Resource::Task(samples::task("T-1", "site"))].into_iter().collect();
        let without = samples::ONE_TICKET.split("    tickets:").next().unwrap();
        view.replace(samples::plan(without), &Policy::default());
        view.replace(samples::plan(&without.replace("site", "place")), &Policy::default());
        let cancelled = view.changes(&world).contains(&PlanChange::CancelTask(samples::id("T-1")));
        assert!(cancelled, "the ticket that the first edit removed is still on the Bus");
    }
}
