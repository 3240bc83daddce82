//! A new file beside another one, of its kind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells apart the files that this process makes.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// How many leftovers of dead processes a new file's name may meet.
const NAMES: usize = 100;

/// Writes `bytes` into a new hidden file in the folder of `target`, with its mode and owner, and flushes it.
pub(super) fn write(target: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let (path, file) = create(target)?;
    if let Err(error) = fill(file, &fs::metadata(target)?, bytes) {
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    Ok(path)
}

fn fill(mut file: File, like: &fs::Metadata, bytes: &[u8]) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        // Only root may give a file away; anybody else's then belongs to them, as one that their editor wrote would.
        let _ = fchown(&file, Some(like.uid()), Some(like.gid()));
    }
    file.set_permissions(like.permissions())?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new file that nobody else can read yet.
fn create(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..NAMES {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = target.with_file_name(format!(".{name}.go-{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
