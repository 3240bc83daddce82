//! Humans' sessions: at most one is open per user.

use go_bus_api::{EventKind, NewSession, Revision, Session, SessionId};
use go_rules::uniqueness::Seat;

use super::Done;
use super::agents::seats;
use super::ctx::Ctx;
use crate::Reject;
use crate::stored::Stored;
use crate::tx::{Column, Filter};

/// `POST /io/sessions`: logs in. A user with an open session keeps it.
pub(super) fn open(ctx: &mut Ctx<'_>, body: &NewSession) -> Result<Done, Reject> {
    let open: Vec<Session> = ctx.find(&Filter::by(Column::User, body.user.as_str()).open())?;
    if let Some(session) = open.first() {
        return Ok(Done::unchanged(session.document()?));
    }
    let present = seats::present(ctx, &Seat::Human(body.user.clone()))?;
    let session = Session {
        id: SessionId::generate(),
        user: body.user.clone(),
        opened_at: ctx.at,
        closed_at: None,
        io: present.into_iter().find(|agent| agent.state.is_live()).map(|agent| agent.id),
        revision: Revision(1),
    };
    Ok(Done::created(ctx.create(&session, &EventKind::SessionOpened)?))
}

/// `DELETE /io/sessions/{id}`: logs out.
pub(super) fn close(ctx: &mut Ctx<'_>, id: &SessionId) -> Result<Done, Reject> {
    let mut session: Session = ctx.need(id.as_str())?;
    if session.closed_at.is_some() {
        return Ok(Done::unchanged(session.document()?));
    }
    session.closed_at = Some(ctx.at);
    Ok(Done::updated(ctx.update(&mut session, &EventKind::SessionClosed)?))
}
