//! Telling an agent more than its prompt, while it runs.

use std::sync::{Arc, Mutex};

use super::{Log, State, lock};

/// Tells an agent what people type.
#[derive(Debug)]
pub(in crate::shim) struct Teller {
    pub(super) state: Arc<Mutex<State>>,
    pub(super) log: Arc<Mutex<Log>>,
}

impl Teller {
    /// Tells it `text`, and the log that it was told, or why not. An empty line is nothing.
    pub(in crate::shim) fn tell(&self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        // Nothing that it says to this comes before it.
        let mut log = lock(&self.log);
        log.note(if self.is_told(text) {
            format!("you: {text}")
        } else {
            format!("it was not told, as its turn has ended: {text}")
        });
    }

    fn is_told(&self, text: &str) -> bool {
        let mut state = lock(&self.state);
        // What it made of its turn stands, and another one is not begun.
        if state.heard.turn_ended || state.messages.is_none() {
            return false;
        }
        let message = state.reader.say(text);
        state.messages.as_ref().zip(message).is_some_and(|(messages, message)| messages.send(message).is_ok())
    }
}
