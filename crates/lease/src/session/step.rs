//! The session's steps.

use std::time::Duration;

use go_bus_api::LeaseTick;
use go_clock::Boottime;
use go_rules::lease::{at_least, session_age, session_retry, session_silence, session_trust};

use super::{Session, SessionAction, SessionInput, Stream};

impl Session {
    /// A session that has not been opened. `grace` is the least that the Bus gives.
    pub(crate) fn new(grace: Duration) -> Self {
        let retry_at = Boottime::default();
        Self { grace, until: None, stream: None, opening: false, failures: 0, retry_at }
    }

    /// Until when the holder may believe in its lease as far as the session goes; `None` where that is for as long as it lives.
    pub(crate) fn until(&self) -> Option<Boottime> {
        self.until
    }

    /// Whether the last stream did not come about, or did not last.
    pub(crate) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// Takes `input` at `now` and says what to do. `jitter` is a random share in 0..=1.
    pub(crate) fn step(&mut self, input: SessionInput, now: Boottime, jitter: f64) -> SessionAction {
        match input {
            SessionInput::Due => {}
            SessionInput::Opened { sent } => {
                self.opening = false;
                self.stream = Some(Stream { sent, heard: now });
            }
            SessionInput::Tick { sent, tick } => self.hear(sent, tick, now),
            SessionInput::Broke { sent } => {
                if self.stream.is_some_and(|stream| stream.sent == sent) {
                    self.stream = None;
                    self.fail(now, jitter, self.failures > 0);
                }
            }
            SessionInput::Failed | SessionInput::Refused | SessionInput::Off => {
                self.opening = false;
                self.fail(now, jitter, true);
            }
        }
        self.next(now)
    }

    fn hear(&mut self, sent: Boottime, tick: LeaseTick, now: Boottime) {
        self.grace = self.grace.max(tick.grace_ms.duration());
        let made = sent + at_least(tick.elapsed_ms.duration());
        self.until = self.until.max(Some(made + session_trust(tick.grace_ms.duration())));
        if let Some(stream) = self.stream.as_mut().filter(|stream| stream.sent == sent) {
            stream.heard = now;
            // One that ticks once and breaks is no better than one that breaks at once.
            if tick.elapsed_ms.0 > 0 {
                self.failures = 0;
            }
        }
    }

    /// What has stood is opened again at once; what fails again and again, ever later.
    fn fail(&mut self, now: Boottime, jitter: f64, wait: bool) {
        self.failures = self.failures.saturating_add(1);
        let pause = if wait { session_retry(self.grace, self.failures, jitter) } else { Duration::ZERO };
        self.retry_at = now + pause;
    }

    fn next(&mut self, now: Boottime) -> SessionAction {
        let trust_ends = self.until.filter(|until| *until > now);
        let due = match self.stream {
            _ if self.opening => return SessionAction::Wait(trust_ends.unwrap_or(now + session_age(self.grace))),
            None => self.retry_at,
            Some(Stream { sent, heard }) => {
                let anew = (sent + session_age(self.grace)).min(heard + session_silence(self.grace));
                anew.max(self.retry_at)
            }
        };
        if now < due {
            return SessionAction::Wait(trust_ends.map_or(due, |ends| ends.min(due)));
        }
        self.opening = true;
        self.until = self.until.or(Some(now + session_trust(self.grace)));
        SessionAction::Open { sent: now, grace: self.grace, timeout: self.patience(now) }
    }

    /// How long a stream's head may take: never beyond the trust that is left, and short enough to try again within it.
    fn patience(&self, now: Boottime) -> Duration {
        let one_of_several = self.grace / 4;
        match self.until.map(|until| until.since(now)) {
            None | Some(Duration::ZERO) => one_of_several,
            Some(left) => one_of_several.min(left),
        }
    }
}
