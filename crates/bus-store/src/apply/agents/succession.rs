//! Succession: what a PO or HO answered for passes to the next live one, in the commit that spawns it.

use go_bus_api::{Agent, EventKind, Role, Task};

use super::super::ctx::Ctx;
use super::seats;
use crate::Reject;
use crate::tx::{Column, Filter};

/// Gives `heir` the open tasks of those who sat on its seat and are live no more. Attempts stay as they are.
pub(super) fn adopt_tasks(ctx: &mut Ctx<'_>, heir: &Agent) -> Result<(), Reject> {
    if !matches!(heir.role, Role::Po | Role::Ho) {
        return Ok(());
    }
    let Some(seat) = seats::seat_of(heir) else { return Ok(()) };
    let former = seats::ever(ctx, &seat)?;
    for old in former.iter().filter(|old| old.id != heir.id && !old.state.is_live()) {
        let left: Vec<Task> = ctx.find(&Filter::by(Column::Assignee, old.id.as_str()).open())?;
        for mut task in left {
            task.assignee = Some(heir.id.clone());
            ctx.update(&mut task, &EventKind::TaskUpdated)?;
        }
    }
    Ok(())
}
