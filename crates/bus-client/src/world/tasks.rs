//! Tasks, by state, project, assignee, and by what they depend on or review.

use std::collections::BTreeSet;
use std::sync::Arc;

use go_bus_api::{
    AgentId, Attempt, Priority, ProjectId, Revision, SprintId, Task, TaskId, TaskKind, TaskState, Timestamp,
};

use super::completions::{Completions, Runs};
use super::finished::Finished;
use super::improvements::{ImprovementRecord, Improvements};
use super::index::Index;
use super::past::{PastTask, PastTasks};
use super::scope::Scope;
use super::table::{Put, Table};

/// Every task: those that may yet change and are in scope as they are, the others as [`PastTask`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tasks {
    scope: Scope,
    rows: Table<Task>,
    past: PastTasks,
    by_state: Index<TaskState, TaskId>,
    open_by_assignee: Index<AgentId, TaskId>,
    by_project: Index<(ProjectId, TaskState), TaskId>,
    dependents: Index<TaskId, TaskId>,
    /// The reviews, past ones too, of tasks that are not past.
    reviews: Index<TaskId, TaskId>,
    /// Those that may be assigned as far as their state and what they depend on go.
    unblocked: BTreeSet<TaskId>,
    /// Those of them that are no tickets.
    unblocked_others: BTreeSet<TaskId>,
    /// Those of them that are tickets of the highest priority.
    unblocked_urgent: BTreeSet<TaskId>,
    /// Those of them that ask for a capability.
    unblocked_asking: BTreeSet<TaskId>,
    /// Past ones of sprints under way.
    finished: Finished,
    improvements: Improvements,
    /// When a past task last came to its end.
    last_end: Option<Timestamp>,
    pub(super) completions: Completions,
    pub(super) runs: Runs,
}

/// Who answers for an open task.
fn assignee(task: &Task) -> Option<&AgentId> {
    task.assignee.as_ref().filter(|_| task.state.is_open())
}

fn place(task: &Task) -> (ProjectId, TaskState) {
    (task.project.clone(), task.state)
}

fn depends_on(task: Option<&Task>) -> &[TaskId] {
    task.map(|task| task.depends_on.as_slice()).unwrap_or_default()
}

impl Tasks {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }

    /// Takes `task` where it is newer; `is_of_old` where no sprint under way can have it.
    pub(super) fn put(&mut self, task: Task, is_of_old: bool) -> bool {
        let known = self.head(&task.id);
        if known.is_some_and(|(_, revision)| revision >= task.revision) {
            return false;
        }
        let (id, is_done) = (task.id.clone(), task.state == TaskState::Done);
        let was_done = known.is_some_and(|(state, _)| state == TaskState::Done);
        self.index_review(&task);
        if task.state.is_final() && !is_of_old {
            self.finished.put(&task);
        } else {
            self.finished.remove(&id);
        }
        self.improvements.note(&task);
        self.runs.note(&task);
        if is_done && !was_done {
            self.completions.note(&task);
        }
        if self.scope.keeps(&task) {
            self.keep(task)
        } else {
            self.pack(&task)
        }
        if was_done != is_done {
            let behind: Vec<Arc<Task>> = self.dependents.get(&id).filter_map(|id| self.rows.shared(id)).collect();
            behind.iter().for_each(|task| self.judge(task));
        }
        true
    }

    /// Keeps `task` as it is.
    fn keep(&mut self, task: Task) {
        self.past.remove(&task.id);
        let Some(Put { old, new }) = self.rows.put(task) else { return };
        self.index(&new.id, old.as_deref(), Some(&new));
        self.judge(&new);
    }

    /// Keeps of `task` what is kept of the past.
    fn pack(&mut self, task: &Task) {
        let old = self.rows.remove(&task.id);
        self.index(&task.id, old.as_deref(), None);
        self.set_unblocked(task, false);
        self.last_end = self.last_end.max(task.finished_at.filter(|_| task.state.is_final()));
        self.past.put(&PastTask::from(task));
    }

    /// Moves `id` from where it was to where it is; a past one is nowhere.
    fn index(&mut self, id: &TaskId, old: Option<&Task>, new: Option<&Task>) {
        if old.map(place) != new.map(place) {
            self.by_state.shift(id, old.map(|task| &task.state), new.map(|task| &task.state));
            self.by_project.shift(id, old.map(place).as_ref(), new.map(place).as_ref());
        }
        if old.and_then(assignee) != new.and_then(assignee) {
            self.open_by_assignee.shift(id, old.and_then(assignee), new.and_then(assignee));
        }
        if depends_on(old) != depends_on(new) {
            self.dependents.shift(id, depends_on(old), depends_on(new));
        }
    }

    /// Nobody asks for the reviews of a task that is past. What a task reviews never changes.
    fn index_review(&mut self, task: &Task) {
        if let Some(reviewed) = &task.review_of
            && !self.state(reviewed).is_some_and(TaskState::is_final)
        {
            self.reviews.shift(&task.id, [], [reviewed]);
        }
        if task.state.is_final() {
            self.reviews.clear(&task.id);
        }
    }

    /// Puts `task` among the unblocked, or takes it out.
    fn judge(&mut self, task: &Task) {
        let done = |id: &TaskId| self.state(id) == Some(TaskState::Done);
        let is_unblocked = task.state.is_assignable() && task.depends_on.iter().all(done);
        self.set_unblocked(task, is_unblocked);
    }

    fn set_unblocked(&mut self, task: &Task, is_unblocked: bool) {
        let is_ticket = task.kind == TaskKind::Ticket;
        let among = [
            (&mut self.unblocked, true),
            (&mut self.unblocked_others, !is_ticket),
            (&mut self.unblocked_urgent, is_ticket && task.priority == Priority::P0),
            (&mut self.unblocked_asking, !task.capabilities.is_empty()),
        ];
        for (set, belongs) in among {
            if is_unblocked && belongs {
                set.insert(task.id.clone());
            } else {
                set.remove(&task.id);
            }
        }
    }

    /// State and version of `id`, past or not.
    fn head(&self, id: &TaskId) -> Option<(TaskState, Revision)> {
        self.get(id).map(|task| (task.state, task.revision)).or_else(|| self.past.head(id))
    }

    pub(super) fn state(&self, id: &TaskId) -> Option<TaskState> {
        self.head(id).map(|(state, _)| state)
    }

    /// Whether nobody asks any more how a builder in `attempt` of `id` ended: the task is past, or further. Once so, always so.
    pub(super) fn is_behind(&self, id: &TaskId, attempt: Option<Attempt>) -> bool {
        match self.get(id) {
            Some(task) => attempt.is_some_and(|attempt| attempt < task.attempt),
            None => self.state(id).is_some_and(TaskState::is_final),
        }
    }

    pub(super) fn past(&self, id: &TaskId) -> Option<PastTask> {
        self.past.get(id).filter(|task| task.state.is_final())
    }

    pub(super) fn improvements(&self) -> impl Iterator<Item = ImprovementRecord> {
        self.improvements.iter().filter_map(|(id, created_at)| {
            let past = || Some(ImprovementRecord::new(self.past.get(id)?, created_at));
            self.get(id).map(ImprovementRecord::from).or_else(past)
        })
    }

    pub(super) fn last_end(&self) -> Option<Timestamp> {
        self.last_end
    }

    pub(super) fn unblocked(&self) -> impl Iterator<Item = &Task> {
        self.unblocked.iter().filter_map(|id| self.get(id))
    }

    pub(super) fn unblocked_others(&self) -> impl Iterator<Item = &Task> {
        self.unblocked_others.iter().filter_map(|id| self.get(id))
    }

    pub(super) fn unblocked_urgent(&self) -> impl Iterator<Item = &Task> {
        self.unblocked_urgent.iter().filter_map(|id| self.get(id))
    }

    pub(super) fn unblocked_asking(&self) -> impl Iterator<Item = &Task> {
        self.unblocked_asking.iter().filter_map(|id| self.get(id))
    }

    pub(super) fn is_unblocked(&self, id: &TaskId) -> bool {
        self.unblocked.contains(id)
    }

    /// Past ones of `sprint` while it is under way, as they were.
    pub(super) fn finished_in<'a>(&'a self, sprint: &SprintId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.finished.of(sprint)
    }

    /// Forgets what `sprint` brought to its end but for what is kept of the past: it is over.
    pub(super) fn forget_finished(&mut self, sprint: &SprintId) {
        self.finished.forget(sprint);
    }

    pub(super) fn get(&self, id: &TaskId) -> Option<&Task> {
        self.rows.get(id)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Task> {
        self.rows.iter()
    }

    pub(super) fn in_state<'a>(&'a self, state: TaskState) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.by_state.get(&state).filter_map(|id| self.get(id))
    }

    pub(super) fn count(&self, state: TaskState) -> usize {
        self.by_state.count(&state).saturating_add(self.past.count(None, state, |_| true))
    }

    pub(super) fn of_project<'a>(
        &'a self,
        project: &ProjectId,
        state: TaskState,
    ) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.by_project.get(&(project.clone(), state)).filter_map(|id| self.get(id))
    }

    pub(super) fn count_of_project(&self, project: &ProjectId, state: TaskState) -> usize {
        let current = self.by_project.count(&(project.clone(), state));
        current.saturating_add(self.past.count(Some(project), state, |_| true))
    }

    pub(super) fn count_of_kinds(
        &self,
        project: &ProjectId,
        state: TaskState,
        meant: impl Fn(TaskKind) -> bool,
    ) -> usize {
        let current = self.of_project(project, state).filter(|task| meant(task.kind)).count();
        current.saturating_add(self.past.count(Some(project), state, meant))
    }

    pub(super) fn assigned_to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.open_by_assignee.get(agent).filter_map(|id| self.get(id))
    }

    pub(super) fn dependents<'a>(&'a self, id: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.dependents.get(id).filter_map(|id| self.get(id))
    }

    pub(super) fn has_review(&self, id: &TaskId) -> bool {
        self.reviews.count(id) > 0
    }

    pub(super) fn reviews_of<'a>(&'a self, id: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.reviews.get(id).filter_map(|id| self.get(id))
    }
}
