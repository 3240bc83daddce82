//! What a refused agent does best, by the kind of the refusal.

use go_bus_api::ProblemKind;

/// One sentence; empty where the detail says it all.
pub(super) fn of(kind: ProblemKind) -> &'static str {
    use ProblemKind as K;
    match kind {
        K::Invalid | K::MalformedBody | K::BadRequest | K::PromptIncomplete | K::TooLarge | K::ReservedKind => {
            "Correct the arguments and call again."
        }
        K::NotFound => "Check the id; bus_list_tasks shows which tasks there are.",
        K::NotAssignee => {
            "Leave this to whoever answers for the task; a builder just ends its turn, and its work is verified then."
        }
        K::StaleAttempt => "Your attempt is over and somebody else has the task: stop working on it and end.",
        K::WrongState => "Read the task again with bus_get_task before you decide what to do.",
        K::ReviewerNotFresh => "You can't review this; say so and end.",
        K::Forbidden | K::TierViolation | K::NotLeader | K::NotHolder => {
            "You may not do this, and trying again won't help; ask your orchestrator with bus_send_message."
        }
        K::Unauthorized => "Your token is void: you have ended or were replaced. Stop.",
        K::NoSlot | K::NotReady | K::Paused | K::AccountParked => {
            "Nothing to be done now; go on with other work and try again when something has changed."
        }
        K::BudgetExceeded => "Nothing more is spent on this project until a person raises its budget; don't try again.",
        K::AlreadyExists => "Don't repeat it; use the one that is there.",
        K::RevisionMismatch => "Read it again, then decide anew.",
        K::TooMany | K::StorageUnavailable | K::Internal | K::InProgress => "Wait a little and call again.",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_may_be_refused_with_has_its_advice() {
        let never =
            [ProblemKind::LeaseHeld, ProblemKind::HostHeld, ProblemKind::HistoryGone, ProblemKind::MethodNotAllowed];
        let at_the_transport = [ProblemKind::StaleEpoch, ProblemKind::IdempotencyMismatch];
        for kind in ProblemKind::ALL.iter().filter(|kind| !never.contains(kind) && !at_the_transport.contains(kind)) {
            assert!(of(*kind).ends_with('.'), "{}", kind.slug());
        }
    }
}
