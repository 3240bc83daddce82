//! Alerts: raised once per key while nobody took note.

use go_bus_api::{Alert, AlertId, AlertState, EventKind, NewAlert, Project, Revision};

use super::super::Done;
use super::super::ctx::Ctx;
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

/// Raises the alert, or answers the open one with the same key.
pub(in crate::apply) fn raise_once(ctx: &mut Ctx<'_>, alert: &Alert) -> Result<Done, Reject> {
    if let Some(key) = &alert.dedupe_key {
        let open: Vec<Alert> = ctx.find(&Filter::by(Column::DedupeKey, key.as_str()).open())?;
        if let Some(same) = open.first() {
            return Ok(Done::unchanged(same.document()?));
        }
    }
    Ok(Done::created(ctx.create(alert, &EventKind::AlertRaised)?))
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
