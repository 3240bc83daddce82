//! When the next sprint begins, and with what (R27).

use go_bus_api::{NewSprint, SprintId, Task, Timestamp};
use go_bus_client::World;
use go_rules::placement;

use crate::answerer::{Answerer, answerer};
use crate::batch::Batch;
use crate::capacity::Capacity;
use crate::collisions::held_back_by;
use crate::dispatch::Dispatched;
use crate::enrolment::{adrift, joinable, waiting};
use crate::policy::DispatchPolicy;
use crate::prerequisites::missing;
use crate::rhythm::Rhythm;

/// What a sprint's id begins with; its number follows.
const PREFIX: &str = "S-";

/// The sprint that is to begin at `now`, given what was `dispatched`: one begins where a ticket that no sprint has could start in what is left, so
/// nothing of the sprints under way could; and where work is under way that no sprint has, as after the end of a window. The same input
/// gives the same sprint. Its cost grows with the tickets that wait, but only where there is room for one.
pub fn opening(
    world: &World,
    rhythm: &Rhythm,
    dispatched: &Dispatched<'_>,
    policy: &dyn DispatchPolicy,
    now: Timestamp,
) -> Option<NewSprint> {
    let joins = joinable(world, now).is_some();
    let mut adrift = adrift(world, now).filter(|_| !joins).peekable();
    let first = first_startable(world, &dispatched.left, policy, now);
    if first.is_none() && adrift.peek().is_none() {
        return None;
    }
    let mut batch = Batch::new(world, rhythm, dispatched, policy, now);
    adrift.for_each(|task| batch.put(task));
    batch.fill(waiting(world, now));
    if let Some(first) =
        first.filter(|first| !batch.has(first) && !batch.has_any(|task| fits(world, &dispatched.left, task)))
    {
        batch.put(first);
    }
    Some(NewSprint {
        id: Some(next_id(world)?),
        tickets: batch.ids(),
        ends_at: now.after(rhythm.window(batch.length())),
    })
}

/// A ticket that waits for nothing but its sprint, with a slot free for it.
fn first_startable<'a>(
    world: &'a World,
    left: &Capacity<'_>,
    policy: &dyn DispatchPolicy,
    now: Timestamp,
) -> Option<&'a Task> {
    if left.room() == 0 {
        return None;
    }
    let is_urgent = |task: &Task| world.project(&task.project).is_some_and(|project| policy.is_urgent(project, task));
    waiting(world, now).find(|task| can_start(world, left, task, is_urgent(task), now))
}

/// Whether `task` waits for nothing but its sprint, with a slot free for it.
pub(crate) fn can_start(world: &World, left: &Capacity<'_>, task: &Task, is_urgent: bool, now: Timestamp) -> bool {
    fits(world, left, task)
        && missing(world, task, now).is_empty()
        && held_back_by(world, left, task, is_urgent, now).is_none()
}

fn fits(world: &World, left: &Capacity<'_>, task: &Task) -> bool {
    match answerer(world, task) {
        Answerer::Agent(agent) => left.clone().take(task, placement::place_of(agent)).is_some(),
        _ => false,
    }
}

/// The id after the highest that any sprint has.
fn next_id(world: &World) -> Option<SprintId> {
    let numbers = world.sprints().filter_map(|sprint| sprint.id.as_str().strip_prefix(PREFIX)?.parse::<u64>().ok());
    SprintId::new(format!("{PREFIX}{}", numbers.max().unwrap_or(0).saturating_add(1))).ok()
}

#[cfg(test)]
mod tests;
