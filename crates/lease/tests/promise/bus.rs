//! The Bus as the lease's specification has it, always with a standby that waits: it ends a lease as early as it may.

use std::collections::BTreeSet;
use std::time::Duration;

use go_clock::Boottime;

/// One lease, from its grant to its end, by the Bus's own clock.
pub(crate) struct Bus {
    pub(crate) ttl: Duration,
    /// `None` where it keeps no sessions.
    pub(crate) grace: Option<Duration>,
    pub(crate) ended: bool,
    expires: Boottime,
    /// Open streams, named by when they were asked for.
    streams: BTreeSet<Boottime>,
    broken_since: Option<Boottime>,
}

impl Bus {
    pub(crate) fn new(ttl: Duration, grace: Option<Duration>) -> Self {
        let (expires, streams) = (Boottime::default(), BTreeSet::new());
        Self { ttl, grace, ended: false, expires, streams, broken_since: None }
    }

    /// A bid or renewal; whether it is accepted.
    pub(crate) fn renew(&mut self, now: Boottime) -> bool {
        if !self.ended {
            self.expires = now + self.ttl;
        }
        !self.ended
    }

    /// Whether the stream is opened.
    pub(crate) fn open(&mut self, stream: Boottime) -> bool {
        if !self.ended {
            self.streams.insert(stream);
            self.broken_since = None;
        }
        !self.ended
    }

    pub(crate) fn is_open(&self, stream: Boottime) -> bool {
        !self.ended && self.streams.contains(&stream)
    }

    pub(crate) fn close(&mut self, stream: Boottime, now: Boottime) {
        if self.streams.remove(&stream) && self.streams.is_empty() {
            self.broken_since = Some(now);
        }
    }

    /// A new process: the time to live runs in full, the session is unknown, and the streams it had are told.
    pub(crate) fn restart(&mut self, now: Boottime) -> Vec<Boottime> {
        self.expires = now + self.ttl;
        self.broken_since = None;
        std::mem::take(&mut self.streams).into_iter().collect()
    }

    /// When the lease ends as things stand.
    pub(crate) fn ends(&self) -> Boottime {
        let early = self.broken_since.zip(self.grace).map(|(since, grace)| since + grace);
        early.map_or(self.expires, |early| early.min(self.expires))
    }
}
