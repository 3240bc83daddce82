//! What a leader leaves to the next (R3, R4): the document, where it is kept, when it is written, and which one counts.
//!
//! The next one reconciles whatever it finds; the handoff tells it and people where the last one stood.

mod choose;
mod decided;
mod desk;
mod document;
mod port;

pub(crate) use choose::latest;
pub(crate) use decided::Decided;
pub(crate) use desk::{HandoffDesk, read};
pub use document::{Decision, HandoffDocument, RunningWork, SprintWindow};
pub use port::HandoffFile;
