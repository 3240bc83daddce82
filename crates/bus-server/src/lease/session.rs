//! The holder's session: a stream whose breaking, while a standby waits, ends the lease early.

use std::collections::VecDeque;
use std::time::Duration;

use go_bus_api::Epoch;
use go_clock::Boottime;

/// How many early ends within [`FLAPPING`] double the grace.
const ENOUGH: usize = 2;

/// Over which time early ends are counted.
const FLAPPING: Duration = Duration::from_secs(600);

/// The session of the present holder, and how often one ended a lease early.
#[derive(Debug)]
pub(crate) struct Sessions {
    grace: Option<Duration>,
    present: Option<Session>,
    early_ends: VecDeque<Boottime>,
}

#[derive(Debug)]
struct Session {
    epoch: Epoch,
    /// Streams that are open now: a holder that reconnects has two for a moment.
    streams: u32,
    broken_since: Option<Boottime>,
}

impl Sessions {
    /// None yet. Where `grace` is `None` there never is one.
    pub(crate) fn new(grace: Option<Duration>) -> Self {
        Self { grace, present: None, early_ends: VecDeque::new() }
    }

    /// How long a session may be broken now: twice as long where sessions flap.
    pub(crate) fn grace(&self, now: Boottime) -> Option<Duration> {
        let recent = self.early_ends.iter().filter(|end| now.since(**end) < FLAPPING).count();
        self.grace.map(|grace| if recent >= ENOUGH { grace.saturating_mul(2) } else { grace })
    }

    /// The holder under `epoch` opened its session, or opened it again in time.
    pub(crate) fn open(&mut self, epoch: Epoch) {
        match &mut self.present {
            Some(session) if session.epoch == epoch => {
                session.streams = session.streams.saturating_add(1);
                session.broken_since = None;
            }
            Some(session) if session.epoch > epoch => {}
            _ => self.present = Some(Session { epoch, streams: 1, broken_since: None }),
        }
    }

    /// A stream of the session under `epoch` ended.
    pub(crate) fn close(&mut self, epoch: Epoch, now: Boottime) {
        if let Some(session) = self.present.as_mut().filter(|session| session.epoch == epoch) {
            session.streams = session.streams.saturating_sub(1);
            if session.streams == 0 {
                session.broken_since = Some(now);
            }
        }
    }

    /// When the lease under `epoch` is to end early, `waited_for` or not.
    pub(crate) fn early_end(&self, epoch: Epoch, waited_for: bool, now: Boottime) -> Option<Boottime> {
        let session = self.present.as_ref().filter(|session| waited_for && session.epoch == epoch)?;
        Some(session.broken_since? + self.grace(now)?)
    }

    /// A lease was ended early: its session is over.
    pub(crate) fn ended_early(&mut self, now: Boottime) {
        self.present = None;
        self.early_ends.push_back(now);
        while self.early_ends.len() > ENOUGH {
            self.early_ends.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(2);

    fn at(seconds: u64) -> Boottime {
        Boottime(Duration::from_secs(1000 + seconds))
    }

    fn broken() -> Sessions {
        let mut sessions = Sessions::new(Some(GRACE));
        sessions.open(Epoch(7));
        sessions.close(Epoch(7), at(10));
        sessions
    }

    #[test]
    fn a_broken_session_ends_the_lease_after_the_grace_while_a_standby_waits() {
        assert_eq!(broken().early_end(Epoch(7), true, at(10)), Some(at(12)));
    }

    #[test]
    fn with_nobody_waiting_it_ends_nothing() {
        assert_eq!(broken().early_end(Epoch(7), false, at(10)), None);
    }

    #[test]
    fn opened_again_in_time_it_stands() {
        let mut sessions = broken();
        sessions.open(Epoch(7));
        assert_eq!(sessions.early_end(Epoch(7), true, at(11)), None);
    }

    #[test]
    fn the_old_stream_s_end_does_not_break_a_session_that_was_reopened_before() {
        let mut sessions = Sessions::new(Some(GRACE));
        sessions.open(Epoch(7));
        sessions.open(Epoch(7));
        sessions.close(Epoch(7), at(10));
        assert_eq!(sessions.early_end(Epoch(7), true, at(10)), None);
    }

    #[test]
    fn it_says_nothing_of_another_epoch_s_lease() {
        assert_eq!(broken().early_end(Epoch(8), true, at(20)), None);
    }

    #[test]
    fn a_lease_whose_session_was_never_opened_is_left_to_its_ttl() {
        assert_eq!(Sessions::new(Some(GRACE)).early_end(Epoch(7), true, at(20)), None);
    }

    #[test]
    fn two_early_ends_in_ten_minutes_double_the_grace() {
        let mut sessions = Sessions::new(Some(GRACE));
        sessions.ended_early(at(0));
        assert_eq!(sessions.grace(at(1)), Some(GRACE));
        sessions.ended_early(at(100));
        assert_eq!(sessions.grace(at(101)), Some(GRACE * 2));
        assert_eq!(sessions.grace(at(600)), Some(GRACE));
    }
}
