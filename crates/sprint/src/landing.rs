//! In which order deliveries land: one at a time in each repo, what matters more first, then what was approved first.

use go_bus_api::{Task, TaskId, TaskState, Text};
use go_bus_client::World;
use go_rules::integration::is_fix_id;

use crate::reason::Reason;

/// Whether `push` lands what mends a red integration test: that is what makes it green, so it waits for no green one.
pub(crate) fn mends(push: &Task) -> bool {
    push.lands.as_ref().is_some_and(is_fix_id)
}

/// The landing that `push` waits for: the one that is under way in its repo, else the one that comes first of those that nothing but this order
/// holds up, as `is_free` says.
pub(crate) fn queue(world: &World, push: &Task, is_free: impl Fn(&Task) -> bool) -> Option<Reason> {
    push.lands.as_ref()?;
    let repo = repo_of(world, push)?;
    let is_other = |other: &&Task| other.id != push.id && repo_of(world, other) == Some(repo);
    let under_way = world.tasks_in(TaskState::InProgress).filter(is_landing).find(is_other);
    let first = || {
        let waiting = world.unblocked_others().filter(is_landing).filter(is_other);
        let before = waiting.filter(|other| place(other) < place(push) && is_free(other));
        before.min_by(|a, b| place(a).cmp(&place(b)))
    };
    let before = under_way.or_else(first)?;
    before.lands.clone().map(Reason::LandsAfter)
}

fn is_landing(task: &&Task) -> bool {
    task.lands.is_some()
}

/// The repo that `push` moves a branch of. Two projects may share one.
fn repo_of<'a>(world: &'a World, push: &Task) -> Option<&'a Text<4096>> {
    world.project(&push.project)?.repo.as_ref()
}

/// A landing is made with its approval.
fn place(push: &Task) -> (go_bus_api::Priority, go_bus_api::Timestamp, &TaskId) {
    (push.priority, push.created_at, &push.id)
}

#[cfg(test)]
mod tests;
