//! The audit log: each entry carries the hash of the one before it (R20).

use go_bus_api::{AuditEntry, NewAuditEntry, Seq, Text};
use go_rules::mutation::{Mutation, is_on};
use serde_json::Value;

use super::Done;
use super::ctx::Ctx;
use crate::audit_chain::{GENESIS, hash};
use crate::{Outcome, Reject};

/// Adds an entry.
pub(super) fn append(ctx: &mut Ctx<'_>, new: &NewAuditEntry) -> Result<(), Reject> {
    let (last, prev_hash) = ctx.tx.last_audit()?.unwrap_or_else(|| (Seq(0), GENESIS.to_owned()));
    let prev_hash = if is_on(Mutation::AuditUnchained) { GENESIS.to_owned() } else { prev_hash };
    let mut entry = AuditEntry {
        seq: last.next(),
        at: ctx.at,
        actor: ctx.who.name().clone(),
        epoch: ctx.who.epoch(),
        action: new.action.clone(),
        subject: new.subject.clone(),
        detail: new.detail.clone(),
        prev_hash: Text::clipped(&prev_hash),
        hash: Text::default(),
    };
    entry.hash = Text::clipped(&hash(&entry)?);
    Ok(ctx.tx.append_audit(&entry)?)
}

/// An entry about a subject.
pub(super) fn note(ctx: &mut Ctx<'_>, action: &str, subject: &str, detail: Value) -> Result<(), Reject> {
    append(ctx, &entry(action, subject, detail))
}

/// An entry, not yet written.
pub(super) fn entry(action: &str, subject: &str, detail: Value) -> NewAuditEntry {
    NewAuditEntry { action: Text::clipped(action), subject: Some(Text::clipped(subject)), detail }
}

/// `POST /audit`.
pub(super) fn post(ctx: &mut Ctx<'_>, new: &NewAuditEntry) -> Result<Done, Reject> {
    append(ctx, new)?;
    Ok(Done::bare(Outcome::Created))
}
