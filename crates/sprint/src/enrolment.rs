//! Whether a ticket may start as part of a sprint (R27).

use go_bus_api::{Priority, ProjectState, Sprint, Task, TaskKind, TaskState, Timestamp};
use go_bus_client::World;

use crate::delegation::m0_for;
use crate::motion::{moves, moves_alone};
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

/// The sprint that urgent tickets join: the last that began, while it takes starts and something in it moves.
pub(crate) fn joinable(world: &World, now: Timestamp) -> Option<&Sprint> {
    world.open_sprint().filter(|sprint| !is_over(sprint, now) && sprint.tickets.iter().any(|id| moves(world, id, now)))
}

/// The tickets that are to join it: those of priority `p0` that no sprint has.
pub(crate) fn joining(world: &World, now: Timestamp) -> impl Iterator<Item = &Task> {
    let is_open = joinable(world, now).is_some();
    world.unblocked_urgent().filter(move |task| is_open && awaits_sprint(world, task, now))
}

/// The tickets that may be assigned as far as sprints, their state and what they depend on go.
pub(crate) fn enrolled(world: &World, now: Timestamp) -> impl Iterator<Item = &Task> {
    let sprints = world.open_sprints().filter(move |sprint| !is_over(sprint, now));
    let ids = sprints.flat_map(|sprint| &sprint.tickets).filter(|id| world.is_unblocked(id));
    let tickets = ids.filter_map(|id| world.task(id)).filter(|task| needs_sprint(world, task));
    tickets.chain(joining(world, now))
}

/// The unblocked tickets of active projects that wait for a sprint to begin. Those of a paused one may be many, and are looked at no closer.
pub(crate) fn waiting(world: &World, now: Timestamp) -> impl Iterator<Item = &Task> {
    let joins = joinable(world, now).is_some();
    let is_active = |task: &Task| world.project(&task.project).is_some_and(|it| it.state == ProjectState::Active);
    let tickets = world.unblocked_tasks().filter(move |task| is_active(task));
    let tickets = tickets.filter(move |task| !(joins && task.priority == Priority::P0));
    tickets.filter(move |task| awaits_sprint(world, task, now))
}

/// The tickets under way that no sprint has, as after the end of a window.
pub(crate) fn adrift(world: &World, now: Timestamp) -> impl Iterator<Item = &Task> {
    let tasks = [TaskState::InProgress, TaskState::InReview].into_iter().flat_map(|state| world.tasks_in(state));
    tasks.filter(move |task| awaits_sprint(world, task, now) && moves_alone(world, task, now))
}

#[cfg(test)]
mod tests {
    use go_bus_api::{Project, Resource, Revision};

    use super::*;
    use crate::samples;

    #[test]
    fn what_a_paused_project_has_does_not_wait_for_a_sprint() {
        let mut world = samples::world([("h1", 1)]);
        world.apply(Resource::Task(samples::task("T-1", "site")));
        let now = Timestamp::from_unix_millis(0);
        assert_eq!(waiting(&world, now).count(), 1);
        let project = world.project(&samples::id("site")).unwrap().clone();
        world.apply(Resource::Project(Project { state: ProjectState::Paused, revision: Revision(9), ..project }));
        assert_eq!(waiting(&world, now).count(), 0);
    }
}
