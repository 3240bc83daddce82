//! The Execution Log's file: locked, read, appended to, and flushed to the disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::append::appends;
use super::entry::Entry;
use super::files::Unwritten;

/// How often a file that an editor puts another in place of is opened anew.
const EXCHANGES: usize = 5;

/// Appends to the log at `path` what it lacks of `entries`, and creates it where there is none; its folder has to be there. Every
/// writer holds the file's lock and reads it under that, so two of them write an entry once. After a return all of them survive a power
/// cut.
///
/// *Crash semantics*: a write that was cut off is completed by the next call; no byte that is there is ever changed.
///
/// # Errors
/// Where the disk does not take it, where the path is no regular file, and where another process holds the lock just now.
pub(super) fn record(path: &Path, entries: &[Entry]) -> Result<(), Unwritten> {
    record_watched(path, entries, || ())
}

/// The same, and calls `opened` whenever the file is open and not yet locked.
fn record_watched(path: &Path, entries: &[Entry], mut opened: impl FnMut()) -> Result<(), Unwritten> {
    for _ in 0..EXCHANGES {
        let mut file = open(path)?;
        opened();
        lock(&file, path)?;
        // An editor that puts a new file in its place leaves the lock on the old one.
        if is_at(path, &file)? {
            fill_up(&mut file, entries).map_err(Unwritten::file("append to", path))?;
            if is_at(path, &file)? {
                return Ok(());
            }
        }
    }
    Err(Unwritten::Exchanged { path: path.to_path_buf() })
}

fn fill_up(file: &mut File, entries: &[Entry]) -> std::io::Result<()> {
    let mut log = Vec::new();
    file.read_to_end(&mut log)?;
    for bytes in appends(&log, entries) {
        file.write_all(&bytes)?;
    }
    file.sync_all()
}

fn open(path: &Path) -> Result<File, Unwritten> {
    let mut open = OpenOptions::new();
    open.read(true).append(true);
    let file = match open.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let file = open.create(true).open(path).map_err(Unwritten::file("create", path))?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(Unwritten::file("sync", folder))?;
            file
        }
        opened => opened.map_err(Unwritten::file("open", path))?,
    };
    let is_file = file.metadata().map_err(Unwritten::file("look at", path))?.is_file();
    if is_file { Ok(file) } else { Err(Unwritten::NoFile { path: path.to_path_buf() }) }
}

fn lock(file: &File, path: &Path) -> Result<(), Unwritten> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Unwritten::Held { path: path.to_path_buf() },
        TryLockError::Error(error) => Unwritten::file("lock", path)(error),
    })
}

/// Whether `file` is what `path` leads to.
fn is_at(path: &Path, file: &File) -> Result<bool, Unwritten> {
    let (held, there) = match (file.metadata(), std::fs::metadata(path)) {
        (_, Err(error)) if error.kind() == ErrorKind::NotFound => return Ok(false),
        (held, there) => {
            let failed = Unwritten::file("look at", path);
            held.and_then(|held| Ok((held, there?))).map_err(failed)?
        }
    };
    Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
}

#[cfg(test)]
mod tests;
