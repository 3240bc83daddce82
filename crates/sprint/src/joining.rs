//! Which tickets enter a sprint that is under way: those that can't wait for the next.

use go_bus_api::{SprintId, TaskId, Timestamp};
use go_bus_client::World;

use crate::enrolment::{adrift, joinable, joining};
use crate::prerequisites::missing;

/// The tickets of priority `p0` that are ready and in no sprint, such as the fix of a red integration test, and those that still run
/// when their own sprint's window is over; each with the sprint that it is to join: the one that began last.
pub fn joiners(world: &World, now: Timestamp) -> Vec<(TaskId, SprintId)> {
    let Some(sprint) = joinable(world, now) else { return Vec::new() };
    let ready = joining(world, now).filter(|task| missing(world, task, now).is_empty());
    ready.chain(adrift(world, now)).map(|task| (task.id.clone(), sprint.id.clone())).collect()
}
