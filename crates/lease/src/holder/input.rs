//! What a bidder is told, and what it wants done.

use std::time::Duration;

use go_bus_api::{Epoch, Grant, LeaseHeld, LeaseView};
use go_bus_client::BusError;
use go_clock::Boottime;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Begin.
    Start,
    /// The sleep is over.
    Slept,
    /// The bid or renewal has its answer.
    Answered {
        /// When it was sent, taken before sending.
        sent: Boottime,
        /// What came.
        answer: BidAnswer,
    },
    /// The wait is over.
    Waited(WaitAnswer),
    /// The owner gives the lease back.
    Release,
    /// The release has its answer.
    Released(ReleaseAnswer),
}

/// What a bid or renewal came to.
#[derive(Debug, Clone, PartialEq)]
pub enum BidAnswer {
    /// Acquired or renewed.
    Granted(Grant),
    /// 409: another instance holds it; what is known of that.
    Held(Box<LeaseHeld>),
    /// 412: the epoch is not the live lease's.
    Superseded,
    /// The Bus refuses for a reason that will not pass.
    Refused(Box<BusError>),
    /// No answer, or one that will pass.
    Failed(Box<BusError>),
}

/// What a wait came to.
#[derive(Debug, Clone, PartialEq)]
pub enum WaitAnswer {
    /// The lease as it is now.
    Seen(Box<LeaseView>),
    /// The wait took as long as it may; who knows what became of the connection.
    Overdue,
    /// The Bus refuses for a reason that will not pass.
    Refused(Box<BusError>),
    /// No answer, or one that will pass.
    Failed(Box<BusError>),
}

/// What a release came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseAnswer {
    /// Done; or it was not held any more.
    Done,
    /// No answer.
    Failed,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Bid, or renew `epoch`; give up after `timeout`.
    Bid {
        /// The epoch of a renewal.
        epoch: Option<Epoch>,
        /// The longest that it may take.
        timeout: Duration,
    },
    /// Hold the wait request open until the lease is free or its epoch is another, at most for `timeout`.
    Wait {
        /// The epoch known.
        epoch: Epoch,
        /// The longest that it may take.
        timeout: Duration,
    },
    /// Sleep.
    Sleep(Duration),
    /// Give `epoch` back.
    Release {
        /// The epoch held.
        epoch: Epoch,
        /// The longest that it may take.
        timeout: Duration,
    },
    /// Nothing any more: the state tells how it ended.
    Stop,
}
