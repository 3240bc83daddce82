//! What the store answers.

use go_bus_api::{Epoch, FieldError, HolderId, ProblemKind, ResourceKind, Revision, Seq, TransitionError};

use crate::{Document, Lease, StoreError};

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something new is there: 201.
    Created,
    /// Something changed: 200.
    Updated,
    /// It was so already: 200, no event.
    Unchanged,
}

/// The proof that a command is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// What it came to.
    pub outcome: Outcome,
    /// The resource after it, where there is one.
    pub document: Option<Document>,
    /// The lease after it, for the lease's commands.
    pub lease: Option<Lease>,
    /// The last event at that moment.
    pub seq: Seq,
}

/// Why a command was not done. Nothing of it was written, except the audit entry of a refusal.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reject {
    /// A rule of the contract.
    #[error("{detail}")]
    Rule {
        /// Which.
        kind: ProblemKind,
        /// In words.
        detail: String,
        /// The fields that are wrong.
        errors: Vec<FieldError>,
    },
    /// Another instance holds the lease.
    #[error("the lease is held by {} under epoch {}", holder, lease.epoch)]
    LeaseHeld {
        /// By whom.
        holder: HolderId,
        /// The whole record.
        lease: Box<Lease>,
    },
    /// The engine failed; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reject {
    /// A refusal by rule.
    pub fn rule(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::Rule { kind, detail: detail.into(), errors: Vec::new() }
    }

    /// A body that breaks a rule at one field.
    pub fn field(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldError { pointer: pointer.to_owned(), detail: detail.clone() }];
        Self::Rule { kind: ProblemKind::Invalid, detail, errors }
    }

    /// The same refusal of a part of a body: its pointers lead through `pointer`.
    #[must_use]
    pub fn beneath(mut self, pointer: &str) -> Self {
        if let Self::Rule { errors, .. } = &mut self {
            errors.iter_mut().for_each(|error| error.pointer.insert_str(0, pointer));
        }
        self
    }

    /// There is no such resource.
    pub fn missing(kind: ResourceKind, id: &str) -> Self {
        Self::rule(ProblemKind::NotFound, format!("there is no {} {id}", kind.as_str()))
    }

    /// An epoch that is not the live lease's.
    pub fn stale_epoch(sent: Epoch, live: Epoch) -> Self {
        Self::rule(
            ProblemKind::StaleEpoch,
            format!("epoch {sent} is not the live lease's; the last one granted is {live}"),
        )
    }

    /// The resource has another version.
    pub fn revision(found: Revision) -> Self {
        Self::rule(ProblemKind::RevisionMismatch, format!("the resource is at revision {found} by now; read it again"))
    }
}

impl From<TransitionError> for Reject {
    fn from(error: TransitionError) -> Self {
        Self::rule(ProblemKind::WrongState, error.to_string())
    }
}
