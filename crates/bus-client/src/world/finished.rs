//! What was brought to its end in sprints that are under way, as it was: a sprint's report tells of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use go_bus_api::{SprintId, Task, TaskId};

use super::index::Index;

/// Past tasks of sprints that are not known to be over. Some dozens: what is older is packed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Finished {
    rows: BTreeMap<TaskId, Arc<Task>>,
    by_sprint: Index<SprintId, TaskId>,
}

impl Finished {
    /// Keeps `task` with its sprint; one without a sprint is not kept.
    pub(super) fn put(&mut self, task: &Task) {
        self.remove(&task.id);
        if let Some(sprint) = &task.sprint {
            self.by_sprint.shift(&task.id, [], [sprint]);
            self.rows.insert(task.id.clone(), Arc::new(task.clone()));
        }
    }

    /// Forgets `id`.
    pub(super) fn remove(&mut self, id: &TaskId) {
        if let Some(old) = self.rows.remove(id) {
            self.by_sprint.shift(id, &old.sprint, []);
        }
    }

    /// Forgets what was brought to its end in `sprint`.
    pub(super) fn forget(&mut self, sprint: &SprintId) {
        let ids: Vec<TaskId> = self.by_sprint.get(sprint).cloned().collect();
        ids.iter().for_each(|id| self.remove(id));
    }

    pub(super) fn of<'a>(&'a self, sprint: &SprintId) -> impl Iterator<Item = &'a Task> + use<'a> {
        self.by_sprint.get(sprint).filter_map(|id| self.rows.get(id)).map(Arc::as_ref)
    }
}
