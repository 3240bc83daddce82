//! Which tickets enter a sprint that is under way: those that can't wait for the next.

use go_bus_api::{SprintId, TaskId, Timestamp};
use go_bus_client::World;

use crate::enrolment::awaits_sprint;
use crate::opening::joinable;
use crate::prerequisites::missing;

/// The tickets of priority `p0` that are ready and in no sprint, with the sprint that each is to join: the one that began last. The fix of a
/// red integration test is such a ticket.
pub fn joiners(world: &World, now: Timestamp) -> Vec<(TaskId, SprintId)> {
    let Some(sprint) = joinable(world, now) else { return Vec::new() };
    let tickets = world.unblocked_urgent().filter(|task| awaits_sprint(world, task, now));
    let ready = tickets.filter(|task| missing(world, task, now).is_empty());
    ready.map(|task| (task.id.clone(), sprint.id.clone())).collect()
}
