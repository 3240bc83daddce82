//! What the reader of a run has to know beforehand, and how a conversation's id carries what was spent on it.

use go_bus_api::{ConversationId, Model, Text};
use serde::{Deserialize, Serialize};

use super::Price;
use super::usage::Tokens;

/// The launch's note for its reader.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// The model, where it is not Codex's own default.
    #[serde(default)]
    pub(super) model: Option<Model>,
    /// What that costs, where it is known.
    #[serde(default)]
    pub(super) price: Option<Price>,
    /// What the conversation had come to before this run: nothing for a new one; `None` where that is not known.
    #[serde(default)]
    pub(super) before: Option<Tokens>,
}

impl Note {
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A conversation to go on with. Its id is Codex's own, `@`, and the tokens that Codex had counted on it at the end of the last
/// run, as Codex never begins anew with counting: what this run spends is the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resumed {
    /// Codex's own id.
    pub(super) thread: String,
    /// What was counted, where the id tells it.
    pub(super) before: Option<Tokens>,
}

impl Resumed {
    pub(super) fn of(id: &ConversationId) -> Self {
        match id.0.as_str().split_once('@') {
            Some((thread, figures)) => Self { thread: thread.to_owned(), before: Tokens::parse(figures) },
            None => Self { thread: id.0.to_string(), before: None },
        }
    }

    pub(super) fn id(&self) -> Option<ConversationId> {
        let text = match self.before {
            Some(before) => format!("{}@{before}", self.thread),
            None => self.thread.clone(),
        };
        Text::new(text).ok().map(ConversationId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_figures_there_and_back() {
        let id = |text: &str| ConversationId(Text::clipped(text));
        let resumed = Resumed::of(&id("01a2@10.4.0.7"));
        assert_eq!((resumed.thread.as_str(), resumed.before), ("01a2", Tokens::parse("10.4.0.7")));
        assert_eq!(resumed.id(), Some(id("01a2@10.4.0.7")));
        for unknown in ["01a2", "01a2@", "01a2@1.2", "01a2@1.2.3.-4", "01a2@a.b.c.d"] {
            assert_eq!(Resumed::of(&id(unknown)), Resumed { thread: "01a2".to_owned(), before: None }, "{unknown}");
        }
    }

    #[test]
    fn the_longest_figures_fit_into_an_id() {
        let before = Tokens { input: u64::MAX, cached: u64::MAX, cache_write: u64::MAX, output: u64::MAX };
        let thread = "01a2082c-12c6-72e3-b53e-431a3492098b".to_owned();
        let id = Resumed { thread, before: Some(before) }.id().unwrap();
        assert_eq!(Resumed::of(&id).before, Some(before));
    }

    #[test]
    fn a_note_that_can_t_be_read_knows_nothing() {
        assert_eq!(Note::read("\u{0}{"), Note::default());
        let note = Note { model: Some(Model(Text::clipped("gpt-5"))), price: None, before: Some(Tokens::default()) };
        assert_eq!(Note::read(&note.write()), note);
    }
}
