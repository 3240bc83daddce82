//! What the watchdog remembers from one check to the next: `<data>/watchdog.json`.

use go_bus_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::Policy;

/// What the watchdog remembers. Losing it costs the count of silent checks and of restarts, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The form of this record.
    pub version: u32,
    /// For how many checks in a row GO has been silent while its process was there.
    #[serde(default)]
    pub silent_checks: u32,
    /// When GO was restarted, oldest first; only what still counts is kept.
    #[serde(default)]
    pub restarts: Vec<Timestamp>,
    /// Whether restarts are tried at all.
    #[serde(default)]
    pub breaker: Breaker,
    /// What the Bus has not been told yet, oldest first.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

/// Whether restarts are tried at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Breaker {
    /// They are, within the budget.
    #[default]
    Closed,
    /// None is: they did not help.
    Open {
        /// Since when.
        since: Timestamp,
    },
    /// One is being tried; if it does not help, none is for another hour.
    HalfOpen,
}

/// What the Bus is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Notice {
    /// GO was restarted: `alert:go-restarted`.
    Restarted {
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
        /// The how-manyeth restart of the hour it was.
        nth: usize,
    },
    /// No restart is tried any more: an L5 alert.
    GivenUp {
        /// When.
        at: Timestamp,
        /// What was last seen.
        why: String,
        /// How many restarts did not help.
        restarts: usize,
    },
}

impl Default for Record {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            silent_checks: 0,
            restarts: Vec::new(),
            breaker: Breaker::Closed,
            notices: Vec::new(),
        }
    }
}

impl Record {
    /// The form that this program writes and reads.
    pub const VERSION: u32 = 1;
    /// The most notices that are kept while the Bus is away; the oldest go first.
    const NOTICES: usize = 32;

    /// Adds what the Bus is to be told.
    pub fn note(&mut self, notice: Notice) {
        self.notices.push(notice);
        let over = self.notices.len().saturating_sub(Self::NOTICES);
        self.notices.drain(..over);
    }

    /// Notes that GO was started anew: the last of the restarts that this record counts.
    pub fn restarted(&mut self, at: Timestamp, why: String) {
        let nth = self.restarts.len();
        self.note(Notice::Restarted { at, why, nth });
    }

    /// The record as it counts at `now`: without restarts that an hour has passed since. What lies in the future, as after a
    /// step of the clock, counts as just now, so that it is forgotten in an hour all the same.
    pub(super) fn as_of(&self, now: Timestamp) -> Self {
        let recent = self.restarts.iter().map(|at| (*at).min(now)).filter(|at| now.since(*at) < Policy::WINDOW);
        let breaker = match self.breaker {
            Breaker::Open { since } => Breaker::Open { since: since.min(now) },
            other => other,
        };
        Self { restarts: recent.collect(), breaker, ..self.clone() }
    }
}
