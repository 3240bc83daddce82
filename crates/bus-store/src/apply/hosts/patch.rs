//! `PATCH /hosts/{id}`.

use go_bus_api::{EventKind, Host, HostId, HostPatch};
use serde_json::json;

use super::super::ctx::Ctx;
use super::super::{Done, audit};
use crate::Reject;
use crate::stored::Stored;

/// Changes a host.
pub(in crate::apply) fn patch(ctx: &mut Ctx<'_>, id: &HostId, patch: &HostPatch) -> Result<Done, Reject> {
    let before: Host = ctx.need(id.as_str())?;
    ctx.match_revision(&before)?;
    let mut host = before.clone();
    host.state = patch.state.unwrap_or(host.state);
    host.slots = patch.slots.unwrap_or(host.slots);
    host.labels = patch.labels.clone().unwrap_or(host.labels);
    if host == before {
        return Ok(Done::unchanged(before.document()?));
    }
    audit::note(ctx, "config.change", &format!("hosts/{id}"), json!(patch))?;
    Ok(Done::updated(ctx.update(&mut host, &EventKind::HostUpdated)?))
}
