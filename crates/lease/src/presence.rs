//! Whether the Bus answers: who keeps the lease is the first to know when it is back.

use tokio::sync::watch;

use crate::holder::{BidAnswer, Input, ReleaseAnswer, WaitAnswer};
use crate::session::SessionInput;

/// Tells each time that the Bus answers again after it had not.
#[derive(Debug, Clone)]
pub struct Returns(watch::Receiver<u64>);

impl Returns {
    /// Completes when the Bus is back after an outage that has not been told yet; never where nobody is left to tell. May be dropped and
    /// called again at any time.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// What the keeper has seen of the Bus.
#[derive(Debug)]
pub(crate) struct Presence {
    away: bool,
    returns: watch::Sender<u64>,
}

impl Presence {
    pub(crate) fn new() -> Self {
        Self { away: false, returns: watch::Sender::new(0) }
    }

    pub(crate) fn returns(&self) -> Returns {
        Returns(self.returns.subscribe())
    }

    /// Takes note of what a request of the lease came to.
    pub(crate) fn note(&mut self, input: &Input) {
        match input {
            Input::Answered { answer: BidAnswer::Failed(_), .. }
            | Input::Waited(WaitAnswer::Failed(_))
            | Input::Released(ReleaseAnswer::Failed) => self.away = true,
            Input::Answered { .. } | Input::Waited(WaitAnswer::Seen(_) | WaitAnswer::Refused(_)) => self.answers(),
            _ => {}
        }
    }

    /// Takes note of what happened to the session.
    pub(crate) fn note_session(&mut self, input: SessionInput) {
        match input {
            SessionInput::Failed | SessionInput::Broke { .. } => self.away = true,
            SessionInput::Opened { .. } | SessionInput::Refused | SessionInput::Off => self.answers(),
            SessionInput::Due | SessionInput::Tick { .. } => {}
        }
    }

    fn answers(&mut self) {
        if std::mem::take(&mut self.away) {
            self.returns.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}
