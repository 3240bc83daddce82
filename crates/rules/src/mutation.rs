//! Rules that the simulator breaks on purpose, to see that its judge notices.
//!
//! A build without the feature `mutants` has none of this: [`is_on`] is `false` there, known when it is compiled. `go-sim` alone turns
//! the feature on, so no binary that is shipped can be told to break a rule. One mutation is on for the whole life of a process.

/// A rule that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mutation {
    /// The Bus takes a write under any epoch.
    FenceOff,
    /// The holder counts its trust from the answer to its renewal rather than from sending it.
    TrustFromAnswer,
    /// The holder believes in its lease for its TTL, whatever becomes of its session.
    SessionUnheeded,
    /// What the holder does is not held to its deadline.
    DeadlineUnchecked,
    /// A standby's wait is not answered when the lease ends.
    WaitUnanswered,
    /// The successor acts before it has seen what its predecessor did.
    ActBeforeCaughtUp,
    /// A subscriber that reconnects resumes one event too early, and does not notice.
    ResumeTooEarly,
    /// A subscriber that reconnects resumes one event too late, and does not notice.
    ResumeTooLate,
    /// A task whose builder has ended stays with it for ever.
    NoRequeue,
    /// A result of an earlier attempt is taken.
    AttemptUnchecked,
    /// A task may have a second live builder.
    SecondBuilder,
    /// A launcher that starts knows nothing of what its predecessor started.
    NoAdoption,
    /// A host goes on with its agents when it can't renew its lease.
    HostLeaseUnheeded,
    /// A seat may be taken twice.
    SeatUnchecked,
    /// Anyone may spawn anything.
    TierUnchecked,
    /// A builder may review its own work.
    ReviewerUnchecked,
    /// Neither a host's slots nor the fleet's cap hold a spawn back.
    CapUnchecked,
    /// One ticket at a time is assigned, however many slots are free.
    LazyDispatch,
    /// An audit entry does not carry the hash of the one before.
    AuditUnchained,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::FenceOff,
        Self::TrustFromAnswer,
        Self::SessionUnheeded,
        Self::DeadlineUnchecked,
        Self::WaitUnanswered,
        Self::ActBeforeCaughtUp,
        Self::ResumeTooEarly,
        Self::ResumeTooLate,
        Self::NoRequeue,
        Self::AttemptUnchecked,
        Self::SecondBuilder,
        Self::NoAdoption,
        Self::HostLeaseUnheeded,
        Self::SeatUnchecked,
        Self::TierUnchecked,
        Self::ReviewerUnchecked,
        Self::CapUnchecked,
        Self::LazyDispatch,
        Self::AuditUnchained,
    ];
}

#[cfg(feature = "mutants")]
static ON: std::sync::OnceLock<Mutation> = std::sync::OnceLock::new();

/// Breaks this rule from now on. Only the first call of a process counts.
#[cfg(feature = "mutants")]
pub fn turn_on(mutation: Mutation) {
    // A second one would make it unclear which of them was caught.
    let _ = ON.set(mutation);
}

/// Whether this rule is broken in this process.
#[cfg(feature = "mutants")]
#[inline]
pub fn is_on(mutation: Mutation) -> bool {
    ON.get() == Some(&mutation)
}

/// Whether this rule is broken: never, in a build that is meant for use.
#[cfg(not(feature = "mutants"))]
#[inline]
pub const fn is_on(_: Mutation) -> bool {
    false
}

#[cfg(test)]
mod tests {
    #[cfg(not(feature = "mutants"))]
    #[test]
    fn a_build_without_the_feature_breaks_nothing() {
        use super::{Mutation, is_on};
        assert!(!Mutation::ALL.into_iter().any(is_on));
    }
}
