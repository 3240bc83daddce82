//! What the Bus lacks of the plan, and the plan of the Bus.
//!
//! The plan says what is to be done, the Bus what became of it. [`changes`] brings the former to the Bus, [`updates`] the latter into
//! the plan. Both look at the whole of both sides, so a lost wake-up or a change made twice costs nothing.

mod change;
mod fleet;
mod project;
#[cfg(test)]
mod tests;
mod ticket;
mod updates;

use std::collections::BTreeSet;

use go_bus_api::{DriverKind, Millis, Slots, Task, TaskId, TaskKind, Text};
use go_bus_client::World;
use go_rules::integration::is_fix_id;

use crate::Plan;

pub use change::PlanChange;
pub use ticket::new_task;
pub use updates::updates;

/// What holds where the plan says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// The plan's folder: the repo of projects that name none, and what their relative paths start from.
    pub repo: Text<4096>,
    /// The places of hosts that name none (`agents.max`).
    pub slots: Slots,
    /// What runs the agents of projects that name nothing (`agents.driver`).
    pub driver: DriverKind,
    /// The wall limit of an attempt of tickets that name none (`agents.timeout`).
    pub timeout: Option<Millis>,
    /// How long an attempt may show no progress (`agents.idle_timeout`).
    pub idle_timeout: Option<Millis>,
}

/// What has to change on the Bus for it to have the plan, in an order in which nothing refers to what is not there yet: hosts,
/// projects, sessions, new tasks with dependencies first, patches, cancellations.
///
/// The plan is looked at alone, without the one before it. So a `state` of `active` doesn't override what an operator paused or
/// drained on the Bus; any other does. And a ticket counts as removed where the Bus has an open ticket task that the plan lacks,
/// whose id is not one that the Bus or GO makes. [`changes_since`] knows more.
pub fn changes(plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    changes_since(None, plan, world, defaults)
}

/// Like [`changes`], where the plan that was in force before is known: a `state` is patched where the person changed it in the
/// file, and removed is exactly what `previous` had and `plan` has not.
pub fn changes_since(previous: Option<&Plan>, plan: &Plan, world: &World, defaults: &Defaults) -> Vec<PlanChange> {
    let mut changes = fleet::hosts(previous, plan, world, defaults);
    changes.extend(project::changes(previous, plan, world, defaults));
    changes.extend(fleet::sessions(plan, world));
    changes.extend(ticket::creations(plan, world, defaults));
    changes.extend(ticket::patches(plan, world, defaults));
    changes.extend(removed(previous, plan, world).map(PlanChange::CancelTask));
    changes
}

/// The open tasks of tickets that the plan has no longer.
fn removed<'w>(previous: Option<&'w Plan>, plan: &Plan, world: &'w World) -> impl Iterator<Item = TaskId> + use<'w> {
    let kept: BTreeSet<TaskId> = plan.tickets().map(|(_, ticket)| ticket.id.clone()).collect();
    let had: Option<BTreeSet<&TaskId>> =
        previous.map(|previous| previous.tickets().map(|(_, ticket)| &ticket.id).collect());
    let was_planned = move |task: &Task| match &had {
        Some(had) => had.contains(&task.id),
        None => !is_made_by_the_bus(&task.id) && !is_fix_id(&task.id),
    };
    let candidates = world.tasks().filter(|task| task.kind == TaskKind::Ticket && task.state.is_open());
    candidates.filter(move |task| !kept.contains(&task.id) && was_planned(task)).map(|task| task.id.clone())
}

/// Whether an id has the form of those that the Bus gives to tasks posted without one: `t-` and a UUID.
fn is_made_by_the_bus(id: &TaskId) -> bool {
    id.as_str().strip_prefix("t-").is_some_and(|rest| rest.len() == 32 && rest.chars().all(|c| c.is_ascii_hexdigit()))
}
