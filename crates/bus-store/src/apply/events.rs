//! Events of somebody's own.

use go_bus_api::{NewEvent, ProblemKind};

use super::Done;
use super::ctx::Ctx;
use crate::{Outcome, Reject};

/// `POST /events`: any kind but the Bus's own.
pub(super) fn post(ctx: &mut Ctx<'_>, body: &NewEvent) -> Result<Done, Reject> {
    if body.kind.is_reserved() {
        return Err(Reject::rule(ProblemKind::ReservedKind, format!("{} is the Bus's own kind", body.kind)));
    }
    let subject = body.subject.as_ref().map(|subject| subject.0.as_str());
    ctx.emit(&body.kind, subject, &body.data)?;
    Ok(Done::bare(Outcome::Created))
}
