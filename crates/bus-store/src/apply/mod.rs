//! The contract's rules. Each command is decided and done here, in the engine's transaction.
//!
//! One file per group of actions; [`execute`] frames them: savepoint, fencing, idempotency, the action, then keep or undo.

mod accounts;
mod agents;
mod audit;
mod authority;
mod costs;
mod ctx;
mod dispatch;
mod events;
mod handoff;
mod hosts;
mod idempotency;
mod interaction;
mod lease;
mod messages;
mod projects;
mod roles;
mod seed;
mod sessions;
mod sprints;
mod tasks;

pub(crate) use roles::SETTING as ROLES_SETTING;
pub(crate) use seed::seed;

use crate::tx::Tx;
use crate::{Command, Document, Lease, Outcome, Policy, Receipt, Reject};
use ctx::Ctx;

/// What an action came to, before its receipt gets the event's place.
#[derive(Debug, Clone, PartialEq)]
struct Done {
    outcome: Outcome,
    document: Option<Document>,
    lease: Option<Lease>,
}

impl Done {
    fn created(document: Document) -> Self {
        Self { outcome: Outcome::Created, document: Some(document), lease: None }
    }

    fn updated(document: Document) -> Self {
        Self { outcome: Outcome::Updated, document: Some(document), lease: None }
    }

    fn unchanged(document: Document) -> Self {
        Self { outcome: Outcome::Unchanged, document: Some(document), lease: None }
    }

    fn bare(outcome: Outcome) -> Self {
        Self { outcome, document: None, lease: None }
    }

    fn lease(outcome: Outcome, lease: Lease) -> Self {
        Self { outcome, document: None, lease: Some(lease) }
    }
}

/// Does one command in the transaction: all of it, or nothing but the audit entry of a refusal.
pub(crate) fn execute(tx: &mut dyn Tx, policy: &Policy, command: &Command) -> Result<Receipt, Reject> {
    tx.savepoint()?;
    let mut ctx = Ctx::new(tx, policy, command);
    let result = decide(&mut ctx, command);
    let refusal = ctx.take_refusal();
    match result {
        Ok(receipt) => {
            tx.release()?;
            Ok(receipt)
        }
        Err(reject) => {
            let undone = tx.rollback();
            if matches!(reject, Reject::Store(_)) {
                // The engine may have ended the whole transaction by itself; its first error is the one that tells why.
                return Err(reject);
            }
            undone?;
            if let Some(entry) = refusal {
                record_refusal(tx, policy, command, &entry)?;
            }
            Err(reject)
        }
    }
}

fn decide(ctx: &mut Ctx<'_>, command: &Command) -> Result<Receipt, Reject> {
    authority::fence(ctx, command)?;
    if let Some(receipt) = idempotency::repeated(ctx, command)? {
        return Ok(receipt);
    }
    let done = dispatch::perform(ctx, &command.action)?;
    let receipt = Receipt { outcome: done.outcome, document: done.document, lease: done.lease, seq: ctx.tx.seq() };
    idempotency::keep(ctx, command, &receipt)?;
    Ok(receipt)
}

/// The audit entry of a refusal, in a savepoint of its own: it stays though the command is undone.
fn record_refusal(
    tx: &mut dyn Tx,
    policy: &Policy,
    command: &Command,
    entry: &go_bus_api::NewAuditEntry,
) -> Result<(), Reject> {
    tx.savepoint()?;
    let mut ctx = Ctx::new(tx, policy, command);
    authority::identify(&mut ctx, command)?;
    audit::append(&mut ctx, entry)?;
    Ok(tx.release()?)
}
