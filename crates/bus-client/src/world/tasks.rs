//! Tasks, by state, project, assignee, and by what they depend on or review.

use std::collections::BTreeSet;
use std::sync::Arc;

use go_bus_api::{AgentId, ProjectId, Task, TaskId, TaskState};

use super::index::Index;
use super::table::{Put, Table};

/// Every task, finished ones too.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tasks {
    rows: Table<Task>,
    by_state: Index<TaskState, TaskId>,
    open_by_assignee: Index<AgentId, TaskId>,
    by_project: Index<(ProjectId, TaskState), TaskId>,
    dependents: Index<TaskId, TaskId>,
    reviews: Index<TaskId, TaskId>,
    /// Those that may be assigned as far as their state and what they depend on go.
    unblocked: BTreeSet<TaskId>,
}

/// Who answers for an open task.
fn assignee(task: &Task) -> Option<&AgentId> {
    task.assignee.as_ref().filter(|_| task.state.is_open())
}

fn is_done(task: &Task) -> bool {
    task.state == TaskState::Done
}

fn place(task: &Task) -> (ProjectId, TaskState) {
    (task.project.clone(), task.state)
}

impl Tasks {
    pub(super) fn put(&mut self, task: Task) -> bool {
        let Some(Put { old, new }) = self.rows.put(task) else { return false };
        let (old, id): (Option<&Task>, &TaskId) = (old.as_ref().map(Arc::as_ref), &new.id);
        if old.map(|task| task.state) != Some(new.state) || old.is_some_and(|task| task.project != new.project) {
            self.by_state.shift(id, old.map(|task| &task.state), [&new.state]);
            self.by_project.shift(id, old.map(place).as_ref(), [&place(&new)]);
        }
        if old.and_then(assignee) != assignee(&new) {
            self.open_by_assignee.shift(id, old.and_then(assignee), assignee(&new));
        }
        if old.is_none_or(|task| task.depends_on != new.depends_on) {
            self.dependents.shift(id, old.into_iter().flat_map(|task| &task.depends_on), &new.depends_on);
        }
        if old.is_none_or(|task| task.review_of != new.review_of) {
            self.reviews.shift(id, old.and_then(|task| task.review_of.as_ref()), new.review_of.as_ref());
        }
        let was_done = old.is_some_and(is_done);
        self.judge(&new);
        if was_done != is_done(&new) {
            let behind: Vec<Arc<Task>> = self.dependents.get(&new.id).filter_map(|id| self.rows.shared(id)).collect();
            behind.iter().for_each(|task| self.judge(task));
        }
        true
    }

    /// Puts `task` among the unblocked, or takes it out.
    fn judge(&mut self, task: &Task) {
        let done = |id: &TaskId| self.get(id).is_some_and(is_done);
        if task.state.is_assignable() && task.depends_on.iter().all(done) {
            self.unblocked.insert(task.id.clone());
        } else {
            self.unblocked.remove(&task.id);
        }
    }

    pub(super) fn unblocked(&self) -> impl Iterator<Item = &Task> {
        self.unblocked.iter().filter_map(|id| self.get(id))
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
        self.by_state.count(&state)
    }

    pub(super) fn of_project<'a>(
        &'a self,
        project: &ProjectId,
        state: TaskState,
    ) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.by_project.get(&(project.clone(), state)).filter_map(|id| self.get(id))
    }

    pub(super) fn count_of_project(&self, project: &ProjectId, state: TaskState) -> usize {
        self.by_project.count(&(project.clone(), state))
    }

    pub(super) fn assigned_to<'a>(&'a self, agent: &AgentId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.open_by_assignee.get(agent).filter_map(|id| self.get(id))
    }

    pub(super) fn dependents<'a>(&'a self, id: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.dependents.get(id).filter_map(|id| self.get(id))
    }

    pub(super) fn reviews_of<'a>(&'a self, id: &TaskId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.reviews.get(id).filter_map(|id| self.get(id))
    }
}
