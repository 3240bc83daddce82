//! What the holder makes of its session.

use go_bus_api::Grant;
use go_clock::Boottime;

use super::{Holder, State};
use crate::session::{Session, SessionAction, SessionInput};

impl Holder {
    /// Takes what happened to the session at `now`, and says what to do about it. `jitter` is a random share in 0..=1. To be called
    /// with [`SessionInput::Due`] after each [`Holder::step`].
    pub fn attend(&mut self, input: SessionInput, now: Boottime, jitter: f64) -> SessionAction {
        self.look(now);
        let State::Leading(tenure) = &mut self.state else {
            self.session = None;
            return SessionAction::Close;
        };
        if input == SessionInput::Off {
            self.session = None;
        }
        let Some(session) = &mut self.session else {
            // A Bus that keeps no sessions ends a lease by its time to live alone.
            tenure.session_until = None;
            self.look(now);
            return SessionAction::Close;
        };
        let was_failing = session.is_failing();
        let action = session.step(input, now, jitter);
        tenure.session_until = session.until();
        self.hurry |= match input {
            SessionInput::Refused => !was_failing,
            SessionInput::Opened { .. } => was_failing && !tenure.is_trusted(now),
            _ => false,
        };
        self.look(now);
        action
    }

    /// Whether the next renewal should be sent at once though its time has not come: the trust is over, or the Bus is back. Asked
    /// once, answered once.
    pub fn take_hurry(&mut self) -> bool {
        std::mem::take(&mut self.hurry)
    }

    /// Notices that the trust is over, or is back.
    pub(super) fn look(&mut self, now: Boottime) {
        if let State::Leading(tenure) = &mut self.state {
            self.hurry |= tenure.look(now);
        }
    }

    /// Keeps the session as this grant has it: none where the Bus keeps none, and the one that there is where there is one.
    pub(super) fn note_grace(&mut self, grant: &Grant) {
        match grant.session_grace_ms {
            None => self.session = None,
            Some(grace) if self.session.is_none() => self.session = Some(Session::new(grace.duration())),
            Some(_) => {}
        }
    }
}
