//! What has to hold, always.

use std::fmt;

use super::SimTime;

/// An invariant of the architecture page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// One epoch acts at a time.
    OneActs,
    /// No two believe in their lease at once.
    OneBelieves,
    /// No write of an older epoch is accepted.
    OldEpochRefused,
    /// No side effect begins after the local deadline.
    LocalDeadline,
    /// A successor acts only once it has seen what its predecessor did.
    CaughtUp,
    /// Events are gap-free.
    GapFree,
    /// Events are delivered once per cursor.
    OncePerCursor,
    /// No task is lost.
    NoneLost,
    /// No task is completed twice, and none by a result of another attempt.
    CompletedOnce,
    /// No task runs on two live agents, and no agent runs twice.
    RunsOnce,
    /// What runs well is not stopped because its launcher or GO is another.
    AdoptedUnharmed,
    /// One HO per host, one PO per project, one IO per human, at every instant.
    OneSeat,
    /// GO spawns no specialist and no worker, and nobody but GO an orchestrator.
    Tiers,
    /// A reviewer is never the builder.
    FreshReviewer,
    /// At least `agents.min` work whenever there is work.
    AtLeastMin,
    /// Never more than the caps.
    Caps,
    /// The audit chain verifies.
    AuditChain,
    /// A takeover comes within deadline + ε when a candidate is reachable.
    TakeoverInTime,
    /// A lease is not ended early by less than the grace.
    NotEndedEarly,
}

impl Invariant {
    /// The invariant in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::OneActs => "one epoch acts at a time",
            Self::OneBelieves => "no two believe in their lease at once",
            Self::OldEpochRefused => "no write of an older epoch is accepted",
            Self::LocalDeadline => "no side effect begins after the local deadline",
            Self::CaughtUp => "a successor acts only once it has seen what its predecessor did",
            Self::GapFree => "events are gap-free",
            Self::OncePerCursor => "events are delivered once per cursor",
            Self::NoneLost => "no task is lost",
            Self::CompletedOnce => "no task is completed twice, nor by another attempt's result",
            Self::RunsOnce => "no task runs on two live agents",
            Self::AdoptedUnharmed => "what runs well is left to run",
            Self::OneSeat => "one HO per host, PO per project, IO per human",
            Self::Tiers => "GO spawns no specialist and no worker",
            Self::FreshReviewer => "a reviewer is never the builder",
            Self::AtLeastMin => "at least agents.min work whenever there is work",
            Self::Caps => "never more than the caps",
            Self::AuditChain => "the audit chain verifies",
            Self::TakeoverInTime => "a takeover comes within deadline + ε",
            Self::NotEndedEarly => "no lease is ended by less than the grace",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// The place of a fact among all that the judge was told, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FactNo(pub usize);

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// When it showed.
    pub at: SimTime,
    /// What is wrong, in words.
    pub words: String,
    /// The fact that it showed at.
    pub now: FactNo,
    /// The earlier fact that this one does not go with, where it is one.
    pub clashes_with: Option<FactNo>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s: {}: {}", self.at.to_string().trim(), self.invariant, self.words)
    }
}
