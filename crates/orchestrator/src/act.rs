//! Performs actions: one request each, no choices.

use std::collections::HashMap;

use go_bus_api::{NewTask, Resource, TaskId, TaskPatch, TaskState};
use go_bus_client::{BusClient, BusError};
use go_plan::reconcile::PlanChange;

use crate::action::Action;

/// How many requests are under way at once: what one group commit of the Bus takes well.
pub(crate) const AT_ONCE: usize = 64;

/// Performs `action`, and tells what it became on the Bus.
pub(crate) async fn perform(action: &Action, bus: &BusClient) -> Result<Resource, BusError> {
    match action {
        Action::Change(change) => bring(change, bus).await,
        Action::OpenAccount(account) => bus.create_account(account).await.map(Resource::Account),
        Action::ChangeAccount { account, patch } => bus.patch_account(account, patch).await.map(Resource::Account),
        Action::Spawn { request, .. } => bus.spawn(request).await.map(Resource::Agent),
        Action::End(agent) => bus.terminate(agent).await.map(Resource::Agent),
        Action::Assign { task, assignee, .. } => bus.assign(task, assignee).await.map(Resource::Task),
        Action::OpenSprint(sprint) => bus.create_sprint(sprint).await.map(Resource::Sprint),
        Action::JoinSprint { task, sprint } => {
            let join = TaskPatch { sprint: Some(sprint.clone()), ..TaskPatch::default() };
            bus.patch_task(task, &join).await.map(Resource::Task)
        }
        Action::CloseSprint { sprint, close } => bus.close_sprint(sprint, close).await.map(Resource::Sprint),
        Action::Create(task) => bus.create_task(task).await.map(Resource::Task),
        Action::Raise(alert) => bus.raise_alert(alert).await.map(Resource::Alert),
        Action::Send(message) => bus.send_message(message).await.map(Resource::Message),
        Action::Acknowledge(message) => bus.acknowledge_message(message).await.map(Resource::Message),
        Action::Fail { task, body } => bus.fail(task, body).await.map(Resource::Task),
        Action::Rotate { request, .. } => bus.spawn(request).await.map(Resource::Agent),
    }
}

async fn bring(change: &PlanChange, bus: &BusClient) -> Result<Resource, BusError> {
    match change {
        PlanChange::CreateHost(host) => bus.create_host(host).await.map(Resource::Host),
        PlanChange::PatchHost(id, patch) => bus.patch_host(id, patch).await.map(Resource::Host),
        PlanChange::CreateProject(project) => bus.create_project(project).await.map(Resource::Project),
        PlanChange::PatchProject(id, patch) => bus.patch_project(id, patch).await.map(Resource::Project),
        PlanChange::OpenSession(session) => bus.open_session(session).await.map(Resource::Session),
        PlanChange::CreateTask(task) => bus.create_task(task).await.map(Resource::Task),
        PlanChange::PatchTask(id, patch) => bus.patch_task(id, patch).await.map(Resource::Task),
        PlanChange::CancelTask(id) => {
            let cancel = TaskPatch { state: Some(TaskState::Cancelled), ..TaskPatch::default() };
            bus.patch_task(id, &cancel).await.map(Resource::Task)
        }
    }
}

/// The actions in stages: what is in one may be performed all at once, after the stages before it. Hosts, projects and sessions
/// come first; a new task comes after those it depends on; patches and cancellations of tasks come after that, for they may be about
/// new ones; and assignments last, so that what starts is as the plan has it now. `actions` have what is referred to before what refers to it, as the plan's changes do.
pub(crate) fn stages(actions: Vec<Action>) -> Vec<Vec<Action>> {
    let mut depth: HashMap<TaskId, usize> = HashMap::new();
    let mut stages: Vec<Vec<Action>> = Vec::new();
    let (mut last, mut starts) = (Vec::new(), Vec::new());
    for action in actions {
        let stage = match &action {
            Action::Change(PlanChange::PatchTask(..) | PlanChange::CancelTask(_)) | Action::JoinSprint { .. } => {
                last.push(action);
                continue;
            }
            Action::Assign { .. } => {
                starts.push(action);
                continue;
            }
            other => created(other).map_or(0, |task| after_what_it_depends_on(task, &mut depth)),
        };
        if stages.len() <= stage {
            stages.resize_with(stage.saturating_add(1), Vec::new);
        }
        if let Some(stage) = stages.get_mut(stage) {
            stage.push(action);
        }
    }
    stages.extend([last, starts]);
    stages.retain(|stage| !stage.is_empty());
    stages
}

/// The task that this makes.
fn created(action: &Action) -> Option<&NewTask> {
    match action {
        Action::Change(PlanChange::CreateTask(task)) => Some(task),
        Action::Create(task) => Some(task),
        _ => None,
    }
}

/// The stage of a new task: the one after those of the new tasks that it depends on.
fn after_what_it_depends_on(task: &NewTask, depth: &mut HashMap<TaskId, usize>) -> usize {
    let before = task.depends_on.iter().filter_map(|id| depth.get(id)).max().copied().unwrap_or(0);
    let own = before.saturating_add(1);
    if let Some(id) = &task.id {
        depth.insert(id.clone(), own);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_view::PlanView;
    use crate::policy::Policy;
    use crate::samples;

    #[test]
    fn what_refers_comes_after_what_it_refers_to_and_everything_else_at_once() {
        let plan = samples::plan(samples::DIAMOND);
        let view = PlanView::new(plan, samples::defaults(), &Policy::default());
        let actions = view.changes(&go_bus_client::World::default()).into_iter().map(Action::Change);
        let stages = stages(actions.collect());
        let words: Vec<Vec<String>> =
            stages.iter().map(|stage| stage.iter().map(ToString::to_string).collect()).collect();
        let expected: [&[&str]; 4] = [
            &["create host localhost", "create project site", "open a session for operator"],
            &["create task A"],
            &["create task B", "create task C"],
            &["create task D"],
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn what_starts_is_as_the_plan_has_it_now() {
        let patch = Action::Change(PlanChange::PatchTask(samples::id("A"), TaskPatch::default()));
        let (task, project, assignee) = (samples::id("A"), samples::id("site"), samples::id("a-1"));
        let assign = Action::Assign { task, attempt: go_bus_api::Attempt(0), project, assignee };
        assert_eq!(stages(vec![assign.clone(), patch.clone()]), [vec![patch], vec![assign]]);
    }
}
