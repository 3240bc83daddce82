//! `go down`: ends the fleet that runs on the data folder.

use std::fs::{self, File};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock;
use crate::render::print;
use crate::settings::Settings;

/// What an orderly end may take beyond the agents' own grace.
const MARGIN: Duration = Duration::from_secs(10);

/// Asks it to end, and waits until it has.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    let data = &settings.data;
    let Some(process) = lock::holder(data) else {
        print(format_args!("nothing runs on the data folder {}\n", data.display()))?;
        return Ok(Exit::Done);
    };
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    // Where the kernel gives none, the lock alone has to tell.
    let watched = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    let told = pid.ok_or(Errno::SRCH).and_then(|pid| kill_process(pid, Signal::TERM));
    told.map_err(|error| Failure::failed(format!("can't end process {process}: {error}"), "end it as its owner"))?;
    if !is_released(data, settings.agents.stop_grace.duration() + MARGIN) {
        let what = format!("process {process} was told to end and has not yet");
        return Err(Failure::failed(what, "`go status` shows what it waits for; a second `go down` ends it at once"));
    }
    if let Some(process) = watched {
        await_end(&process);
    }
    remove_pid(data)?;
    print(format_args!("process {process} has ended\n"))?;
    Ok(Exit::Done)
}

/// Waits until the lock can be had; the kernel says when, so nothing is polled.
fn is_released(data: &Path, within: Duration) -> bool {
    let (released, wait) = mpsc::channel();
    let path = data.join("lock");
    std::thread::spawn(move || {
        let locked = File::open(path).and_then(|file| file.lock_shared());
        // Nobody listens any more once the time is over.
        let _ = released.send(locked.is_ok());
    });
    wait.recv_timeout(within).unwrap_or(false)
}

/// Waits until the process is gone: it lets the lock go a moment before.
fn await_end(process: &OwnedFd) {
    let most = Timespec { tv_sec: i64::try_from(MARGIN.as_secs()).unwrap_or(i64::MAX), tv_nsec: 0 };
    let mut ends = [PollFd::new(process, PollFlags::IN)];
    while poll(&mut ends, Some(&most)) == Err(Errno::INTR) {}
}

fn remove_pid(data: &Path) -> Result<(), Failure> {
    let path = data.join(super::detach::PID_FILE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::file("remove", &path)(error)),
        _ => Ok(()),
    }
}
