//! Linux: `/proc` as the process table, pidfds, the child subreaper, and a timer on `CLOCK_BOOTTIME`.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{AgentId, BootId};
use go_clock::Boottime;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitId, WaitIdOptions};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags};

use crate::tree::Entry;
use crate::{AGENT_ID_VARIABLE, ProcessId, RuntimeError};

/// Makes this process the parent of every descendant whose own parent ends, so that none escapes it.
pub fn become_subreaper() -> Result<(), RuntimeError> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(crate::error::process("become a subreaper"))
}

/// The machine's boot, as the kernel names it.
pub fn boot_id() -> Result<BootId, RuntimeError> {
    let path = std::path::Path::new("/proc/sys/kernel/random/boot_id");
    let text = std::fs::read_to_string(path).map_err(crate::error::file("read", path))?;
    BootId::new(text.trim())
        .map_err(|reason| RuntimeError::Damaged { path: path.to_path_buf(), reason: reason.to_string() })
}

/// This process.
pub fn myself() -> ProcessId {
    let pid = std::process::id();
    identify(pid).unwrap_or(ProcessId { pid, started: 0 })
}

/// The process that has this number now.
pub(crate) fn identify(pid: u32) -> Option<ProcessId> {
    entry(pid).map(|entry| entry.id)
}

/// Whether the process is there and has not ended.
pub fn is_alive(id: ProcessId) -> bool {
    entry(id.pid).is_some_and(|entry| entry.id == id && !entry.zombie)
}

/// Every process that this one may see.
pub(crate) fn table() -> Vec<Entry> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return Vec::new() };
    let numbers = folder.filter_map(|item| item.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter_map(entry).collect()
}

/// Every living process that was started with this agent's id in its environment.
pub(crate) fn carrying(agent: &AgentId, table: &[Entry]) -> Vec<ProcessId> {
    let wanted = format!("{AGENT_ID_VARIABLE}={agent}");
    let carries = |entry: &&Entry| {
        std::fs::read(format!("/proc/{}/environ", entry.id.pid))
            .is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes()))
    };
    table.iter().filter(|entry| !entry.zombie).filter(carries).map(|entry| entry.id).collect()
}

fn entry(pid: u32) -> Option<Entry> {
    parse_stat(pid, &std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads a line of `/proc/<pid>/stat` (proc_pid_stat(5)); the name in parentheses may itself hold spaces and parentheses.
fn parse_stat(pid: u32, stat: &str) -> Option<Entry> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Entry {
        id: ProcessId { pid, started: number(19)? },
        parent: u32::try_from(number(1)?).ok()?,
        group: u32::try_from(number(2)?).ok()?,
        zombie: matches!(*fields.first()?, "Z" | "X"),
    })
}

/// A handle on one process that a later process with the same number does not inherit; `None` where it has ended and was
/// reaped.
pub(crate) fn open(id: ProcessId) -> io::Result<Option<OwnedFd>> {
    let Some(pid) = i32::try_from(id.pid).ok().and_then(Pid::from_raw) else { return Ok(None) };
    match rustix::process::pidfd_open(pid, PidfdFlags::NONBLOCK) {
        // Only now is it certain whom the handle holds.
        Ok(handle) => Ok((identify(id.pid) == Some(id)).then_some(handle)),
        Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sends a signal to exactly this process; one that has ended gets none, which is no error.
pub(crate) fn send(id: ProcessId, signal: Signal) -> io::Result<()> {
    let Some(handle) = open(id)? else { return Ok(()) };
    match rustix::process::pidfd_send_signal(&handle, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Reaps the process behind `handle` where it is an ended child of this one.
pub(crate) fn reap(handle: &OwnedFd) {
    // Not our child, or not ended: nothing to reap, and nothing to report.
    let _ = rustix::process::waitid(WaitId::PidFd(handle.as_fd()), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
}

/// Waits until all have ended, at most for `limit`; reaps those that are children of this process.
pub(crate) fn wait_ends(ids: &[ProcessId], limit: Duration) -> io::Result<()> {
    use go_clock::Clock as _;
    let clock = go_clock::SystemClock;
    let end = clock.boottime() + limit;
    for id in ids {
        let Some(handle) = open(*id)? else { continue };
        let left = Timespec::try_from(end.since(clock.boottime())).ok();
        let mut fds = [PollFd::new(&handle, PollFlags::IN)];
        match poll(&mut fds, left.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => reap(&handle),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Completes when the process behind `handle` has ended.
pub(crate) async fn end_of(handle: OwnedFd) -> io::Result<()> {
    #[expect(deprecated, reason = "what replaces it is unsafe, and an OwnedFd keeps what that demands")]
    let watched = tokio::io::unix::AsyncFd::with_interest(handle, tokio::io::Interest::READABLE)?;
    let _ready = watched.readable().await?;
    reap(watched.get_ref());
    Ok(())
}

/// A timer on the clock that counts suspend: after one it fires at once, where other timers sleep on.
#[derive(Debug)]
pub struct Alarm {
    timer: Arc<OwnedFd>,
}

impl Alarm {
    /// An alarm that calls `fire` on a thread of its own each time it goes off. It is not set yet.
    pub fn start(mut fire: impl FnMut() + Send + 'static) -> Result<Self, RuntimeError> {
        let failed = crate::error::process::<io::Error>;
        let timer = rustix::time::timerfd_create(TimerfdClockId::Boottime, TimerfdFlags::CLOEXEC)
            .map_err(|e| failed("make a timer")(e.into()))?;
        let timer = Arc::new(timer);
        let mine = timer.clone();
        let wait = move || {
            let mut count = [0_u8; 8];
            loop {
                match rustix::io::read(&mine, &mut count) {
                    Ok(_) => fire(),
                    Err(rustix::io::Errno::INTR) => {}
                    Err(_) => return,
                }
            }
        };
        std::thread::Builder::new().name("alarm".to_owned()).spawn(wait).map_err(failed("start a thread"))?;
        Ok(Self { timer })
    }

    /// Sets it to go off at `at`, at once where that is past; `None` turns it off.
    pub fn set(&self, at: Option<Boottime>) -> Result<(), RuntimeError> {
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        // Zero would turn it off.
        let value = match at {
            None => zero,
            Some(at) => Timespec::try_from(at.0.max(Duration::from_nanos(1)))
                .unwrap_or(Timespec { tv_sec: i64::MAX, tv_nsec: 0 }),
        };
        let spec = Itimerspec { it_interval: zero, it_value: value };
        rustix::time::timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &spec)
            .map(drop)
            .map_err(crate::error::process("set a timer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use go_clock::{Clock, SystemClock};
    use std::sync::mpsc;

    #[test]
    fn a_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let line = "42 (a) b (c)) S 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0";
        let entry = parse_stat(42, line).unwrap();
        assert_eq!((entry.id.started, entry.parent, entry.group, entry.zombie), (12345, 7, 8, false));
        assert!(parse_stat(42, &line.replace(") S", ") Z")).unwrap().zombie);
        assert!(parse_stat(42, "42 (x) S 7").is_none());
    }

    #[test]
    fn another_start_time_is_another_process() {
        let me = myself();
        assert!(is_alive(me) && open(me).unwrap().is_some());
        let other = ProcessId { started: me.started + 1, ..me };
        assert!(!is_alive(other) && open(other).unwrap().is_none());
        send(other, Signal::KILL).unwrap();
    }

    #[test]
    fn an_alarm_goes_off_when_set_and_only_then() {
        let (fired, fires) = mpsc::channel();
        let alarm = Alarm::start(move || fired.send(SystemClock.boottime()).unwrap()).unwrap();
        let at = SystemClock.boottime() + Duration::from_millis(30);
        alarm.set(Some(SystemClock.boottime() + Duration::from_secs(1000))).unwrap();
        alarm.set(Some(at)).unwrap();
        assert!(fires.recv_timeout(Duration::from_secs(5)).unwrap() >= at);
        alarm.set(Some(Boottime::default())).unwrap();
        fires.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}
