//! Repeats of creating commands: the same key with the same body gets the first answer, for 24 hours.

use std::time::Duration;

use go_bus_api::{ProblemKind, Timestamp};

use super::ctx::Ctx;
use crate::tx::KeptReceipt;
use crate::{Action, Command, Receipt, Reject};

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether a command's answer is kept. What carries a token never is, and the lease has an idempotency of its own.
fn is_kept(action: &Action) -> bool {
    matches!(
        action,
        Action::Spawn(_)
            | Action::CreateTask(_)
            | Action::CreateHost(_)
            | Action::CreateProject(_)
            | Action::OpenSession(_)
            | Action::SendMessage(_)
            | Action::RaiseAlert(_)
            | Action::AskQuestion(_)
            | Action::StartSprint(_)
            | Action::RecordCost(_)
            | Action::AppendAudit(_)
            | Action::PostEvent(_)
    )
}

/// The first answer, where this command is a repeat.
pub(super) fn repeated(ctx: &mut Ctx<'_>, command: &Command) -> Result<Option<Receipt>, Reject> {
    let Some(key) = command.key.as_ref().filter(|_| is_kept(&command.action)) else { return Ok(None) };
    let actor = ctx.who.name().clone();
    match ctx.tx.kept_receipt(actor.as_str(), &key.key)? {
        Some(kept) if kept.at < oldest(ctx.at) => Ok(None),
        Some(kept) if kept.digest != key.digest => Err(Reject::rule(
            ProblemKind::IdempotencyMismatch,
            "this key was used with another request; take a new key for a new request",
        )),
        Some(kept) => Ok(Some(Receipt { outcome: kept.outcome, document: kept.document, lease: None, seq: kept.seq })),
        None => Ok(None),
    }
}

/// Keeps the answer for a repeat.
pub(super) fn keep(ctx: &mut Ctx<'_>, command: &Command, receipt: &Receipt) -> Result<(), Reject> {
    let Some(key) = command.key.as_ref().filter(|_| is_kept(&command.action)) else { return Ok(()) };
    let actor = ctx.who.name().clone();
    ctx.tx.forget_receipts(oldest(ctx.at))?;
    let kept = KeptReceipt {
        digest: key.digest,
        at: ctx.at,
        outcome: receipt.outcome,
        document: receipt.document.clone(),
        seq: receipt.seq,
    };
    Ok(ctx.tx.keep_receipt(actor.as_str(), key, &kept)?)
}

fn oldest(now: Timestamp) -> Timestamp {
    let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_unix_millis(now.unix_millis().saturating_sub(kept))
}
