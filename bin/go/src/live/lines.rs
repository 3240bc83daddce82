//! What happened, one line per change: `SITE-1 started (attempt 1)`.

use std::time::Duration;

use go_bus_api::{AlertId, Attempt, EventKind, ResourceKind, Task, TaskId, TaskKind, Timestamp};
use go_bus_client::{Change, PastTask, World};

use crate::render::length;

/// The line for a change, without the time; `None` where nobody needs to see it.
pub(super) fn line(change: &Change, world: &World, now: Timestamp) -> Option<String> {
    match change.resource {
        ResourceKind::Task => task(&change.event, &Told::of(world, &TaskId::new(&change.id).ok()?, now)?),
        ResourceKind::Alert => alert(&change.event, world, &AlertId::new(&change.id).ok()?),
        ResourceKind::Host if change.event == EventKind::HostExpired => {
            Some(format!("host {} is lost: its work goes back to the queue", change.id))
        }
        _ => None,
    }
}

/// What lines say of a task.
struct Told {
    name: String,
    attempt: Attempt,
    /// What its reviewer wants, after a colon.
    notes: String,
    /// Its last failure, or why it is blocked, after a colon.
    error: String,
    /// Until it is tried again.
    pause: Option<Duration>,
    /// Whether nothing but its landing is missing.
    lands: bool,
}

impl Told {
    fn of(world: &World, id: &TaskId, now: Timestamp) -> Option<Self> {
        let current = world.task(id).map(|task| Self::of_current(task, now));
        current.or_else(|| world.past_task(id).map(|task| Self::of_past(&task)))
    }

    fn of_current(task: &Task, now: Timestamp) -> Self {
        Self {
            name: name(task),
            attempt: task.attempt,
            notes: reason(task.review_notes.as_deref_text()),
            error: reason(task.error.as_deref_text()),
            pause: task.not_before.map(|at| at.since(now)).filter(|pause| !pause.is_zero()),
            lands: task.landing_task.is_some(),
        }
    }

    /// Of the past nothing is known but that it is over, whatever else happened a moment before.
    fn of_past(task: &PastTask) -> Self {
        let name = name_of(&task.id, task.kind, task.review_of.as_ref());
        Self { name, attempt: task.attempt, notes: String::new(), error: String::new(), pause: None, lands: false }
    }
}

fn task(event: &EventKind, Told { name, attempt, notes, error, pause, lands }: &Told) -> Option<String> {
    let text = match (event, pause) {
        (EventKind::TaskAssigned, _) => format!("{name} started (attempt {attempt})"),
        (EventKind::TaskCompleted, _) => format!("{name} done"),
        (EventKind::TaskDelivered, _) if *lands => format!("{name} delivered, waits to land"),
        (EventKind::TaskDelivered, _) => format!("{name} delivered, waits for its review"),
        (EventKind::TaskChangesRequested, _) => format!("{name} needs changes{notes}"),
        (EventKind::TaskFailed, _) => format!("{name} failed{error}"),
        (EventKind::TaskBlocked, _) => format!("{name} is blocked{error}"),
        (EventKind::TaskRequeued, Some(pause)) => format!("{name} failed{error}, retry in {}", length(*pause)),
        (EventKind::TaskRequeued, None) => format!("{name} is back in the queue"),
        (EventKind::TaskHeld, _) => format!("{name} is held"),
        (EventKind::TaskCancelled, _) => format!("{name} is cancelled"),
        _ => return None,
    };
    Some(text)
}

/// What a task goes by.
pub(super) fn name(task: &Task) -> String {
    name_of(&task.id, task.kind, task.review_of.as_ref())
}

/// A review goes by the task that it reviews.
fn name_of(id: &TaskId, kind: TaskKind, review_of: Option<&TaskId>) -> String {
    match review_of {
        Some(reviewed) if kind == TaskKind::Review => format!("{reviewed} review"),
        _ => id.to_string(),
    }
}

fn alert(event: &EventKind, world: &World, id: &AlertId) -> Option<String> {
    let alert = world.open_alerts().find(|alert| alert.id == *id)?;
    matches!(event, EventKind::AlertRaised | EventKind::AlertEscalated)
        .then(|| format!("alert {:?}: {}", alert.level, alert.title))
}

/// A reason's first line after a colon; nothing where there is none.
fn reason(text: Option<&str>) -> String {
    let first = text.and_then(|text| text.lines().find(|line| !line.trim().is_empty())).unwrap_or_default();
    if first.is_empty() { String::new() } else { format!(": {}", first.trim()) }
}

/// An optional text as an optional string slice.
trait AsText {
    fn as_deref_text(&self) -> Option<&str>;
}

impl<const N: usize> AsText for Option<go_bus_api::Text<N>> {
    fn as_deref_text(&self) -> Option<&str> {
        self.as_ref().map(|text| text.as_str())
    }
}
