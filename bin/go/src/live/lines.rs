//! What happened, one line per change: `SITE-1 started (attempt 1)`.

use go_bus_api::{AlertId, EventKind, ResourceKind, Task, TaskId, TaskKind, Timestamp};
use go_bus_client::{Change, World};

use crate::render::length;

/// The line for a change, without the time; `None` where nobody needs to see it.
pub(super) fn line(change: &Change, world: &World, now: Timestamp) -> Option<String> {
    match change.resource {
        ResourceKind::Task => task(&change.event, world.task(&TaskId::new(&change.id).ok()?)?, now),
        ResourceKind::Alert => alert(&change.event, world, &AlertId::new(&change.id).ok()?),
        ResourceKind::Host if change.event == EventKind::HostExpired => {
            Some(format!("host {} is lost: its work goes back to the queue", change.id))
        }
        _ => None,
    }
}

fn task(event: &EventKind, task: &Task, now: Timestamp) -> Option<String> {
    let name = name(task);
    let text = match event {
        EventKind::TaskAssigned => format!("{name} started (attempt {})", task.attempt),
        EventKind::TaskCompleted => format!("{name} done"),
        EventKind::TaskDelivered => format!("{name} delivered, waits for its review"),
        EventKind::TaskChangesRequested => format!("{name} needs changes{}", reason(task.review_notes.as_deref_text())),
        EventKind::TaskFailed => format!("{name} failed{}", reason(task.error.as_deref_text())),
        EventKind::TaskBlocked => format!("{name} is blocked{}", reason(task.error.as_deref_text())),
        EventKind::TaskRequeued => requeued(task, &name, now),
        EventKind::TaskHeld => format!("{name} is held"),
        EventKind::TaskCancelled => format!("{name} is cancelled"),
        _ => return None,
    };
    Some(text)
}

/// A review goes by the task that it reviews.
pub(super) fn name(task: &Task) -> String {
    match &task.review_of {
        Some(reviewed) if task.kind == TaskKind::Review => format!("{reviewed} review"),
        _ => task.id.to_string(),
    }
}

fn requeued(task: &Task, name: &str, now: Timestamp) -> String {
    match task.not_before.map(|at| at.since(now)).filter(|pause| !pause.is_zero()) {
        Some(pause) => {
            format!("{name} failed{}, retry in {}", reason(task.error.as_deref_text()), length(pause))
        }
        None => format!("{name} is back in the queue"),
    }
}

fn alert(event: &EventKind, world: &World, id: &AlertId) -> Option<String> {
    let alert = world.open_alerts().find(|alert| alert.id == *id)?;
    (*event == EventKind::AlertRaised).then(|| format!("alert {:?}: {}", alert.level, alert.title))
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
