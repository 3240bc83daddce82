//! Waiting for a log to grow, without polling (Linux inotify).

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// The folder of logs whose agents have ended.
const KEPT: &str = "logs";

/// What happened to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// It may have grown.
    Grew,
    /// Its agent has ended, and nothing more is written.
    Ended,
}

/// A log that is watched.
#[derive(Debug)]
pub(super) struct Watched {
    events: OwnedFd,
    /// Nothing is written any more from the beginning on.
    is_kept: bool,
}

impl Watched {
    /// Watches the file at `path`.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let events = inotify::init(CreateFlags::CLOEXEC)?;
        // A log is moved once its agent has ended.
        let flags = WatchFlags::MODIFY | WatchFlags::MOVE_SELF | WatchFlags::DELETE_SELF;
        inotify::add_watch(&events, path, flags)?;
        let is_kept = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == KEPT);
        Ok(Self { events, is_kept })
    }

    /// Waits until something happens to it.
    pub(super) fn wait(&mut self) -> io::Result<Happened> {
        if self.is_kept {
            return Ok(Happened::Ended);
        }
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.events, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) => {
                    let gone = ReadFlags::MOVE_SELF | ReadFlags::DELETE_SELF | ReadFlags::IGNORED;
                    return Ok(if event.events().intersects(gone) { Happened::Ended } else { Happened::Grew });
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    #[test]
    fn it_tells_growth_and_the_end_and_waits_for_nothing_where_the_end_is_past() {
        let folder = tempfile::tempdir().unwrap();
        let (log, kept) = (folder.path().join("agent.log"), folder.path().join("logs"));
        let mut file = fs::File::create(&log).unwrap();
        let mut watched = Watched::new(&log).unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Grew);
        fs::create_dir(&kept).unwrap();
        fs::rename(&log, kept.join("a-1.log")).unwrap();
        assert_eq!(watched.wait().unwrap(), Happened::Ended);
        assert_eq!(Watched::new(&kept.join("a-1.log")).unwrap().wait().unwrap(), Happened::Ended);
    }
}
