//! How a log is shown.

use go_agents::Drivers;
use go_runtime::AgentLog;

use super::plain::Plain;
use super::words::Words;

/// How a log is shown. It is taken in parts, cut anywhere; memory is bounded, however long a line is.
#[derive(Debug)]
pub(in crate::commands) enum Shown {
    /// Byte for byte.
    Raw,
    /// As it is, on a terminal that it must not command.
    Plain(Plain),
    /// An agent's stream in words.
    Words(Box<Words>),
}

impl Shown {
    /// What suits the log, where what is shown goes to a terminal or not.
    pub(in crate::commands) fn of(log: &AgentLog, drivers: &Drivers, to_terminal: bool) -> Self {
        match log.stream_of.and_then(|kind| drivers.shared(kind)) {
            Some(driver) => Self::Words(Box::new(Words::of(driver))),
            None if to_terminal => Self::Plain(Plain::default()),
            None => Self::Raw,
        }
    }

    /// What is to be shown of the next part.
    pub(in crate::commands) fn take(&mut self, part: &[u8]) -> Vec<u8> {
        match self {
            Self::Raw => part.to_vec(),
            Self::Plain(plain) => plain.take(part).into_bytes(),
            Self::Words(words) => words.take(part).into_bytes(),
        }
    }

    /// The last of it; `ended` where its agent has ended.
    pub(in crate::commands) fn end(&mut self, ended: bool) -> Vec<u8> {
        match self {
            Self::Raw => Vec::new(),
            Self::Plain(plain) => plain.end().into_bytes(),
            Self::Words(words) => words.end(ended).into_bytes(),
        }
    }
}
