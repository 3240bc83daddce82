//! The holder's session: a stream on which the Bus ticks, and whose breaking ends the lease early while a standby waits.
//!
//! [`Session`] decides, purely: when to open a stream, and until when what came over it lets the holder believe in its lease.
//! `Streams` performs that.

mod step;
mod streams;

use std::time::Duration;

use go_bus_api::LeaseTick;
use go_clock::Boottime;

pub(crate) use streams::Streams;

/// What is known of the session under one epoch.
///
/// The Bus ends a lease no sooner than a grace after the last instant at which a stream was open. A tick tells for how long its
/// stream had been open when it was made, so it was made no earlier than *the sending of the request that opened that stream* + that
/// time; so the holder believes for half a grace from then on, however long the tick was under way. A request to open may have been
/// carried out though its answer was lost; so from the sending of the first one on the holder is held to half a grace as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The longest that was told: by the grant the least that there is, by a tick that of the session. The Bus gives no less, even one that
    /// was started anew with a shorter one.
    grace: Duration,
    /// Until when the holder may believe; `None` before the first request was sent, when nothing can have broken yet.
    until: Option<Boottime>,
    stream: Option<Stream>,
    opening: bool,
    /// Streams in a row that did not come about or did not last.
    failures: u32,
    retry_at: Boottime,
}

/// The newest stream that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stream {
    /// When the request that opened it was sent.
    sent: Boottime,
    /// When its last tick came.
    heard: Boottime,
}

/// What happened to the session. `sent` names a stream by its [`SessionAction::Open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionInput {
    /// Time has come, or the holder's state has moved.
    Due,
    /// The stream is open.
    Opened {
        /// Which.
        sent: Boottime,
    },
    /// The stream did not come about.
    Failed,
    /// The same: the Bus says that the lease is not this holder's.
    Refused,
    /// The same: the Bus keeps no sessions.
    Off,
    /// A tick came.
    Tick {
        /// On which stream.
        sent: Boottime,
        /// What it tells.
        tick: LeaseTick,
    },
    /// The stream is over.
    Broke {
        /// Which.
        sent: Boottime,
    },
}

/// What to do about the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAction {
    /// Open a stream, beside the one that is open, which is let go once the new one ticks.
    Open {
        /// The instant that names it: the request is sent no earlier.
        sent: Boottime,
        /// The longest grace that was told: the Bus gives no less.
        grace: Duration,
        /// How long its head may take.
        timeout: Duration,
    },
    /// Listen; at this instant [`SessionInput::Due`].
    Wait(Boottime),
    /// There is no session to keep: let all streams go.
    Close,
}

#[cfg(test)]
mod tests;
