//! What the Bus's answer to an action means.

use go_bus_api::ProblemKind;
use go_bus_client::BusError;

use crate::action::Action;
use crate::retries::Tried;

/// What came of an action that the Bus did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It is so already; the event tells.
    AlreadySo,
    /// It waits for its retry.
    Retry(Tried),
    /// Nothing was sent, or its answer not waited for: the lease was not trusted at that instant.
    Expired,
    /// This instance no longer leads.
    NotLeader,
    /// Its token is not taken any more.
    Unauthorized,
}

/// What `error` means for `action`.
pub(crate) fn meaning(action: &Action, error: &BusError) -> Meaning {
    use ProblemKind::{
        AlreadyExists, NotAssignee, NotFound, NotHolder, NotLeader, StaleAttempt, StaleEpoch, WrongState,
    };
    match (error, error.problem()) {
        (BusError::Unauthorized(_), _) => Meaning::Unauthorized,
        _ if error.is_over() => Meaning::Expired,
        (_, Some(StaleEpoch | NotLeader | NotHolder)) => Meaning::NotLeader,
        (_, Some(AlreadyExists)) => Meaning::AlreadySo,
        (_, Some(WrongState)) if matches!(action, Action::Assign { .. } | Action::End(_)) => Meaning::AlreadySo,
        (_, Some(NotFound)) if matches!(action, Action::End(_)) => Meaning::AlreadySo,
        (_, Some(WrongState | StaleAttempt | NotAssignee)) if matches!(action, Action::Fail { .. }) => {
            Meaning::AlreadySo
        }
        _ if error.is_retryable() => Meaning::Retry(Tried::Soon),
        _ => Meaning::Retry(Tried::Refused),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use go_bus_api::{Attempt, Problem};

    use super::*;
    use crate::samples;

    fn assign() -> Action {
        let (task, project, assignee) = (samples::id("T-1"), samples::id("site"), samples::id("a-1"));
        Action::Assign { task, attempt: Attempt(0), project, assignee }
    }

    fn refused(kind: ProblemKind) -> BusError {
        BusError::Refused(Box::new(Problem::new(kind, "")))
    }

    #[test]
    fn what_is_so_already_is_no_failure() {
        for kind in [ProblemKind::AlreadyExists, ProblemKind::WrongState] {
            assert_eq!(meaning(&assign(), &refused(kind)), Meaning::AlreadySo, "{kind:?}");
        }
        let end = Action::End(samples::id("a-1"));
        assert_eq!(meaning(&end, &refused(ProblemKind::NotFound)), Meaning::AlreadySo);
        assert_eq!(meaning(&assign(), &refused(ProblemKind::NotFound)), Meaning::Retry(Tried::Refused));
    }

    #[test]
    fn an_epoch_that_is_over_ends_the_tenure() {
        for kind in [ProblemKind::StaleEpoch, ProblemKind::NotLeader, ProblemKind::NotHolder] {
            assert_eq!(meaning(&assign(), &refused(kind)), Meaning::NotLeader, "{kind:?}");
        }
        assert_eq!(
            meaning(&assign(), &BusError::Expired),
            Meaning::Expired,
            "the lease itself tells whether it is over"
        );
    }

    #[test]
    fn everything_else_waits_for_its_retry() {
        for kind in [ProblemKind::NotReady, ProblemKind::NoSlot, ProblemKind::Paused, ProblemKind::Invalid] {
            assert_eq!(meaning(&assign(), &refused(kind)), Meaning::Retry(Tried::Refused), "{kind:?}");
        }
        let soon = [BusError::TimedOut(Duration::ZERO), refused(ProblemKind::StorageUnavailable)];
        assert!(soon.iter().all(|error| meaning(&assign(), error) == Meaning::Retry(Tried::Soon)));
        let problem = Box::new(Problem::new(ProblemKind::Unauthorized, ""));
        assert_eq!(meaning(&assign(), &BusError::Unauthorized(problem)), Meaning::Unauthorized);
    }
}
