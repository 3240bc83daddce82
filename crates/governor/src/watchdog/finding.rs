//! What a check found and what it answers, in words.

use std::fmt;

use go_bus_api::Timestamp;
use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "detail")]
pub enum Finding {
    /// Somebody leads; these words say who.
    Well(String),
    /// GO is not meant to be at work; why that is known.
    Stopped(String),
    /// The Bus can't be asked whether GO is at work.
    BusRefuses(String),
    /// The Bus is away, and it is not GO's.
    BusDown(String),
    /// GO's process is there, but GO does not beat.
    Silent(String),
    /// There is no GO.
    Dead(String),
}

/// What a check does about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "does")]
pub enum Response {
    /// Nothing has to be done, or nothing can.
    Nothing,
    /// GO is given time to recover.
    Defer {
        /// The how-manyeth silent check this is.
        check: u32,
        /// How many are waited for.
        of: u32,
    },
    /// GO is started anew; what is left of it is ended first.
    Restart {
        /// The how-manyeth of the hour this is.
        nth: usize,
    },
    /// GO's process, which is not the session's, is ended, and whoever keeps it starts it anew.
    End {
        /// The process.
        pid: u32,
    },
    /// The pause after the last restart is not over.
    Pause {
        /// When it is.
        until: Timestamp,
    },
    /// Restarts did not help, so none is tried.
    GiveUp {
        /// When the next one is tried.
        until: Timestamp,
    },
    /// GO has to be started, and can't be.
    CantStart(String),
}

impl Response {
    /// Whether GO is left at rest that should be at work.
    pub fn leaves_go_down(&self) -> bool {
        matches!(self, Self::Pause { .. } | Self::GiveUp { .. } | Self::CantStart(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well(who) => write!(f, "GO is at work: {who}"),
            Self::Stopped(why) => write!(f, "GO is at rest on purpose: {why}"),
            Self::BusRefuses(why) => write!(f, "the Bus does not tell how GO is: {why}"),
            Self::BusDown(why) => write!(f, "the Bus is down, so nothing is known of GO: {why}"),
            Self::Silent(why) => write!(f, "GO is there but silent: {why}"),
            Self::Dead(why) => write!(f, "GO is dead: {why}"),
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Defer { check, of } => write!(f, "; given time to recover, check {check} of {of}"),
            Self::Restart { nth } => write!(f, "; restarted, number {nth} within an hour"),
            Self::End { pid } => write!(f, "; process {pid}, which is not the session's, is ended"),
            Self::Pause { until } => write!(f, "; the next restart is tried at {until}"),
            Self::GiveUp { until } => write!(f, "; restarts did not help, the next one is tried at {until}"),
            Self::CantStart(why) => write!(f, "; it can't be started: {why}"),
        }
    }
}
