//! What happened in a simulation, as whoever stands outside of it sees it.
//!
//! Hooks in the simulated network, the store and the runtime tell facts; the judge believes nothing else. Above all it does not ask
//! the parts that it judges what they think.

use std::fmt;
use std::time::Duration;

use go_bus_api::{AgentId, Attempt, Epoch, HolderId, HostId, Role, Seq, TaskId};
use go_clock::Boottime;

use super::EventFact;
use crate::faults::Fault;
use crate::{Exchange, HostNo, Node};

/// True time since the simulation began: no node's clock shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SimTime(pub Duration);

impl SimTime {
    /// How long after `earlier` this is; zero where it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// This much later.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9.3}", self.0.as_secs_f64())
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// When, truly.
    pub at: SimTime,
    /// Where; none where it is the simulation's own doing.
    pub node: Option<Node>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The node's process began.
    Started,
    /// The node's process ended without a word.
    Crashed,
    /// A request was begun, whatever becomes of it.
    Asked {
        /// Its number.
        id: Exchange,
        /// What it asks for.
        call: Call,
        /// The epoch it was sent under.
        epoch: Option<Epoch>,
        /// What the node's own clock showed: time since its boot, suspend included.
        boottime: Boottime,
    },
    /// A request has come to an end for whoever sent it.
    Answered {
        /// Its number.
        id: Exchange,
        /// What came.
        answer: Answer,
    },
    /// The holder of the lease was sent a tick of its session.
    Tick {
        /// The request that opened the session.
        id: Exchange,
        /// How long it had been open by the Bus's clock, as the tick says.
        open_for: Duration,
        /// How long it may be broken, as the tick says.
        grace: Duration,
    },
    /// An event came in over a stream.
    Delivered {
        /// The request that opened the stream.
        id: Exchange,
        /// Its place.
        seq: Seq,
    },
    /// A subscriber begins with what comes after this event.
    Following {
        /// The last event that it knows of.
        after: Seq,
    },
    /// A subscription handed an event to whoever subscribed.
    Handed {
        /// Its place.
        seq: Seq,
    },
    /// The Bus carried out a command, or refused it.
    Committed(Commit),
    /// An event was written with it.
    Event(Box<EventFact>),
    /// An agent's own process began on a host.
    RunBegan {
        /// Whose.
        agent: AgentId,
        /// On which host.
        host: HostNo,
        /// What as.
        role: Role,
        /// What it builds or reviews.
        task: Option<TaskId>,
    },
    /// An agent's own process ended.
    RunEnded {
        /// Whose.
        agent: AgentId,
        /// How.
        end: RunEnd,
    },
    /// A fault begins.
    FaultBegan(Fault),
    /// It is over.
    FaultEnded(Fault),
    /// No fault follows: from now on all work has to come to its end.
    Calm,
    /// Time passed, and nothing else has to have happened.
    Passed,
    /// Somebody tried what is forbidden.
    Tried {
        /// What was tried.
        offence: Offence,
        /// The answer's status.
        status: u16,
    },
    /// The audit chain was verified, past the Bus.
    Audited {
        /// How many entries there are.
        entries: u64,
        /// The first that is wrong.
        first_bad: Option<u64>,
    },
}

/// What a request asks for, as far as a judge cares.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// The lease, or its renewal where an epoch is named.
    Bid {
        /// Who bids.
        holder: HolderId,
        /// The epoch to renew.
        renews: Option<Epoch>,
    },
    /// To give the lease back.
    Release {
        /// The epoch given back.
        epoch: Epoch,
    },
    /// The holder's session.
    Session {
        /// Under this epoch.
        epoch: Epoch,
    },
    /// To be told when the lease is free.
    Wait,
    /// A host's lease, by its launcher.
    HostBeat(HostId),
    /// A stream of events.
    Events {
        /// The last event that whoever asks has seen.
        after: Seq,
        /// Whether all kinds are asked for.
        whole: bool,
    },
    /// Any other write: method and target.
    Write(String),
    /// Any other read: its target.
    Read(String),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The lease.
    Granted(GrantFact),
    /// A status.
    Status(u16),
    /// Nothing, or only a part.
    Nothing,
}

/// What an answered bid grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantFact {
    /// The epoch.
    pub epoch: Epoch,
    /// The time to live.
    pub ttl: Duration,
    /// What is left of it.
    pub remaining: Duration,
    /// How long a broken session may stay broken; none where there are no sessions.
    pub grace: Option<Duration>,
}

/// A command that the Bus has decided on.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Who asked: an agent's id, `operator` or `bus`.
    pub actor: String,
    /// The epoch that it was sent under.
    pub epoch: Option<Epoch>,
    /// What was asked.
    pub deed: Deed,
    /// What came of it.
    pub outcome: Decision,
}

/// What a command does, as far as a judge cares.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Acquires or renews.
    Bid(HolderId),
    /// Gives back.
    Release,
    /// The Bus ends the lease.
    Expire,
    /// A launcher holds its host's lease.
    HostBeat(HostId),
    /// Progress, completion or failure of an attempt.
    Result {
        /// Of which task.
        task: TaskId,
        /// Of which attempt.
        attempt: Attempt,
    },
    /// A verdict on a delivered task.
    Review(TaskId),
    /// Anything else, in a word.
    Other(&'static str),
}

/// What the Bus decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Done; the lease after it, where it is about the lease.
    Done(Option<LeaseFact>),
    /// It was so already, and nothing was written.
    Unchanged,
    /// Refused, with the problem's slug.
    Refused(String),
}

/// The lease's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseFact {
    /// The last epoch granted.
    pub epoch: Epoch,
    /// Who holds it; none where it is free.
    pub holder: Option<HolderId>,
    /// The time to live.
    pub ttl: Duration,
    /// Moves with every renewal.
    pub renewals: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// By itself.
    Finished,
    /// Its keeper ended it: it was told to, or the host's lease was over.
    Stopped,
    /// With its machine or its keeper, by a fault.
    Killed,
}

/// What is forbidden, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Offence {
    /// A write under an epoch that is over.
    StaleEpoch,
    /// GO spawns a specialist.
    GoSpawnsSpecialist,
    /// A second PO of a project.
    SecondPo,
    /// A second builder of a task and attempt.
    SecondBuilder,
    /// A builder's approval of its own work.
    OwnReview,
    /// A result of an earlier attempt.
    StaleAttempt,
    /// A builder on a host without a slot.
    OverTheCap,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StaleEpoch => "a write under an epoch that is over",
            Self::GoSpawnsSpecialist => "a specialist spawned by GO",
            Self::SecondPo => "a second PO of a project",
            Self::SecondBuilder => "a second builder of an attempt",
            Self::OwnReview => "a builder's approval of its own work",
            Self::StaleAttempt => "a result of an earlier attempt",
            Self::OverTheCap => "a builder above the cap",
        })
    }
}
