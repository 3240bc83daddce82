//! Waiting for the file to change, without polling (Linux inotify).
//!
//! Folders are watched, not files: most editors replace the file, and a watch on it would go with the old one. Where the plan is a
//! symbolic link, the folder of each link on the way is watched too.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use super::FileError;

/// The most links that are followed.
const MAX_LINKS: usize = 16;

/// A watch on the plan's file.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    events: AsyncFd<OwnedFd>,
    names: Names,
}

/// The watched folders and the names in them that matter.
type Names = Vec<(i32, OsString)>;

impl Watch {
    pub(super) fn new(path: &Path) -> Result<Self, FileError> {
        let start = || {
            let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            let names = arm(&events, path)?;
            Ok(Self { path: path.to_owned(), events: register(events)?, names })
        };
        start().map_err(|source| FileError::io("watch", path, source))
    }

    /// Waits until the file may have changed since the last call, or since the watch began. Changes that came together wake once.
    /// Our own writes wake too. Look at the file after each wake: it may be gone, or half written by an editor that writes in
    /// place, which wakes again when it closes the file. A call that is dropped loses nothing.
    ///
    /// # Errors
    /// Where the folder is gone; the watch is of no use then.
    pub async fn changed(&mut self) -> Result<(), FileError> {
        self.wait().await.map_err(|source| FileError::io("watch", &self.path, source))
    }

    async fn wait(&mut self) -> io::Result<()> {
        loop {
            let names = &self.names;
            let mut ready = self.events.readable().await?;
            match ready.try_io(|events| drain(events.get_ref(), names)) {
                Ok(Ok(true)) => break,
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => return Err(error),
            }
        }
        // A link may point elsewhere now; watched before the caller looks, so that no change falls in between.
        self.names = arm(self.events.get_ref(), &self.path)?;
        Ok(())
    }
}

/// Hands the events to tokio's IO driver.
#[expect(
    deprecated,
    reason = "its successor is an unsafe fn; an OwnedFd stays open as long as it is owned, which is all that asks for"
)]
fn register(events: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // AsyncFd panics outside of a runtime.
    tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
    AsyncFd::new(events)
}

/// Watches the folder of `path`, and of each link that it leads through.
fn arm(events: &OwnedFd, path: &Path) -> io::Result<Names> {
    // Closed after writing, renamed here or away, removed, or a link made: all the ways in which a file's text changes.
    let flags = WatchFlags::CLOSE_WRITE
        | WatchFlags::MOVED_TO
        | WatchFlags::MOVED_FROM
        | WatchFlags::DELETE
        | WatchFlags::CREATE
        | WatchFlags::ONLYDIR;
    let mut names = Vec::new();
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        names.push((inotify::add_watch(events, &folder, flags)?, name));
        match fs::read_link(&path) {
            Ok(next) => path = folder.join(next),
            Err(_) => break,
        }
    }
    Ok(names)
}

/// Takes all events that are there; whether one was about the file. `WouldBlock` where there were none.
fn drain(events: &OwnedFd, names: &Names) -> io::Result<bool> {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(events, &mut buffer);
    let (mut any, mut hit) = (false, false);
    loop {
        match reader.next() {
            Ok(event) => {
                any = true;
                hit |= concerns(&event, names);
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if any => return Ok(hit),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether an event is about a watched name, or tells that events were lost.
fn concerns(event: &inotify::Event<'_>, names: &Names) -> bool {
    if event.events().intersects(ReadFlags::QUEUE_OVERFLOW | ReadFlags::IGNORED) {
        return true;
    }
    let Some(name) = event.file_name() else { return false };
    names.iter().any(|(watch, known)| *watch == event.wd() && known.as_bytes() == name.to_bytes())
}
