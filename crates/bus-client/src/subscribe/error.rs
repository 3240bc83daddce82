//! What ends a subscription.

use go_bus_api::{Problem, ProblemKind};

use crate::BusError;

/// What ends a subscription; everything else it heals by itself.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SubscribeError {
    /// 410: events that old are no longer kept. A new snapshot is the way on.
    #[error("the Bus no longer keeps events that old")]
    HistoryGone,
    /// 401, and there is no newer token.
    #[error("the Bus does not take this token: {0}")]
    Unauthorized(Box<Problem>),
    /// The Bus refused for another reason that will not pass.
    #[error("the Bus refused the event stream: {0}")]
    Refused(Box<Problem>),
    /// What answers speaks something else, again and again.
    #[error("the event stream makes no sense: {0}")]
    Garbage(String),
    /// The client's time is over, or its transport has no streams.
    #[error("the client can't open an event stream: {0}")]
    Unable(BusError),
}

impl SubscribeError {
    /// The error that ends a subscription, or the one that a new connection may heal.
    pub(super) fn from_bus(error: BusError) -> Result<Self, BusError> {
        if error.is(ProblemKind::HistoryGone) || error.document().is_some_and(|problem| problem.status == 410) {
            return Ok(Self::HistoryGone);
        }
        match error {
            BusError::Unauthorized(problem) => Ok(Self::Unauthorized(problem)),
            BusError::Refused(problem) if !BusError::Refused(problem.clone()).is_retryable() => {
                Ok(Self::Refused(problem))
            }
            BusError::Expired | BusError::Abandoned | BusError::Unsupported(_) | BusError::Unwritable(_) => {
                Ok(Self::Unable(error))
            }
            passing => Err(passing),
        }
    }
}
