//! The audit log: each entry carries the hash of the one before it (R20).

use data_encoding::HEXLOWER;
use go_bus_api::{AuditEntry, NewAuditEntry, Seq, Text};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Done;
use super::ctx::Ctx;
use crate::{Outcome, Reject, StoreError};

/// What the first entry carries in place of a hash before it.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Adds an entry.
pub(super) fn append(ctx: &mut Ctx<'_>, new: &NewAuditEntry) -> Result<(), Reject> {
    let (last, prev_hash) = ctx.tx.last_audit()?.unwrap_or_else(|| (Seq(0), GENESIS.to_owned()));
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

/// SHA-256 over the previous hash and every field of the entry but its own hash, in hex.
fn hash(entry: &AuditEntry) -> Result<String, Reject> {
    let fields = (entry.seq, entry.at, &entry.actor, entry.epoch, &entry.action, &entry.subject, &entry.detail);
    let fields = serde_json::to_vec(&fields).map_err(|error| Reject::Store(StoreError::Corrupt(error.to_string())))?;
    let digest = Sha256::new().chain_update(entry.prev_hash.as_str()).chain_update(fields).finalize();
    Ok(HEXLOWER.encode(&digest))
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
