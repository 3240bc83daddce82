//! Activation (R32): the bootstrap skill, and the loaded skills that have a command, are run as tasks of an HO before anything starts.

use std::collections::BTreeSet;

use go_bus_api::{HostState, NewTask, Priority, ProjectState, TaskId, TaskKind, TaskPatch, TaskState, Text};
use go_bus_client::World;
use go_plan::reconcile::PlanChange;
use go_rules::placement;
use go_spawn::Orchestrator;
use go_steward::{Library, SkillRun};

use crate::action::Action;

/// What has to be run before anything starts, and how far that is. It is made anew for each tenure; the tasks' ids follow from the
/// skills and the host's boot, so a successor finds what its predecessor ran and runs nothing twice.
#[derive(Debug, Clone, Default)]
pub struct Activation {
    runs: Vec<SkillRun>,
    bootstrap: Option<String>,
    /// The tasks, once it is known where they run; in their order.
    tasks: Vec<SkillTask>,
    /// Those that had failed before this tenure: they are run anew once.
    again: BTreeSet<TaskId>,
}

/// The task of a skill.
#[derive(Debug, Clone, PartialEq)]
struct SkillTask {
    id: TaskId,
    new: NewTask,
    is_bootstrap: bool,
}

/// The bootstrap skill has failed: nothing starts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bootstrap skill failed, so nothing was started: task {task}: {error}")]
pub struct BootstrapFailed {
    /// Its task.
    pub task: TaskId,
    /// How it failed, with the end of its output.
    pub error: String,
}

impl Activation {
    /// What `library` has to be run.
    pub fn of(library: &Library) -> Self {
        let bootstrap = library.bootstrap().map(|skill| skill.id.clone());
        Self { runs: library.activation(), bootstrap, ..Self::default() }
    }

    /// Takes note of the World: where the skills run is settled once, for the tenure, or until that host is gone before they have; and what was
    /// run anew is not again.
    pub fn observe(&mut self, world: &World) {
        let is_unsettled = !self.runs.is_empty() && (self.tasks.is_empty() || self.waits_for_a_host(world));
        if let Some(tasks) = is_unsettled.then(|| tasks(&self.runs, self.bootstrap.as_deref(), world)).flatten() {
            self.tasks = tasks;
            let failed = self.tasks.iter().filter(|task| has_failed(world, &task.id)).map(|task| task.id.clone());
            self.again = failed.collect();
        }
        self.again.retain(|id| has_failed(world, id));
    }

    /// Whether something is still to be run on a host that is not to be had: its lease is over, or it is active no more.
    fn waits_for_a_host(&self, world: &World) -> bool {
        let host = self.tasks.iter().find_map(|task| task.new.host.as_ref()).and_then(|host| world.host(host));
        let is_there = host.is_some_and(|host| host.boot_id.is_some() && host.state == HostState::Active);
        !is_there && !self.is_over(world)
    }

    /// Whether everything may start: the bootstrap skill is done (or the operator cancelled it), and the others have ended.
    pub fn is_over(&self, world: &World) -> bool {
        let has_ended = |task: &SkillTask| match world.task_state(&task.id) {
            Some(TaskState::Done | TaskState::Cancelled) => true,
            Some(TaskState::Failed | TaskState::Blocked) => !task.is_bootstrap && !self.again.contains(&task.id),
            _ => false,
        };
        self.runs.is_empty() || (!self.tasks.is_empty() && self.tasks.iter().all(has_ended))
    }

    /// Whether the bootstrap skill has failed in this tenure.
    pub fn failure(&self, world: &World) -> Option<BootstrapFailed> {
        let mut failed = self.tasks.iter().filter(|task| task.is_bootstrap && !self.again.contains(&task.id));
        let task = failed.find(|task| has_failed(world, &task.id))?;
        let error = world.task(&task.id).and_then(|task| task.error.as_ref());
        Some(BootstrapFailed { task: task.id.clone(), error: error.map(ToString::to_string).unwrap_or_default() })
    }

    /// `actions` without what has to wait, and with what activation itself needs. While it is under way the plan is brought to the
    /// Bus and HOs are spawned; what runs already goes on.
    pub(crate) fn gate(&self, world: &World, mut actions: Vec<Action>) -> Vec<Action> {
        if self.is_over(world) {
            return actions;
        }
        actions.retain(|action| self.may_go(action));
        actions.extend(self.tasks.iter().filter_map(|task| self.step(world, task)));
        actions
    }

    fn may_go(&self, action: &Action) -> bool {
        match action {
            Action::Assign { task, .. } => self.tasks.iter().any(|known| known.id == *task),
            Action::Spawn { orchestrator, .. } => matches!(orchestrator, Orchestrator::Ho(_)),
            Action::OpenSprint(_) | Action::JoinSprint { .. } | Action::Create(_) => false,
            _ => true,
        }
    }

    fn step(&self, world: &World, task: &SkillTask) -> Option<Action> {
        match world.task_state(&task.id) {
            None => Some(Action::Create(Box::new(task.new.clone()))),
            Some(_) if self.again.contains(&task.id) => {
                let patch = TaskPatch { state: Some(TaskState::Pending), ..TaskPatch::default() };
                Some(Action::Change(PlanChange::PatchTask(task.id.clone(), patch)))
            }
            Some(_) => None,
        }
    }
}

fn has_failed(world: &World, id: &TaskId) -> bool {
    matches!(world.task_state(id), Some(TaskState::Failed | TaskState::Blocked))
}

/// The tasks: on the first open host whose boot is known, as part of the first active project. `None` while there is none of these.
fn tasks(runs: &[SkillRun], bootstrap: Option<&str>, world: &World) -> Option<Vec<SkillTask>> {
    let open = placement::open(world.hosts());
    let host = open.into_iter().filter(|host| host.boot_id.is_some()).min_by_key(|host| &host.id)?;
    let boot = host.boot_id.as_ref()?;
    let active = world.projects().filter(|project| project.state == ProjectState::Active);
    let project = active.map(|project| &project.id).min()?;
    let mut before: Option<TaskId> = None;
    let mut tasks = Vec::new();
    for run in runs {
        let Some(id) = run.task(boot.as_ref()) else { continue };
        let new = NewTask {
            id: Some(id.clone()),
            description: Text::clipped(&run.description),
            kind: TaskKind::Delegation,
            priority: Priority::P0,
            max_attempts: 1,
            depends_on: before.iter().cloned().collect(),
            host: Some(host.id.clone()),
            run: Some(Text::clipped(&run.command)),
            ..NewTask::ticket(project.clone(), Text::clipped(&format!("Run the skill {}", run.skill)))
        };
        let is_bootstrap = bootstrap == Some(run.skill.as_str());
        if is_bootstrap {
            before = Some(id.clone());
        }
        tasks.push(SkillTask { id, new, is_bootstrap });
    }
    Some(tasks)
}

#[cfg(test)]
mod tests;
