//! Why a ticket was not brought to its end in its sprint.

use go_bus_api::{Task, TaskState, Timestamp};
use go_bus_client::{ResultLine, World};

use crate::prerequisites::missing;

/// Why `task` is not done, in a sentence without a full stop.
pub(crate) fn why_carried(world: &World, task: &Task, now: Timestamp) -> String {
    let with = || task.assignee.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    match task.state {
        TaskState::InProgress => format!("attempt {} with {} goes on", task.attempt, with()),
        TaskState::Waiting => "it waits for an answer".to_owned(),
        TaskState::InReview if task.landing_task.is_some() => "it waits to land".to_owned(),
        TaskState::InReview => "it is in review".to_owned(),
        TaskState::Failed => with_error(format!("{} of {} attempts failed", task.failures, task.max_attempts), task),
        TaskState::Pending | TaskState::ChangesRequested | TaskState::Blocked | TaskState::Held => {
            not_started(world, task, now)
        }
        TaskState::Done | TaskState::Cancelled => task.state.as_str().to_owned(),
    }
}

fn not_started(world: &World, task: &Task, now: Timestamp) -> String {
    let mut because: Vec<String> = missing(world, task, now).iter().map(ToString::to_string).collect();
    if because.is_empty() {
        because.push("no slot was free for it in time".to_owned());
    }
    if task.state == TaskState::ChangesRequested {
        because.insert(0, "its reviewer wants changes".to_owned());
    } else if task.failures > 0 {
        because.push(with_error(format!("{} of {} attempts failed", task.failures, task.max_attempts), task));
    }
    because.join("; ")
}

fn with_error(words: String, task: &Task) -> String {
    let error = task.error.as_ref().and_then(|error| ResultLine::of(error.as_str()));
    error.map_or(words.clone(), |error| format!("{words}, the last with: {error}"))
}
