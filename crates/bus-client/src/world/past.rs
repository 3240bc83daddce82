//! Tasks that are done, cancelled or out of scope, and agents whose end nobody judges any more: many, seldom looked at, so little of
//! them is kept, and that packed.

mod agents;
mod bytes;
mod key;
mod ledger;
mod record;

use std::collections::BTreeMap;

use go_bus_api::{Attempt, ProjectId, Revision, SprintId, Task, TaskId, TaskKind, TaskState, Timestamp};

use crate::ResultLine;
pub(super) use agents::PastAgents;
use ledger::Ledger;

/// What a World keeps of a task that is done or cancelled: what plans, dependents and people still ask of it. Whoever wants its
/// texts asks the Bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTask {
    /// Its id.
    pub id: TaskId,
    /// The project it belonged to.
    pub project: ProjectId,
    /// What kind of work it was to the Bus.
    pub kind: TaskKind,
    /// `done` or `cancelled`.
    pub state: TaskState,
    /// How often it was assigned.
    pub attempt: Attempt,
    /// The task that it reviewed.
    pub review_of: Option<TaskId>,
    /// The sprint it was in.
    pub sprint: Option<SprintId>,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
    /// The summary of its completion, in one line.
    pub result: Option<ResultLine>,
    /// Its version.
    pub revision: Revision,
}

impl From<&Task> for PastTask {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id.clone(),
            project: task.project.clone(),
            kind: task.kind,
            state: task.state,
            attempt: task.attempt,
            review_of: task.review_of.clone(),
            sprint: task.sprint.clone(),
            finished_at: task.finished_at,
            result: task.result.as_ref().and_then(|result| ResultLine::of(result.as_str())),
            revision: task.revision,
        }
    }
}

/// Past tasks by id, and how many there are of each kind in each project.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PastTasks {
    records: Ledger,
    counts: BTreeMap<(ProjectId, TaskState, TaskKind), usize>,
}

impl PastTasks {
    /// Keeps `task`, in place of what was kept of it before.
    pub(super) fn put(&mut self, task: &PastTask) {
        self.remove(&task.id);
        self.records.put(task.id.as_str(), &record::write(task));
        let count = self.counts.entry((task.project.clone(), task.state, task.kind)).or_default();
        *count = count.saturating_add(1);
    }

    /// Forgets `id`.
    pub(super) fn remove(&mut self, id: &TaskId) {
        let Some(task) = self.get(id) else { return };
        self.records.remove(id.as_str());
        let key = (task.project, task.state, task.kind);
        let left = self.counts.get(&key).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            self.counts.remove(&key);
        } else {
            self.counts.insert(key, left);
        }
    }

    pub(super) fn get(&self, id: &TaskId) -> Option<PastTask> {
        record::read(id, self.records.get(id.as_str())?)
    }

    /// State and version of `id`.
    pub(super) fn head(&self, id: &TaskId) -> Option<(TaskState, Revision)> {
        record::read_head(self.records.get(id.as_str())?)
    }

    /// How many are in this state and of a kind that is `meant`, in this project or in all.
    pub(super) fn count(
        &self,
        project: Option<&ProjectId>,
        state: TaskState,
        meant: impl Fn(TaskKind) -> bool,
    ) -> usize {
        let is_counted = |key: &(ProjectId, TaskState, TaskKind)| {
            project.is_none_or(|project| *project == key.0) && state == key.1 && meant(key.2)
        };
        self.counts.iter().filter(|(key, _)| is_counted(key)).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests;
