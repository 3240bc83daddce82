//! The signal that says "the Bus is back": who waits for its next try makes it now.

use rustix::process::Signal;

use crate::{ProcessId, RuntimeError, platform};

/// SIGCONT by its number: who does not listen to it is not hurt by it (signal(7)), whatever program and version it is.
pub const WAKE_SIGNAL: i32 = Signal::CONT.as_raw();

/// Tells a process that the Bus can be reached again. It is a hint: one that has ended gets none, which is no error.
pub fn wake(process: ProcessId) -> Result<(), RuntimeError> {
    platform::send(process, Signal::CONT).map_err(crate::error::process("wake a process"))
}
