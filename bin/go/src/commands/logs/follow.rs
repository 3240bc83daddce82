//! Waiting for a log to grow, without polling (Linux inotify).

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use go_runtime::{AgentLog, Stage};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// What happened to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Happened {
    /// It may have grown.
    Grew,
    /// Its agent has ended, and nothing more is written.
    Ended,
}

/// A log that is watched.
#[derive(Debug)]
pub(in crate::commands) struct Watched {
    events: OwnedFd,
    log: AgentLog,
}

/// Whether nothing more is written to the log: its agent's exit is on disk.
pub(super) fn has_ended(log: &AgentLog) -> bool {
    log.folder.as_ref().is_none_or(|folder| !folder.path().exists() || folder.stage() >= Stage::Ended)
}

impl Watched {
    /// Watches the log, and its agent's folder for the news of its end.
    pub(in crate::commands) fn new(log: &AgentLog) -> io::Result<Self> {
        let events = inotify::init(CreateFlags::CLOEXEC)?;
        // A log is moved once its agent has ended.
        let flags = WatchFlags::MODIFY | WatchFlags::MOVE_SELF | WatchFlags::DELETE_SELF;
        inotify::add_watch(&events, &log.path, flags)?;
        if let Some(folder) = &log.folder {
            let flags = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVED_TO;
            inotify::add_watch(&events, folder.path(), flags)?;
        }
        Ok(Self { events, log: log.clone() })
    }

    /// Waits until something happens to it.
    pub(in crate::commands) fn wait(&mut self) -> io::Result<Happened> {
        // The end is looked for after the watch began, so it is never waited for where it is past.
        if has_ended(&self.log) {
            return Ok(Happened::Ended);
        }
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.events, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) => {
                    let gone = ReadFlags::MOVE_SELF | ReadFlags::DELETE_SELF | ReadFlags::IGNORED;
                    if event.events().intersects(gone) {
                        return Ok(Happened::Ended);
                    }
                }
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            // What was read at once is taken at once: the rest would be lost with the buffer.
            if reader.is_buffer_empty() {
                return Ok(if has_ended(&self.log) { Happened::Ended } else { Happened::Grew });
            }
        }
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use go_bus_api::{AgentId, ExitReport, HostId};
    use go_runtime::HostFolder;

    use super::*;

    struct Place {
        _temp: tempfile::TempDir,
        host: HostFolder,
        agent: AgentId,
        log: fs::File,
    }

    fn place() -> Place {
        let temp = tempfile::tempdir().unwrap();
        let (host, agent) = (HostFolder::of(temp.path(), &HostId::new("h1").unwrap()), AgentId::new("a-1").unwrap());
        host.create().unwrap();
        host.agent(&agent).create().unwrap();
        let log = fs::File::create(host.agent(&agent).agent_log()).unwrap();
        Place { _temp: temp, host, agent, log }
    }

    #[test]
    fn it_tells_growth_and_the_move_at_the_end_and_waits_for_nothing_where_the_end_is_past() {
        let mut place = place();
        let mut watched = Watched::new(&place.host.log(&place.agent).unwrap()).unwrap();
        place.log.write_all(b"one").unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Grew);
        // Both at once: none of the two is lost.
        place.log.write_all(b"two").unwrap();
        place.host.remove(&place.agent).unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Ended);
        let kept = place.host.log(&place.agent).unwrap();
        assert_eq!(Watched::new(&kept).unwrap().wait().unwrap(), Happened::Ended);
    }

    #[test]
    fn the_exit_on_disk_is_the_end_though_no_launcher_is_there_to_move_the_log() {
        let mut place = place();
        let folder = place.host.agent(&place.agent);
        let mut watched = Watched::new(&place.host.log(&place.agent).unwrap()).unwrap();
        place.log.write_all(b"one").unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Grew);
        folder.write_exit(&ExitReport::default()).unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Ended);
        let again = Watched::new(&place.host.log(&place.agent).unwrap()).unwrap().wait().unwrap();
        assert_eq!(again, Happened::Ended);
    }
}
