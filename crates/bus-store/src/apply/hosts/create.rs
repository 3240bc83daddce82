//! `POST /hosts`.

use go_bus_api::{EventKind, Host, NewHost, ResourceKind, Revision};

use super::super::Done;
use super::super::ctx::Ctx;
use crate::Reject;

/// Makes a host.
pub(in crate::apply) fn create(ctx: &mut Ctx<'_>, body: &NewHost) -> Result<Done, Reject> {
    ctx.must_be_new(ResourceKind::Host, body.id.as_str())?;
    let host = Host {
        id: body.id.clone(),
        state: body.state,
        slots: body.slots,
        labels: body.labels.clone(),
        last_heartbeat: None,
        launcher: None,
        boot_id: None,
        revision: Revision(1),
    };
    Ok(Done::created(ctx.create(&host, &EventKind::HostCreated)?))
}
