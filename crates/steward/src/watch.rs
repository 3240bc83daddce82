//! Waiting for the stewards' files to change, without polling (Linux inotify).
//!
//! Folders are watched, not files: most editors replace a file. A folder that is not there is waited for in the nearest one above it that
//! is.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use crate::steward::{Reloaded, Steward};

/// How often it is looked again after one wake; somebody may make and remove folders all the time.
const MAX_LOOKS: usize = 4;

/// The files can't be watched.
#[derive(Debug, thiserror::Error)]
#[error("can't watch the stewards' files: {0}")]
pub struct WatchError(#[from] io::Error);

/// A watch on every folder whose changes may change the library.
#[derive(Debug)]
pub struct Watch {
    events: AsyncFd<OwnedFd>,
    seen: Seen,
    folders: BTreeSet<PathBuf>,
}

/// The watched folders, each with the one name in it that matters, or `None` where every name does.
type Seen = Vec<(i32, Option<OsString>)>;

impl Watch {
    /// Begins to watch what `steward` reads. To be followed by a reload: what changes in between is seen then.
    pub fn new(steward: &Steward) -> Result<Self, WatchError> {
        let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map_err(io::Error::from)?;
        let folders = steward.library().folders(steward.sources());
        let seen = arm(&events, &folders)?;
        Ok(Self { events: register(events)?, seen, folders })
    }

    /// Waits until a file may have changed, looks at all of them again, and tells what came of it: what is in effect from now on,
    /// and what is newly wrong. Changes that came together are told together. A call that is dropped while it waits loses nothing.
    ///
    /// # Errors
    /// Where the kernel takes the watch away; it is of no use then.
    pub async fn next(&mut self, steward: &Arc<Steward>) -> Result<Reloaded, WatchError> {
        self.changed().await?;
        let mut all = Reloaded::default();
        // What is watched only now may have changed before.
        for _ in 0..MAX_LOOKS {
            let one = Arc::clone(steward);
            let reloaded = tokio::task::spawn_blocking(move || one.reload()).await.map_err(io::Error::other)?;
            all.changes.extend(reloaded.changes);
            all.problems.extend(reloaded.problems);
            if !self.follow(steward)? {
                break;
            }
        }
        Ok(all)
    }

    async fn changed(&mut self) -> Result<(), WatchError> {
        loop {
            let seen = &self.seen;
            let mut ready = self.events.readable().await?;
            match ready.try_io(|events| drain(events.get_ref(), seen)) {
                Ok(Ok(true)) => return Ok(()),
                Ok(Ok(false)) | Err(_) => {}
                Ok(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Watches what `steward` reads now; whether that is other than before.
    fn follow(&mut self, steward: &Steward) -> Result<bool, WatchError> {
        let folders = steward.library().folders(steward.sources());
        let seen = arm(self.events.get_ref(), &folders)?;
        let is_other = seen != self.seen || folders != self.folders;
        (self.seen, self.folders) = (seen, folders);
        Ok(is_other)
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

/// Watches each of `folders`, or the nearest one above it that is there.
fn arm(events: &OwnedFd, folders: &BTreeSet<PathBuf>) -> io::Result<Seen> {
    // Closed after writing, renamed here or away, removed, made, or the folder itself gone.
    let flags = WatchFlags::CLOSE_WRITE
        | WatchFlags::MOVED_TO
        | WatchFlags::MOVED_FROM
        | WatchFlags::DELETE
        | WatchFlags::CREATE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ONLYDIR;
    let mut seen = Vec::new();
    for folder in folders {
        let (mut at, mut name): (&Path, Option<OsString>) = (folder, None);
        loop {
            let here = if at.as_os_str().is_empty() { Path::new(".") } else { at };
            match inotify::add_watch(events, here, flags) {
                Ok(watch) => {
                    seen.push((watch, name));
                    break;
                }
                Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS) => {}
                Err(error) => return Err(error.into()),
            }
            let Some(parent) = at.parent() else { break };
            name = at.file_name().map(OsString::from);
            at = parent;
        }
    }
    Ok(seen)
}

/// Takes all events that are there; whether one was about what matters. `WouldBlock` where there were none.
fn drain(events: &OwnedFd, seen: &Seen) -> io::Result<bool> {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(events, &mut buffer);
    let (mut any, mut hit) = (false, false);
    loop {
        match reader.next() {
            Ok(event) => {
                any = true;
                hit |= concerns(&event, seen);
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if any => return Ok(hit),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether an event is about what matters, or tells that events were lost or a folder is gone.
fn concerns(event: &inotify::Event<'_>, seen: &Seen) -> bool {
    let lost = ReadFlags::QUEUE_OVERFLOW | ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF;
    if event.events().intersects(lost) {
        return true;
    }
    let Some(name) = event.file_name() else { return false };
    let is_it = |known: &Option<OsString>| known.as_ref().is_none_or(|known| known.as_bytes() == name.to_bytes());
    seen.iter().any(|(watch, known)| *watch == event.wd() && is_it(known))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::samples::House;

    /// What changes, however many wakes that takes; fails after 10 s.
    async fn changes(watch: &mut Watch, steward: &Arc<Steward>) -> Vec<crate::steward::Change> {
        let wait = async {
            loop {
                let reloaded = watch.next(steward).await.unwrap();
                if !reloaded.changes.is_empty() {
                    return reloaded.changes;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap()
    }

    fn opened(house: &House) -> Arc<Steward> {
        Arc::new(Steward::open(house.sources()).0)
    }

    #[tokio::test]
    async fn a_saved_file_wakes_however_it_is_saved() {
        let house = House::furnished();
        let steward = opened(&house);
        let mut watch = Watch::new(&steward).unwrap();
        house.write("skills/lint/SKILL.md", "---\nname: a\ndescription: b\n---\n");
        assert_eq!(changes(&mut watch, &steward).await.len(), 1);
        house.write("rules/new", "# Style\n");
        std::fs::rename(house.path("rules/new"), house.path("rules/RULE_style.md")).unwrap();
        assert_eq!(changes(&mut watch, &steward).await.len(), 1);
    }

    #[tokio::test]
    async fn folders_that_come_to_be_are_seen() {
        let house = House::empty();
        let steward = opened(&house);
        let mut watch = Watch::new(&steward).unwrap();
        house.write("rules/RULE_style.md", "# Style\n");
        assert_eq!(changes(&mut watch, &steward).await.len(), 1);
        std::fs::remove_dir_all(house.path("rules")).unwrap();
        assert_eq!(changes(&mut watch, &steward).await.len(), 1);
        house.write("rules/RULE_style.md", "# Style\n");
        assert_eq!(changes(&mut watch, &steward).await.len(), 1);
    }

    #[tokio::test]
    async fn what_else_happens_above_a_missing_folder_wakes_nobody() {
        let house = House::empty();
        let steward = opened(&house);
        let watch = Watch::new(&steward).unwrap();
        // The kernel queues an event before the write returns.
        house.write("something_else", "");
        assert!(!drain(watch.events.get_ref(), &watch.seen).unwrap());
        house.write("rules", "");
        assert!(drain(watch.events.get_ref(), &watch.seen).unwrap());
    }
}
