//! The end of a host's lease: its agents have ended for certain, for their launcher and shims end them before that time.

use go_bus_api::{EventKind, Host, HostId, Timestamp};
use go_rules::builder_end;

use super::super::Done;
use super::super::agents::ended;
use super::super::authority::must_be_bus;
use super::super::ctx::Ctx;
use super::end_all;
use crate::Reject;
use crate::stored::Stored;

/// Ends a host's lease, where it has not been renewed since `last_heartbeat`.
pub(in crate::apply) fn expire(
    ctx: &mut Ctx<'_>,
    id: &HostId,
    last_heartbeat: Option<Timestamp>,
    bus_was_reachable: bool,
) -> Result<Done, Reject> {
    must_be_bus(ctx)?;
    let mut host: Host = ctx.need(id.as_str())?;
    if host.boot_id.is_none() || host.last_heartbeat != last_heartbeat {
        return Ok(Done::unchanged(host.document()?));
    }
    (host.launcher, host.boot_id) = (None, None);
    let document = ctx.update(&mut host, &EventKind::HostExpired)?;
    end_all(ctx, &host, |agent| builder_end::after_host_lease(agent, bus_was_reachable))?;
    ended::give_back_unbuilt(ctx, id)?;
    Ok(Done::updated(document))
}
