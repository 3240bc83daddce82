//! No task is lost, none is completed twice.

use std::collections::BTreeMap;

use go_bus_api::{EventKind, Task, TaskId, TaskState};

use super::{Check, Findings};
use crate::judge::{About, Decision, Deed, EventFact, Fact, FactNo, Invariant, Picture, What};

/// How many losses set a task aside for its operator.
const MOST_LOSSES: u32 = 3;

/// How often its reviewers may want changes before that.
const MOST_ROUNDS: u32 = 3;

/// Which tasks were completed, and where.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    completed: BTreeMap<TaskId, FactNo>,
}

impl Check for Tasks {
    fn see(&mut self, no: FactNo, fact: &Fact, before: &Picture, found: &mut Findings) {
        match &fact.what {
            What::Event(event) => {
                if let About::Task(task) = &event.about {
                    self.changed(no, event, task, before, found);
                }
            }
            What::Committed(commit) => {
                if let (Deed::Result { task, attempt }, Decision::Done(_)) = (&commit.deed, &commit.outcome)
                    && let Some(known) = before.tasks.get(task)
                    && known.attempt != *attempt
                {
                    let words =
                        format!("a result of attempt {attempt} of {task} is taken in attempt {}", known.attempt);
                    found.wrong(Invariant::CompletedOnce, None, words);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, picture: &Picture, found: &mut Findings) {
        for task in picture.tasks.values().filter(|task| !has_ended(task, picture)) {
            let state = task.state.as_str();
            let words = format!("{} is {state} at the end, in attempt {}", task.id, task.attempt);
            found.wrong(Invariant::NoneLost, None, words);
        }
    }
}

impl Tasks {
    fn changed(&mut self, no: FactNo, event: &EventFact, task: &Task, before: &Picture, found: &mut Findings) {
        if event.kind == EventKind::TaskCompleted
            && let Some(first) = self.completed.insert(task.id.clone(), no)
        {
            found.wrong(Invariant::CompletedOnce, Some(first), format!("{} is completed a second time", task.id));
        }
        let Some(known) = before.tasks.get(&task.id).filter(|known| known.state != task.state) else { return };
        if known.state.become_state(task.state).is_err() {
            let (from, to) = (known.state.as_str(), task.state.as_str());
            let first = self.completed.get(&task.id).copied();
            found.wrong(Invariant::CompletedOnce, first, format!("{} goes from {from} to {to}", task.id));
        }
    }
}

/// Whether all was done about a task that can be done without its operator.
pub(in crate::judge) fn has_ended(task: &Task, picture: &Picture) -> bool {
    match task.state {
        TaskState::Done | TaskState::Cancelled | TaskState::Held => true,
        // Its own fault: its attempts failed.
        TaskState::Failed => task.failures > 0,
        TaskState::Blocked => is_set_aside(task) || waits_in_vain(task, picture),
        TaskState::Pending => waits_for_an_operator(task, picture),
        _ => false,
    }
}

/// Whether a blocked task is so by its own story, and not by what it depends on.
fn is_set_aside(task: &Task) -> bool {
    task.losses >= MOST_LOSSES || task.review_rounds >= MOST_ROUNDS
}

/// Whether something that the task depends on, however far back, is set aside until its operator looks at it.
fn waits_for_an_operator(task: &Task, picture: &Picture) -> bool {
    let is_stuck = |other: &Task| match other.state {
        TaskState::Blocked => is_set_aside(other),
        TaskState::Pending => waits_for_an_operator(other, picture),
        _ => false,
    };
    task.depends_on.iter().filter_map(|id| picture.tasks.get(id)).any(is_stuck)
}

/// Whether something that the task depends on will not be done.
fn waits_in_vain(task: &Task, picture: &Picture) -> bool {
    let vain = |state| matches!(state, TaskState::Failed | TaskState::Blocked | TaskState::Cancelled);
    task.depends_on.iter().filter_map(|id| picture.tasks.get(id)).any(|other| vain(other.state))
}
