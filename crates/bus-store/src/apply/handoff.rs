//! The leader's handoff: what its successor reads first (R3, R4).

use go_bus_api::{EventKind, Handoff};
use serde_json::Value;

use super::Done;
use super::authority::must_lead;
use super::ctx::Ctx;
use crate::{Outcome, Reject};

/// `PUT /agents/000/handoff`, under a live epoch alone.
pub(super) fn put(ctx: &mut Ctx<'_>, document: &Value) -> Result<Done, Reject> {
    let epoch = must_lead(ctx, "write the handoff")?;
    let handoff = Handoff { epoch, written_at: ctx.at, document: document.clone() };
    ctx.tx.put_handoff(&handoff)?;
    ctx.emit(&EventKind::HandoffWritten, Some("handoff"), &handoff)?;
    Ok(Done::bare(Outcome::Updated))
}
