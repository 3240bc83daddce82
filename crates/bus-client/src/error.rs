//! Why a call to the Bus failed.

use std::time::Duration;

use go_bus_api::{LeaseHeld, Problem, ProblemKind};

/// Why a call to the Bus failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BusError {
    /// No connection came about; the request was certainly not carried out.
    #[error("the Bus is unreachable: {0}")]
    Unreachable(String),
    /// The connection broke under way; whether the request was carried out is unknown.
    #[error("the connection to the Bus broke: {0}")]
    Broken(String),
    /// No answer within the deadline; whether the request was carried out is unknown.
    #[error("the Bus did not answer within {0:?}")]
    TimedOut(Duration),
    /// The client was good until an instant that has passed (see [`crate::BusClient::until`]); nothing was sent.
    #[error("this client is no longer good: its time is over")]
    Expired,
    /// The same, but the request had been sent: whether it was carried out is unknown.
    #[error("this client's time was over before the Bus answered")]
    Abandoned,
    /// 401: the token is missing, wrong or revoked.
    #[error("the Bus does not take this token: {0}")]
    Unauthorized(Box<Problem>),
    /// The Bus refused, and says why.
    #[error("the Bus refused: {0}")]
    Refused(Box<Problem>),
    /// An answer that the contract does not know.
    #[error("the Bus answered {status} with what is not an answer: {detail}")]
    Garbage {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        detail: String,
    },
    /// The request can't be written as JSON or as a header.
    #[error("the request can't be written: {0}")]
    Unwritable(String),
    /// The transport can't carry this kind of request.
    #[error("this transport can't do that: {0}")]
    Unsupported(&'static str),
}

impl BusError {
    /// What kind of problem the Bus named, where it is one of the contract's.
    pub fn problem(&self) -> Option<ProblemKind> {
        self.document()?.kind()
    }

    /// The whole problem document, where the Bus sent one.
    pub fn document(&self) -> Option<&Problem> {
        match self {
            Self::Unauthorized(problem) | Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether the Bus named this problem.
    pub fn is(&self, kind: ProblemKind) -> bool {
        self.problem() == Some(kind)
    }

    /// Who holds the lease, where that is why the Bus refused a bid.
    pub fn lease_held(&self) -> Option<LeaseHeld> {
        let problem = self.document().filter(|problem| problem.kind() == Some(ProblemKind::LeaseHeld))?;
        serde_json::from_value(serde_json::Value::Object(problem.more.clone())).ok()
    }

    /// Whether the same request may well succeed a little later. Says nothing about whether a repeat is harmless.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Broken(_) | Self::TimedOut(_) => true,
            Self::Refused(problem) => transient(problem.status) || problem.kind() == Some(ProblemKind::InProgress),
            Self::Garbage { status, .. } => transient(*status),
            Self::Expired | Self::Abandoned | Self::Unauthorized(_) | Self::Unwritable(_) | Self::Unsupported(_) => {
                false
            }
        }
    }

    /// Whether the client was no longer good: its own time ended the call, not the Bus.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Expired | Self::Abandoned)
    }

    /// Whether the request was certainly not carried out.
    pub fn was_not_sent(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Expired | Self::Unwritable(_) | Self::Unsupported(_))
    }
}

fn transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_retryable() {
        let refused = |kind| BusError::Refused(Box::new(Problem::new(kind, "")));
        for kind in ProblemKind::ALL {
            let passes = matches!(
                kind,
                ProblemKind::InProgress
                    | ProblemKind::TooMany
                    | ProblemKind::Internal
                    | ProblemKind::StorageUnavailable
            );
            assert_eq!(refused(*kind).is_retryable(), passes, "{kind:?}");
        }
        assert!(BusError::Garbage { status: 502, detail: String::new() }.is_retryable());
        assert!(!BusError::Garbage { status: 200, detail: String::new() }.is_retryable());
    }
}
