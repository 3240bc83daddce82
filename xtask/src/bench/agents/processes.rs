//! The processes of a fleet, found in Linux's process table by what their environment names.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    pub(super) parent: i32,
    environment: String,
    /// Its command line, its words apart by blanks.
    pub(super) line: String,
}

impl Process {
    /// What a variable of its environment is.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let all = self.environment.split('\0');
        all.filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Sends it a signal; one that has ended meanwhile needs none.
    pub(super) fn signal(&self, signal: Signal) {
        let _ = Pid::from_raw(self.pid).map(|pid| kill_process(pid, signal));
    }
}

/// Every process that has not ended and of which `wanted` says so.
pub(super) fn those(wanted: impl Fn(&Process) -> bool) -> Vec<Process> {
    let table = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = table.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(process).filter(wanted).collect()
}

/// A process; `None` where there is none, or it has ended and waits to be reaped.
fn process(pid: i32) -> Option<Process> {
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let stat = text(read("stat").ok()?);
    let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
    let line = text(read("cmdline").ok().filter(|line| !line.is_empty())?).replace('\0', " ");
    Some(Process { pid, parent, environment: text(read("environ").unwrap_or_default()), line: line.trim().to_owned() })
}

/// Whether it works for an agent of the fleet in `folder` that was given a task.
pub(super) fn is_a_hand_s(process: &Process, folder: &Path) -> bool {
    let name = folder.to_string_lossy();
    process.variable("XIO_TASK").is_some_and(|task| !task.is_empty()) && process.environment.contains(&*name)
}

/// Kills everything of [`in_folder`].
pub(super) fn end_all(folder: &Path) {
    in_folder(folder).iter().for_each(|process| process.signal(Signal::KILL));
}

/// Everything whose environment, arguments or folder name `folder`, or what is in it.
pub(super) fn in_folder(folder: &Path) -> Vec<Process> {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let inside = format!("{}/", folder.display());
    let itself = folder.display().to_string();
    let names = |text: &str| text.contains(&inside) || text.split(['\0', ' ', '=']).any(|word| word == itself);
    let works_there = |pid: i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|there| there.starts_with(folder));
    those(|process| {
        process.pid != own && (names(&process.environment) || names(&process.line) || works_there(process.pid))
    })
}
