//! Writing back: `status`, `result` and `sprint` of tickets change, every other byte stays as the person wrote it. And a new ticket
//! is inserted (`insert`).
//!
//! `document` finds the tickets in the text, `wanted` what has to change, `place` where, `quote` how it is written, `splice` does it,
//! and `verify` reads the outcome again: an edit that changes anything but what was meant never leaves this module.

mod document;
mod insert;
mod place;
mod quote;
mod splice;
#[cfg(test)]
mod tests;
mod verify;
mod wanted;

use go_bus_api::{SprintId, TaskId, TaskState};

use crate::{Diagnostic, ResultLine};
use document::Document;
use wanted::Wanted;

pub use insert::{InsertError, insert_ticket};

/// What GO notes in a ticket; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketUpdate {
    /// The ticket.
    pub id: TaskId,
    /// Its task's state.
    pub status: Option<TaskState>,
    /// What came of it.
    pub result: Option<ResultLine>,
    /// The sprint it is in.
    pub sprint: Option<SprintId>,
}

impl TicketUpdate {
    /// An update that changes nothing yet.
    pub fn of(id: TaskId) -> Self {
        Self { id, status: None, result: None, sprint: None }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.status.is_none() && self.result.is_none() && self.sprint.is_none()
    }
}

/// A text with its updates written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new text; the old one where nothing had to change.
    pub text: String,
    /// The updates that could not be written; the others are.
    pub skipped: Vec<Skipped>,
}

/// An update that could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The ticket.
    pub id: TaskId,
    /// Why.
    pub reason: SkipReason,
}

/// Why an update could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// The file has no such ticket.
    #[error("the plan has no such ticket")]
    Unknown,
    /// The file has several tickets of this id.
    #[error("several tickets of the plan have this id")]
    Ambiguous,
    /// The ticket is written elsewhere and stands in its list as an alias or through a merge key.
    #[error("the ticket stands in its list only through an alias or a merge key")]
    Aliased,
    /// Its way of writing has no place that can be changed without changing something else.
    #[error("the ticket is written in a way that can't be changed safely")]
    NotEditable,
}

/// Why nothing could be written at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is no YAML just now: a person may be in the middle of an edit. Its file's name is empty.
    #[error("the plan can't be read just now: line {}, column {}: {}", .0.line, .0.column, .0.message)]
    Unreadable(Diagnostic),
}

/// Writes `updates` into `text`, and nothing else. Replaced values keep their quotes and comments; a missing key is inserted after
/// the ticket's last simple one, in the style, the indentation and with the line end of its neighbours. A ticket that took its
/// value from a changed one by merge or alias gets its old value as its own.
///
/// # Errors
/// [`EditError::Unreadable`] where the text is no YAML. Whether it is a valid plan doesn't matter here.
pub fn write_back(text: &str, updates: &[TicketUpdate]) -> Result<Edited, EditError> {
    let document = Document::load(text)?;
    let (wanted, mut skipped) = Wanted::new(&document, updates);
    if wanted.is_empty() {
        return Ok(Edited { text: text.to_owned(), skipped });
    }
    if let Some(text) = attempt(text, &document, wanted.clone()) {
        return Ok(Edited { text, skipped });
    }
    // One ticket spoils the lot: try each by itself. Tickets keep their numbers, for no edit adds or moves one.
    let mut current = text.to_owned();
    for (ticket, alone) in wanted.each() {
        let document = Document::load(&current)?;
        match attempt(&current, &document, alone) {
            Some(next) => current = next,
            None => skipped.extend(document.id(ticket).map(|id| Skipped { id, reason: SkipReason::NotEditable })),
        }
    }
    Ok(Edited { text: current, skipped })
}

/// How often tickets that inherited from a changed one may be found and given values of their own.
const ROUNDS: usize = 3;

/// The text with `wanted` in it and nothing else changed; none where that can't be had.
fn attempt(text: &str, document: &Document, mut wanted: Wanted) -> Option<String> {
    for _ in 0..ROUNDS {
        let edited = splice::apply(text, place::splices(text, document, &wanted)?)?;
        let after = Document::load(&edited).ok()?;
        let drifted = verify::compare(document, &after, &wanted)?;
        if drifted.is_empty() {
            return Some(edited);
        }
        wanted.keep(drifted);
    }
    None
}
