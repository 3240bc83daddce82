//! Whether a ticket may start as part of a sprint (R27).

use go_bus_api::{Sprint, Task, TaskKind, Timestamp};
use go_bus_client::World;

use crate::delegation::m0_for;
use crate::rhythm::LONGEST_WINDOW;

/// Whether the window of `sprint` is over at `now`. An end that is further away than any window is long was set by a clock that is
/// right no more.
pub(crate) fn is_over(sprint: &Sprint, now: Timestamp) -> bool {
    now >= sprint.ends_at || sprint.ends_at.since(now) > LONGEST_WINDOW
}

/// Whether `task` starts only as part of a sprint. Reviews, integration tests, pushes, delegations and improvements need none, and what M0
/// does goes by M0's day.
pub(crate) fn needs_sprint(world: &World, task: &Task) -> bool {
    task.kind == TaskKind::Ticket && m0_for(world, task).is_none()
}

/// Whether `task` waits for a sprint to take it: it needs one, and none that still takes starts has it.
pub(crate) fn awaits_sprint(world: &World, task: &Task, now: Timestamp) -> bool {
    needs_sprint(world, task) && world.open_sprint_of(task).is_none_or(|sprint| is_over(sprint, now))
}

/// The tickets that may be assigned as far as sprints, their state and what they depend on go.
pub(crate) fn enrolled(world: &World, now: Timestamp) -> impl Iterator<Item = &Task> {
    let sprints = world.open_sprints().filter(move |sprint| !is_over(sprint, now));
    let ids = sprints.flat_map(|sprint| &sprint.tickets).filter(|id| world.is_unblocked(id));
    ids.filter_map(|id| world.task(id)).filter(|task| needs_sprint(world, task))
}
