//! Processes that are nobody's child here: found by their number, told to end, waited for.

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::process::Signal;

use crate::{ProcessId, RuntimeError, error, platform};

/// The process that has this number now; `None` where there is none, or where it has ended and waits to be reaped.
pub fn find(pid: u32) -> Option<ProcessId> {
    platform::identify(pid).filter(|id| platform::is_alive(*id))
}

/// A handle that can be read from once the process has ended (pidfd_open(2)); `None` where it has.
pub fn handle(process: ProcessId) -> Result<Option<OwnedFd>, RuntimeError> {
    platform::open(process).map_err(error::process("watch a process"))
}

/// Sends it SIGINT: what a Ctrl-C does. One that has ended gets none, which is no error.
pub fn interrupt(process: ProcessId) -> Result<(), RuntimeError> {
    platform::send(process, Signal::INT).map_err(error::process("interrupt a process"))
}

/// Sends it SIGKILL, which one that is stopped obeys too. One that has ended gets none, which is no error.
pub fn kill(process: ProcessId) -> Result<(), RuntimeError> {
    platform::send(process, Signal::KILL).map_err(error::process("kill a process"))
}

/// Waits for its end, at most for `patience`; answers whether it has ended.
pub fn has_ended(process: ProcessId, patience: Duration) -> Result<bool, RuntimeError> {
    platform::wait_ends(&[process], patience).map_err(error::process("watch a process"))?;
    Ok(!platform::is_alive(process))
}
