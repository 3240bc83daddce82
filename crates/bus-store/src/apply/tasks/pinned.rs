//! Pushes are done on the host that has what they push: when one may go to another, and the alert while its host is gone.

use go_bus_api::{Task, TaskKind};
use go_rules::alerts::waits_for_host;

use super::super::authority::wrong_state;
use super::super::ctx::Ctx;
use super::super::interaction::alerts;
use crate::Reject;

/// Refuses to give a landing another host while somebody has it in hand, and, but to the operator, where only its own has what it lands.
pub(super) fn may_move(ctx: &mut Ctx<'_>, push: &Task) -> Result<(), Reject> {
    let Some(ticket) = &push.lands else { return Ok(()) };
    if !push.state.is_assignable() {
        return Err(wrong_state(format!("{} is {}: its host stays", push.id, push.state.as_str())));
    }
    let landing = ctx.load::<Task>(ticket.as_str())?.and_then(|ticket| ticket.landing);
    if ctx.who.is_operator() && !ctx.who.is_leader() || landing.is_some_and(|landing| landing.pushed) {
        return Ok(());
    }
    Err(wrong_state(format!("only the host of {} has what it lands", push.id)))
}

/// A push that was begun, moved, set aside or called off waits for its host no more: the alert that it does is closed.
pub(super) fn waits_no_more(ctx: &mut Ctx<'_>, push: &Task) -> Result<(), Reject> {
    if push.kind == TaskKind::Push { alerts::close(ctx, &waits_for_host(&push.id)) } else { Ok(()) }
}
