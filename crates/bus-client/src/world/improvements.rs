//! Improvements, past or not: what may be made next follows from those that were (R29).

use std::collections::BTreeMap;

use go_bus_api::{ProjectId, Task, TaskId, TaskKind, TaskState, Timestamp};

use super::PastTask;
use crate::ResultLine;

/// What a World knows of an improvement for as long as it lives: there are a few a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImprovementRecord {
    /// Its id.
    pub id: TaskId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Where it is.
    pub state: TaskState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
    /// The summary of its completion, in one line.
    pub result: Option<ResultLine>,
}

/// Which tasks are improvements, and when each was made, which a [`PastTask`] does not tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Improvements(BTreeMap<TaskId, Timestamp>);

impl Improvements {
    /// Takes note of `task`.
    pub(super) fn note(&mut self, task: &Task) {
        if task.kind == TaskKind::Improvement {
            self.0.insert(task.id.clone(), task.created_at);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&TaskId, Timestamp)> {
        self.0.iter().map(|(id, created_at)| (id, *created_at))
    }
}

impl From<&Task> for ImprovementRecord {
    fn from(task: &Task) -> Self {
        Self::new(PastTask::from(task), task.created_at)
    }
}

impl ImprovementRecord {
    /// The record of a past task that was made then.
    pub(super) fn new(task: PastTask, created_at: Timestamp) -> Self {
        let PastTask { id, project, state, finished_at, result, .. } = task;
        Self { id, project, state, created_at, finished_at, result }
    }
}
