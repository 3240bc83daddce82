//! Alerts: raised once per key while nobody took note, escalated where they are raised again at a higher level.

use go_bus_api::{Alert, AlertId, AlertState, EventKind, NewAlert, Project, Revision, Text};

use super::super::Done;
use super::super::ctx::Ctx;
use super::alert_routing;
use crate::Reject;
use crate::stored::Stored;
use crate::tx::{Column, Filter};

/// `POST /io/alerts`.
pub(in crate::apply) fn raise(ctx: &mut Ctx<'_>, body: &NewAlert) -> Result<Done, Reject> {
    ctx.refer_some::<Project>(body.project.as_ref().map(AsRef::as_ref), "/project")?;
    let alert = Alert {
        id: AlertId::generate(),
        level: body.level,
        title: body.title.clone(),
        detail: body.detail.clone(),
        project: body.project.clone(),
        state: AlertState::Open,
        raised_at: ctx.at,
        acknowledged_by: None,
        dedupe_key: body.dedupe_key.clone(),
        revision: Revision(1),
    };
    raise_once(ctx, &alert)
}

/// Raises the alert and tells whom it goes to. The open one with the same key is it already: that one is answered, and
/// escalated where this one is worse.
pub(in crate::apply) fn raise_once(ctx: &mut Ctx<'_>, alert: &Alert) -> Result<Done, Reject> {
    match same(ctx, alert)? {
        Some(open) if open.level < alert.level => escalate(ctx, open, alert),
        Some(open) => Ok(Done::unchanged(open.document()?)),
        None => {
            let document = ctx.create(alert, &EventKind::AlertRaised)?;
            alert_routing::tell(ctx, alert)?;
            Ok(Done::created(document))
        }
    }
}

fn same(ctx: &mut Ctx<'_>, alert: &Alert) -> Result<Option<Alert>, Reject> {
    let Some(key) = &alert.dedupe_key else { return Ok(None) };
    let open: Vec<Alert> = ctx.find(&Filter::by(Column::DedupeKey, key.as_str()).open())?;
    Ok(open.into_iter().next())
}

/// The open alert says what the worse one says, and goes to whom that one goes.
fn escalate(ctx: &mut Ctx<'_>, mut open: Alert, worse: &Alert) -> Result<Done, Reject> {
    open.level = worse.level;
    open.title = worse.title.clone();
    open.detail = worse.detail.clone();
    let document = ctx.update(&mut open, &EventKind::AlertEscalated)?;
    alert_routing::tell(ctx, &open)?;
    Ok(Done::updated(document))
}

/// Closes the open alert with this key: what it was about is over.
pub(in crate::apply) fn close(ctx: &mut Ctx<'_>, key: &Text<256>) -> Result<(), Reject> {
    let open: Vec<Alert> = ctx.find(&Filter::by(Column::DedupeKey, key.as_str()).open())?;
    for mut alert in open {
        alert.state = AlertState::Acknowledged;
        alert.acknowledged_by = Some(ctx.who.name().clone());
        ctx.update(&mut alert, &EventKind::AlertAcknowledged)?;
    }
    Ok(())
}

/// `POST /io/alerts/{id}/ack`.
pub(in crate::apply) fn acknowledge(ctx: &mut Ctx<'_>, id: &AlertId) -> Result<Done, Reject> {
    let mut alert: Alert = ctx.need(id.as_str())?;
    if alert.state == AlertState::Acknowledged {
        return Ok(Done::unchanged(alert.document()?));
    }
    alert.state = AlertState::Acknowledged;
    alert.acknowledged_by = Some(ctx.who.name().clone());
    Ok(Done::updated(ctx.update(&mut alert, &EventKind::AlertAcknowledged)?))
}
