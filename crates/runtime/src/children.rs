//! A keeper's children: waiting for the end of each, and ending what is left of them.
//!
//! In a process that is a subreaper every descendant becomes its child at last, so "no children" means that nothing is left
//! of what it started, however often that forked.

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions};

use crate::{ProcessId, RuntimeError, platform, tree};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Exited(i32),
    /// This signal ended it.
    Signalled(i32),
}

impl End {
    /// The end as a shell has it: 128 + n where signal n ended it.
    pub fn code(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Signalled(signal) => signal.saturating_add(128),
        }
    }
}

/// Waits for and reaps every child of this process, and tells `each` of them; returns when no child is left. It takes the
/// end of *any* child: a process that uses it waits for its children by nothing else.
pub fn each_end(mut each: impl FnMut(u32, End)) {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => {
                let end = match (status.exit_status(), status.terminating_signal()) {
                    (Some(code), _) => End::Exited(code),
                    (None, Some(signal)) => End::Signalled(signal),
                    (None, None) => continue,
                };
                each(pid.as_raw_nonzero().get().unsigned_abs(), end);
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// Whether this process has a child, ended and unreaped ones included. `spared`, a child that leads a group, and what it started
/// are not counted, whether ended or not.
pub fn has_children(spared: Option<ProcessId>) -> bool {
    if spared.is_some() {
        return !others_than(spared).is_empty();
    }
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(rustix::process::waitid(WaitId::All, look), Err(rustix::io::Errno::CHILD))
}

/// The living descendants of this process without those of `spared`.
fn others_than(spared: Option<ProcessId>) -> Vec<ProcessId> {
    let table = platform::table();
    let mut found = tree::descendants(&table, std::process::id());
    if let Some(spared) = spared {
        let its_own = tree::related(&table, &[spared]);
        found.retain(|id| *id != spared && !its_own.contains(id));
    }
    found
}

/// Sends SIGINT to the process group that `leader` leads: what a Ctrl-C does. A group that has ended is no error.
pub fn signal_group(leader: ProcessId) -> Result<(), RuntimeError> {
    let Some(group) = i32::try_from(leader.pid).ok().and_then(Pid::from_raw) else { return Ok(()) };
    match rustix::process::kill_process_group(group, Signal::INT) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(crate::error::process("signal a process group")(error)),
    }
}

/// Sends SIGKILL to the process group that `leader` leads. One that has ended is no error.
pub fn kill_group(leader: ProcessId) -> Result<(), RuntimeError> {
    let Some(group) = i32::try_from(leader.pid).ok().and_then(Pid::from_raw) else { return Ok(()) };
    match rustix::process::kill_process_group(group, Signal::KILL) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(crate::error::process("kill a process group")(error)),
    }
}

/// Sends SIGINT and SIGTERM to every descendant of this process, whatever group it is in, but for `spared` and what it started. Both, as
/// a shell makes what it runs in the background deaf to the former.
pub fn signal_tree(spared: Option<ProcessId>) -> Result<(), RuntimeError> {
    send_tree(&[Signal::INT, Signal::TERM], spared)
}

/// Sends SIGKILL to every descendant of this process but for `spared` and what it started. One that forks meanwhile may leave another:
/// call it again until [`has_children`] denies.
pub fn kill_tree(spared: Option<ProcessId>) -> Result<(), RuntimeError> {
    send_tree(&[Signal::KILL], spared)
}

fn send_tree(signals: &[Signal], spared: Option<ProcessId>) -> Result<(), RuntimeError> {
    for id in others_than(spared) {
        for signal in signals {
            platform::send(id, *signal).map_err(crate::error::process("signal a process"))?;
        }
    }
    Ok(())
}
