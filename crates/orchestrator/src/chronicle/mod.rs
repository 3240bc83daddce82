//! What can be read of a sprint after its end (R8, R28): the Execution Log, and a summary in files of its own.
//!
//! All of it follows from the Bus: whatever a closed sprint lacks is written, whoever died before. `entry` makes the text, `append`
//! decides which bytes a log lacks, `log` and `files` are the thin shells that write them, `desk` decides when: never on the way
//! of a tick.

mod append;
mod desk;
mod entry;
mod files;
mod log;
mod markdown;
mod notice;

pub(crate) use desk::{ChronicleDesk, LastWrites, Written};
pub use files::Chronicle;
