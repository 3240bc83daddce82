//! What the integration test goes by (R25): how many completions there are, and which of them a run has covered.

use std::collections::BTreeSet;

use go_bus_api::{Attempt, Task, TaskId, TaskKind, TaskState, Timestamp};
use go_rules::integration;

use super::World;

/// The completions: their number, and the last of them by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Completions {
    count: u64,
    latest: BTreeSet<(Timestamp, TaskId)>,
}

impl Completions {
    /// Counts `task`, which is done since just now, where it is a completion.
    pub(super) fn note(&mut self, task: &Task) {
        if !integration::is_completion(task.kind, task.state, task.attempt) {
            return;
        }
        self.count = self.count.saturating_add(1);
        let at = task.finished_at.unwrap_or(Timestamp::from_unix_millis(0));
        self.latest.insert((at, task.id.clone()));
        if self.latest.len() > World::COMPLETIONS_KEPT {
            self.latest.pop_first();
        }
    }
}

/// The runs of the integration test: those that are not past by id, and how far the past ones went.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Runs {
    current: BTreeSet<TaskId>,
    covered: u64,
    green: u64,
    skipped: Option<(u64, TaskId)>,
}

impl Runs {
    /// Takes note of how `task` is now, where it is a run.
    pub(super) fn note(&mut self, task: &Task) {
        if task.kind != TaskKind::IntegrationTest {
            return;
        }
        if !task.state.is_final() {
            self.current.insert(task.id.clone());
            return;
        }
        self.current.remove(&task.id);
        let Some(covered) = integration::covered(task) else { return };
        self.covered = self.covered.max(covered);
        if task.state != TaskState::Done {
            return;
        }
        if task.result.as_ref().is_some_and(|result| integration::is_skipped(result.as_str())) {
            self.skipped = self.skipped.take().max(Some((covered, task.id.clone())));
        } else {
            self.green = self.green.max(covered);
        }
    }
}

/// Completions and the runs of the integration test. A completion is a ticket or an improvement that was worked on and is done; a run covers
/// the first so many of them.
impl World {
    /// How many of the last completions are known by name.
    pub const COMPLETIONS_KEPT: usize = 100;

    /// How many completions there are.
    pub fn completions(&self) -> u64 {
        self.tasks.completions.count
    }

    /// The last completions, [`Self::COMPLETIONS_KEPT`] at most, the latest first.
    pub fn latest_completions(&self) -> impl Iterator<Item = &TaskId> {
        self.tasks.completions.latest.iter().rev().map(|(_, id)| id)
    }

    /// The integration tests that wait, run or have failed.
    pub fn integration_tests(&self) -> impl Iterator<Item = &Task> {
        self.tasks.runs.current.iter().filter_map(|id| self.task(id))
    }

    /// How many completions are covered by some run, whatever became of it.
    pub fn covered_completions(&self) -> u64 {
        self.integration_tests().filter_map(integration::covered).fold(self.tasks.runs.covered, u64::max)
    }

    /// The same without the run `but`.
    pub fn covered_without(&self, but: &TaskId) -> u64 {
        let others = self.integration_tests().filter(|run| run.id != *but);
        others.filter_map(integration::covered).fold(self.tasks.runs.covered, u64::max)
    }

    /// How many completions the last green run covered; 0 before the first.
    pub fn green_completions(&self) -> u64 {
        self.tasks.runs.green
    }

    /// The last run that has failed, where no later one is green.
    pub fn red_run(&self) -> Option<&Task> {
        self.last_run(|run| run.state == TaskState::Failed)
    }

    /// The last run that has failed or had to be begun again, where no later one is green: until one is, nothing is pushed.
    pub fn unproven_run(&self) -> Option<&Task> {
        self.last_run(|run| run.state == TaskState::Failed || run.attempt > Attempt(1))
    }

    /// The last run that is neither past nor of a time that a green one has proven, and that is `meant`.
    fn last_run(&self, meant: impl Fn(&Task) -> bool) -> Option<&Task> {
        let runs = self.integration_tests().filter(|run| meant(run));
        let runs = runs.filter_map(|run| Some((integration::covered(run)?, run)));
        let unproven = runs.filter(|(covered, _)| *covered > self.tasks.runs.green);
        unproven.max_by_key(|(covered, _)| *covered).map(|(_, run)| run)
    }

    /// The last run that could not be run, where no later one was: how many it covered, and its id.
    pub fn skipped_run(&self) -> Option<(u64, &TaskId)> {
        let judged = self.red_run().and_then(integration::covered).unwrap_or(0).max(self.tasks.runs.green);
        let (covered, id) = self.tasks.runs.skipped.as_ref()?;
        (*covered > judged).then_some((*covered, id))
    }
}
