//! Problems: RFC 9457 answers as types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

macro_rules! problems {
    ($($variant:ident => $slug:literal, $status:literal, $title:literal;)*) => {
        /// Every kind of refusal the Bus knows; the slug is the last part of a problem's `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProblemKind {
            $(#[doc = $title] $variant,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The last part of the `type`.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// One line for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The kind with this slug.
            pub fn from_slug(slug: &str) -> Option<Self> {
                match slug { $($slug => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

problems! {
    MalformedBody => "malformed-body", 400, "The body is not JSON.";
    BadRequest => "bad-request", 400, "The request is malformed.";
    Unauthorized => "unauthorized", 401, "A valid token is needed.";
    Forbidden => "forbidden", 403, "This role may not do that.";
    NotLeader => "not-leader", 403, "Only the holder of the lease may do that.";
    NotHolder => "not-holder", 403, "The lease belongs to another agent's token.";
    TierViolation => "tier-violation", 403, "This role may not spawn that one.";
    NotAssignee => "not-assignee", 403, "Only the task's assignee may do that.";
    ReviewerNotFresh => "reviewer-not-fresh", 403, "A reviewer is spawned after the delivery and built no part of it.";
    NotFound => "not-found", 404, "There is no such thing.";
    MethodNotAllowed => "method-not-allowed", 405, "This path does not take that method.";
    AccountParked => "account-parked", 409, "The account rests until its window opens again.";
    AlreadyExists => "already-exists", 409, "There is one already.";
    BudgetExceeded => "budget-exceeded", 409, "The budget is spent.";
    InProgress => "in-progress", 409, "The first request with this key is under way.";
    LeaseHeld => "lease-held", 409, "Another instance holds the lease.";
    HostHeld => "host-held", 409, "Another live launcher holds this host.";
    NoSlot => "no-slot", 409, "No slot is free.";
    NotReady => "not-ready", 409, "The task can't start yet.";
    Paused => "paused", 409, "The project is paused.";
    StaleAttempt => "stale-attempt", 409, "The attempt is over.";
    WrongState => "wrong-state", 409, "That step is not possible from this state.";
    HistoryGone => "history-gone", 410, "Events that old are no longer kept.";
    RevisionMismatch => "revision-mismatch", 412, "The resource has changed since.";
    StaleEpoch => "stale-epoch", 412, "The epoch is not the live lease's.";
    TooLarge => "too-large", 413, "The body is over 1 MiB.";
    IdempotencyMismatch => "idempotency-mismatch", 422, "The key was used with another body.";
    Invalid => "invalid", 422, "The body breaks a rule.";
    PromptIncomplete => "prompt-incomplete", 422, "The prompt lacks a section that it must have.";
    ReservedKind => "reserved-kind", 422, "That kind is the Bus's own.";
    TooMany => "too-many", 429, "There are as many connections or streams as there may be.";
    Internal => "internal", 500, "The Bus failed; the write did not happen.";
    StorageUnavailable => "storage-unavailable", 503, "The storage does not take writes now.";
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// Where, as a JSON pointer (RFC 6901): `/priority`.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// An `application/problem+json` document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `/problems/<slug>`.
    #[serde(rename = "type")]
    pub type_: String,
    /// One line for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and what to do.
    #[serde(default)]
    pub detail: String,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Further members, such as a held lease's holder.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            type_: format!("/problems/{}", kind.slug()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            errors: Vec::new(),
            more: Map::new(),
        }
    }

    /// An [`ProblemKind::Invalid`] that points at one field.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new(ProblemKind::Invalid, detail.clone());
        problem.errors.push(FieldError { pointer: pointer.into(), detail });
        problem
    }

    /// The same with the members of `extra`, which has to be a JSON object to add anything.
    #[must_use]
    pub fn with(mut self, extra: &impl Serialize) -> Self {
        if let Ok(Value::Object(members)) = serde_json::to_value(extra) {
            self.more.extend(members);
        }
        self
    }

    /// The kind, where the slug is one of this contract's.
    pub fn kind(&self) -> Option<ProblemKind> {
        ProblemKind::from_slug(self.type_.rsplit_once("/problems/")?.1)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.detail.is_empty() { f.write_str(&self.title) } else { f.write_str(&self.detail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_distinct_and_read_back() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_slug(kind.slug()), Some(*kind));
            assert_eq!(Problem::new(*kind, "").kind(), Some(*kind));
        }
    }
}
