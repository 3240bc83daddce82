//! The live screen's lines: projects with bars, slots, what runs, what waits and why.

use go_bus_api::{HostState, Project, Task, TaskKind, TaskState, Timestamp};
use go_bus_client::World;
use go_rules::slots;

use super::lines::name;
use crate::render::length;

/// Cells of a bar.
const BAR: usize = 24;
/// The most projects that are listed.
const PROJECTS: usize = 12;
/// The most waiting tickets that are listed.
const WAITING: usize = 5;
/// The most running tickets that are listed.
const RUNNING: usize = 12;

/// The screen for `world`; `why` tells why a ticket waits.
pub(super) fn frame(world: &World, now: Timestamp, why: impl Fn(&Task) -> String) -> Vec<String> {
    let mut lines: Vec<String> = projects(world);
    lines.extend(hosts(world));
    lines.extend(running(world, now));
    lines.extend(waiting(world, why));
    lines
}

/// Tickets and improvements of a project: what a digest counts too.
pub(super) fn counts(world: &World, project: &Project) -> (usize, usize) {
    let is_counted = |kind| matches!(kind, TaskKind::Ticket | TaskKind::Improvement);
    let of = |state| world.count_of_kinds(&project.id, state, is_counted);
    let all: usize = TaskState::ALL.into_iter().filter(|state| *state != TaskState::Cancelled).map(of).sum();
    (of(TaskState::Done), all)
}

fn projects(world: &World) -> Vec<String> {
    let width = world.projects().map(|project| project.id.as_str().len()).max().unwrap_or(0);
    let line = |project: &Project| {
        let (done, all) = counts(world, project);
        let failed = world.count_of(&project.id, TaskState::Failed);
        let note = if failed > 0 { format!("  {failed} failed") } else { String::new() };
        format!("{:<width$}  {}  {done}/{all}{note}", project.id.as_str(), bar(done, all))
    };
    let mut projects: Vec<_> = world.projects().collect();
    projects.sort_by_key(|project| (project.priority, project.id.clone()));
    let mut lines: Vec<_> = projects.iter().take(PROJECTS).map(|project| line(project)).collect();
    lines.extend(more(projects.len(), PROJECTS, "projects"));
    lines
}

/// `done` of `all` as a bar.
fn bar(done: usize, all: usize) -> String {
    let filled = (done.min(all) * BAR).checked_div(all).unwrap_or(0);
    format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled))
}

fn hosts(world: &World) -> Option<String> {
    let used = |host: &go_bus_api::Host| {
        format!("{} {}/{}", host.id, slots::used_on(&host.id, world.agents_on(&host.id)), host.slots.get())
    };
    let hosts: Vec<_> = world.hosts().filter(|host| host.state != HostState::Inactive).map(used).collect();
    (!hosts.is_empty()).then(|| format!("slots  {}", hosts.join("  ")))
}

fn running(world: &World, now: Timestamp) -> Vec<String> {
    let mut tasks: Vec<_> = world.tasks_in(TaskState::InProgress).collect();
    tasks.sort_by_key(|task| (task.assigned_at, task.id.clone()));
    let line = |task: &&Task| {
        let took = task.assigned_at.map(|at| length(now.since(at))).unwrap_or_default();
        format!("▶ {}  {took}  {}", name(task), task.title)
    };
    let mut lines: Vec<_> = tasks.iter().take(RUNNING).map(line).collect();
    lines.extend(more(tasks.len(), RUNNING, "running"));
    lines
}

fn waiting(world: &World, why: impl Fn(&Task) -> String) -> Vec<String> {
    let states = [TaskState::Pending, TaskState::ChangesRequested, TaskState::Blocked, TaskState::Held];
    let mut tasks: Vec<_> = states.into_iter().flat_map(|state| world.tasks_in(state)).collect();
    tasks.sort_by_key(|task| (task.priority, task.id.clone()));
    // Telling why costs a look at the fleet, so only those that are shown are asked.
    let mut lines: Vec<_> = tasks.iter().take(WAITING).map(|task| format!("· {}  {}", name(task), why(task))).collect();
    lines.extend(more(tasks.len(), WAITING, "waiting"));
    lines
}

/// That there are more than the `most` shown.
fn more(all: usize, most: usize, what: &str) -> Option<String> {
    let more = all.saturating_sub(most);
    (more > 0).then(|| format!("  and {more} more {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_always_as_wide_and_full_only_at_the_end() {
        for (done, all) in [(0, 0), (0, 3), (1, 3), (2, 3), (3, 3), (9, 3)] {
            assert_eq!(bar(done, all).chars().count(), BAR, "{done}/{all}");
        }
        assert!(bar(99, 100).contains('░') && !bar(100, 100).contains('░'));
    }

    #[test]
    fn a_long_list_says_how_much_it_leaves_out() {
        assert_eq!(more(2, 2, "waiting"), None);
        assert_eq!(more(5, 2, "waiting").as_deref(), Some("  and 3 more waiting"));
    }
}
