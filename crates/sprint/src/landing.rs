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
/// holds up. One whose work collides with its own comes before it also while it pauses: the other way round it would have to be built again.
/// `held_up` says what is in the way of a landing but for this order.
pub(crate) fn queue(world: &World, push: &Task, held_up: impl Fn(&Task) -> Vec<Reason>) -> Option<Reason> {
    push.lands.as_ref()?;
    let repo = repo_of(world, push)?;
    let is_other = |other: &&Task| other.id != push.id && repo_of(world, other) == Some(repo);
    let under_way = world.tasks_in(TaskState::InProgress).filter(is_landing).find(is_other);
    let waiting = || world.unblocked_others().filter(is_landing).filter(is_other);
    let pauses_before = |one: &Task, other: &Task| {
        let is_first = place(one) < place(other) && collide(world, one, other);
        is_first && is_pause(&held_up(one))
    };
    let goes = |other: &Task| held_up(other).is_empty() && !waiting().any(|first| pauses_before(first, other));
    let first = || {
        let before = waiting().filter(|other| place(other) < place(push));
        let before = before.filter(|other| goes(other) || pauses_before(other, push));
        before.min_by(|a, b| place(a).cmp(&place(b)))
    };
    let before = under_way.or_else(first)?;
    before.lands.clone().map(Reason::LandsAfter)
}

/// Whether something is in the way, and all of it passes before long.
fn is_pause(reasons: &[Reason]) -> bool {
    !reasons.is_empty() && reasons.iter().all(Reason::passes_soon)
}

/// Whether the tickets that two pushes land were found to collide.
fn collide(world: &World, one: &Task, other: &Task) -> bool {
    let (Some(one), Some(other)) = (&one.lands, &other.lands) else { return false };
    world.task(one).is_some_and(|task| task.collides_with.iter().any(|collision| collision.task == *other))
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
