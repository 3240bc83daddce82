//! Processes that outlive their fleet, found in Linux's process table by the folder of the run.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::stopwatch::until;

/// How long a process may take to be gone once the fleet has ended.
const GRACE: Duration = Duration::from_secs(1);

/// The processes of the run in `folder` that are still there after a second, as `pid command line`.
pub(crate) fn after(folder: &Path) -> Vec<String> {
    let none = until(GRACE, || of(folder).is_empty().then_some(()));
    if none.is_some() { Vec::new() } else { of(folder) }
}

/// The processes of the run in `folder`, as `pid command line`.
pub(crate) fn of(folder: &Path) -> Vec<String> {
    let Ok(table) = fs::read_dir("/proc") else { return Vec::new() };
    let own = std::process::id().to_string();
    let pids = table.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let others = pids.filter(|pid| pid.bytes().all(|b| b.is_ascii_digit()) && *pid != own);
    others.filter_map(|pid| command_line(&pid, folder)).collect()
}

/// The command line of `pid`, where its folder, its arguments or its environment name `folder`.
fn command_line(pid: &str, folder: &Path) -> Option<String> {
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let line = read("cmdline");
    if line.is_empty() {
        return None; // Ended, and waits to be reaped.
    }
    let works_there = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
    let name = folder.to_string_lossy();
    let named = [&line, &read("environ")].iter().any(|bytes| String::from_utf8_lossy(bytes).contains(&*name));
    (works_there || named).then(|| format!("{pid} {}", String::from_utf8_lossy(&line).replace('\0', " ").trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::command;

    #[test]
    fn a_process_that_works_in_the_folder_is_found_and_gone_after_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command("sleep").arg("60").current_dir(folder.path()).spawn().unwrap();
        let seen = until(Duration::from_secs(5), || of(folder.path()).into_iter().find(|line| line.contains("sleep")));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(seen.is_some_and(|line| line.starts_with(&child.id().to_string())));
        assert_eq!(after(folder.path()), [""; 0]);
    }
}
