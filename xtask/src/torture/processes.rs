//! The fleet's processes, found by their command lines in the process table.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::schedule::Target;
use crate::bench::leftovers;

/// A process of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    /// Its number.
    pub(super) pid: i32,
    /// Its command line.
    pub(super) line: String,
}

/// The processes of the run in `folder` that are such a target, the eldest first.
pub(super) fn of(folder: &Path, target: Target) -> Vec<Process> {
    let all = leftovers::of(folder).into_iter().filter_map(|line| parse(&line));
    let mut found: Vec<_> = all.filter(|process| target_of(&process.line) == Some(target)).collect();
    found.sort_by_key(|process| process.pid);
    found
}

fn parse(line: &str) -> Option<Process> {
    let (pid, line) = line.split_once(' ')?;
    Some(Process { pid: pid.parse().ok()?, line: line.to_owned() })
}

/// What a command line says its process is. The parts of a fleet are started by the torture itself, which knows them.
fn target_of(line: &str) -> Option<Target> {
    let has = |words: &str| line.contains(words);
    if has(" shim --folder ") {
        return Some(Target::Shim);
    }
    let orchestrators = [(" agent ho", Target::Ho), (" agent po", Target::Po), (" agent io", Target::Io)];
    let orchestrator = orchestrators.into_iter().find(|(words, _)| has(words)).map(|(_, target)| target);
    orchestrator.or(has("ticket.sh ").then_some(Target::Agent))
}

/// Sends SIGKILL; whether there was somebody to get it.
pub(super) fn kill(process: &Process) -> bool {
    Pid::from_raw(process.pid).is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
}

/// Asks a process to end in order.
pub(super) fn terminate(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::command;
    use crate::stopwatch::until;
    use std::time::Duration;

    #[test]
    fn a_command_line_tells_what_its_process_is() {
        assert_eq!(target_of("/bin/go shim --folder /tmp/x/.go/hosts/h1/agents/a"), Some(Target::Shim));
        assert_eq!(target_of("/bin/go agent po"), Some(Target::Po));
        assert_eq!(target_of("sh ticket.sh run T-001 0.100 no"), Some(Target::Agent));
        assert_eq!(target_of("/bin/go up --exit-when-done"), None);
    }

    #[test]
    fn a_ticket_is_found_in_its_folder_and_killed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ticket.sh"), "sleep 60").unwrap();
        let mut child = command("sh").args(["ticket.sh", "run"]).current_dir(folder.path()).spawn().unwrap();
        let found = until(Duration::from_secs(5), || of(folder.path(), Target::Agent).into_iter().next());
        assert!(found.is_some_and(|process| kill(&process)));
        assert!(!child.wait().unwrap().success());
        for sleep in leftovers::of(folder.path()) {
            kill(&parse(&sleep).unwrap());
        }
    }
}
