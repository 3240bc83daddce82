//! Who is told of an alert: a message in the commit that raises or escalates it, so that it is sent exactly once.
//!
//! L1 to L3 go to C0, L4 and L5 to every live IO. An IO that comes later is told at its spawn of what is open then, so each
//! one knows every open alert that is a human's.

use go_bus_api::{Agent, AgentId, AgentState, Alert, Role};
use go_rules::alerts::{Audience, audience};

use super::super::ctx::Ctx;
use super::super::messages;
use crate::Reject;
use crate::tx::{Column, Filter};

/// The `kind` of the message.
pub(in crate::apply) const KIND: &str = "alert";

/// How many open alerts a new IO is told of, the latest; of the rest it is told how many there are.
const MOST: usize = 20;

/// Tells whoever the alert goes to by its level.
pub(super) fn tell(ctx: &mut Ctx<'_>, alert: &Alert) -> Result<(), Reject> {
    match audience(alert.level) {
        Audience::Desk => send(ctx, alert, AgentId::c0()),
        Audience::Humans => live_ios(ctx)?.into_iter().try_for_each(|io| send(ctx, alert, io.id)),
    }
}

/// Tells a new IO of the open alerts that are a human's.
pub(in crate::apply) fn tell_newcomer(ctx: &mut Ctx<'_>, io: &Agent) -> Result<(), Reject> {
    if io.role != Role::Io {
        return Ok(());
    }
    let open: Vec<Alert> = ctx.find(&Filter::by(Column::State, "open").open())?;
    let for_humans: Vec<&Alert> = open.iter().filter(|alert| audience(alert.level) == Audience::Humans).collect();
    let older = for_humans.len().saturating_sub(MOST);
    if older > 0 {
        let subject = format!("{older} older alerts are open as well");
        let body = "alerts\nGET /io/alerts?state=open lists all that are open";
        messages::tell(ctx, io.id.clone(), KIND, &subject, body)?;
    }
    for_humans.into_iter().skip(older).try_for_each(|alert| send(ctx, alert, io.id.clone()))
}

/// The IOs that are live; looked up state by state, as that is what agents are found by.
fn live_ios(ctx: &mut Ctx<'_>) -> Result<Vec<Agent>, Reject> {
    let mut live = Vec::new();
    for state in AgentState::ALL.into_iter().filter(|state| state.is_live()) {
        live.extend(
            ctx.find::<Agent>(&Filter::by(Column::State, state.as_str()).and(Column::Role, Role::Io.as_str()))?,
        );
    }
    Ok(live)
}

fn send(ctx: &mut Ctx<'_>, alert: &Alert, to: AgentId) -> Result<(), Reject> {
    let subject = format!("{:?} {}", alert.level, alert.title);
    messages::tell(ctx, to, KIND, &subject, &format!("alerts/{}\n{}", alert.id, alert.detail))
}
