//! How much room a disk has.

use std::path::Path;

use serde::Serialize;

use crate::RepoError;

/// The room on a file system.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Space {
    /// What may still be written, in bytes.
    pub free: u64,
    /// The same as a share of the whole, 0 to 1.
    pub share: f64,
}

/// The room on the file system of `folder`.
///
/// # Errors
/// Where the folder is not there.
pub fn space(folder: &Path) -> Result<Space, RepoError> {
    let told = rustix::fs::statvfs(folder).map_err(|error| RepoError::file("look at", folder)(error.into()))?;
    Ok(of(told.f_bavail, told.f_blocks, told.f_frsize))
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more precision than a double has")]
fn of(free: u64, all: u64, block: u64) -> Space {
    let share = if all == 0 { 0.0 } else { free as f64 / all as f64 };
    Space { free: free.saturating_mul(block), share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_of_the_whole() {
        assert_eq!(of(25, 100, 4096), Space { free: 102_400, share: 0.25 });
        assert_eq!(of(0, 0, 4096), Space { free: 0, share: 0.0 });
        assert!(space(Path::new("/")).is_ok_and(|space| space.share <= 1.0));
        assert!(space(Path::new("/nowhere/at/all")).is_err());
    }
}
