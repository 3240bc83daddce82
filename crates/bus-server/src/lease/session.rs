//! The holder's session: a stream whose breaking, while a standby waits, ends the lease early.

use std::collections::VecDeque;
use std::time::Duration;

use go_bus_api::{Epoch, SessionState};
use go_clock::Boottime;

/// How many early ends within [`FLAPPING`] double the grace.
const ENOUGH: usize = 2;

/// Over which time early ends are counted.
const FLAPPING: Duration = Duration::from_secs(600);

/// The least lateness of an early end that is taken for a pause of the Bus itself.
const LEAST_OUTAGE: Duration = Duration::from_secs(1);

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
    /// The longest grace that a stream was told. None is told less, so the holder never trusts itself by a longer one than the Bus waits
    /// for.
    grace: Duration,
    /// Streams that are open now: a holder that reconnects has two for a moment.
    streams: u32,
    broken_since: Option<Boottime>,
    /// Whether the end of its lease is being committed.
    ending: bool,
    /// When an end that could not be committed is tried again.
    retry_at: Boottime,
    /// The early end that the Bus set its alarm for when it last looked.
    alarm: Option<Boottime>,
}

/// What comes of opening a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is open; the grace that its ticks tell.
    Open(Duration),
    /// This Bus keeps no sessions.
    Off,
    /// The end of this lease is being committed: whether it is still held will be known in a moment.
    Ending,
}

/// What came of an early end that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The lease is over.
    Over,
    /// It moved meanwhile: by a renewal, which is no session, or by its end.
    Moved,
    /// It could not be committed.
    Failed,
}

/// How soon an end that could not be committed is tried again.
const RETRY: Duration = Duration::from_secs(1);

impl Sessions {
    /// None yet. Where `grace` is `None` there never is one.
    pub(crate) fn new(grace: Option<Duration>) -> Self {
        Self { grace, present: None, early_ends: VecDeque::new() }
    }

    /// The least grace that a session is given.
    pub(crate) fn least_grace(&self) -> Option<Duration> {
        self.grace
    }

    /// The grace of a session that is opened now: twice as long where sessions flap.
    fn grace(&self, now: Boottime) -> Option<Duration> {
        let recent = self.early_ends.iter().filter(|end| now.since(**end) < FLAPPING).count();
        self.grace.map(|grace| if recent >= ENOUGH { grace.saturating_mul(2) } else { grace })
    }

    /// The holder under `epoch` opens its session, or opens it again in time. `told` is the longest grace that it goes by: it may have it
    /// from a Bus before this one, and is given no less.
    pub(crate) fn open(&mut self, epoch: Epoch, told: Duration, now: Boottime) -> Opening {
        let Some(grace) = self.grace(now).map(|grace| grace.max(told)) else { return Opening::Off };
        match &mut self.present {
            Some(session) if session.epoch > epoch || session.epoch == epoch && session.ending => Opening::Ending,
            Some(session) if session.epoch == epoch => {
                session.streams = session.streams.saturating_add(1);
                session.broken_since = None;
                session.grace = session.grace.max(told);
                Opening::Open(session.grace)
            }
            _ => {
                let (broken_since, ending, retry_at, alarm) = (None, false, Boottime::default(), None);
                self.present = Some(Session { epoch, grace, streams: 1, broken_since, ending, retry_at, alarm });
                Opening::Open(grace)
            }
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
    pub(crate) fn early_end(&self, epoch: Epoch, waited_for: bool) -> Option<Boottime> {
        let session = self.present.as_ref().filter(|session| waited_for && session.epoch == epoch)?;
        Some((session.broken_since? + session.grace).max(session.retry_at))
    }

    /// The same, for the alarm that is set for it now.
    pub(crate) fn set_alarm(&mut self, epoch: Epoch, waited_for: bool) -> Option<Boottime> {
        let alarm = self.early_end(epoch, waited_for);
        if let Some(session) = &mut self.present {
            session.alarm = alarm;
        }
        alarm
    }

    /// Begins the early end of the lease under `epoch` where it is due, and tells how long its session has been broken. From now
    /// on no stream is opened, so that none ticks for a lease whose end is on its way to the disk.
    ///
    /// An alarm that is answered far too late shows that the Bus itself was out (stopped, suspended): then nobody could reach it, and
    /// the grace begins anew.
    pub(crate) fn begin_end(&mut self, epoch: Epoch, waited_for: bool, now: Boottime) -> Option<Duration> {
        let due = self.early_end(epoch, waited_for).filter(|due| *due <= now)?;
        let session = self.present.as_mut()?;
        if session.alarm == Some(due) && now.since(due) > LEAST_OUTAGE.max(session.grace / 2) {
            session.broken_since = Some(now);
            return None;
        }
        session.ending = true;
        Some(now.since(session.broken_since?))
    }

    /// How the session under `epoch` is.
    pub(crate) fn state(&self, epoch: Epoch) -> SessionState {
        match self.present.as_ref().filter(|session| session.epoch == epoch && !session.ending) {
            None => SessionState::None,
            Some(session) if session.broken_since.is_some() => SessionState::Broken,
            Some(_) => SessionState::Open,
        }
    }

    /// For how long the session under `epoch` has been broken, once that is longer than its grace, whether or not anybody waits.
    pub(crate) fn silence(&self, epoch: Epoch, now: Boottime) -> Option<Duration> {
        let session = self.present.as_ref().filter(|session| session.epoch == epoch)?;
        Some(now.since(session.broken_since?)).filter(|silence| *silence > session.grace)
    }

    /// What came of the end that was begun.
    pub(crate) fn settle_end(&mut self, epoch: Epoch, settled: Settled, now: Boottime) {
        let Some(session) = self.present.as_mut().filter(|session| session.epoch == epoch) else { return };
        session.ending = false;
        match settled {
            Settled::Over => {
                self.present = None;
                self.early_ends.push_back(now);
                while self.early_ends.len() > ENOUGH {
                    self.early_ends.pop_front();
                }
            }
            Settled::Moved => {}
            Settled::Failed => session.retry_at = now + RETRY,
        }
    }
}

#[cfg(test)]
mod tests;
