//! How much room a file system has, and how little is too little.

use std::path::Path;

use crate::RuntimeError;
use crate::error::file;

/// The room of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this user may yet write.
    pub free: u64,
    /// All its bytes.
    pub total: u64,
}

impl Space {
    /// So many free bytes are enough on any disk.
    const LEAST: u64 = 1 << 30;
    /// So is one part of so many of a small disk: 5 %.
    const SHARE: u64 = 20;

    /// The room of the file system that `path` lies on.
    pub fn of(path: &Path) -> Result<Self, RuntimeError> {
        let stat = rustix::fs::statvfs(path).map_err(|errno| file("look for room on", path)(errno.into()))?;
        Ok(Self {
            free: stat.f_bavail.saturating_mul(stat.f_frsize),
            total: stat.f_blocks.saturating_mul(stat.f_frsize),
        })
    }

    /// Whether something new may be begun: the watermark.
    pub fn is_enough(self) -> bool {
        self.free >= Self::LEAST || self.free.saturating_mul(Self::SHARE) >= self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn the_watermark_is_a_gibibyte_and_of_a_small_disk_a_twentieth() {
        let enough = |free, total| Space { free, total }.is_enough();
        assert!(enough(GIB, 100 * GIB) && !enough(GIB - 1, 100 * GIB));
        assert!(enough(GIB / 16, GIB / 16 * 20) && !enough(GIB / 16 - 1, GIB / 16 * 20));
        assert!(enough(u64::MAX, u64::MAX));
    }

    #[test]
    fn a_folder_has_room_and_what_is_not_there_has_none() {
        let here = Space::of(Path::new("/")).unwrap();
        assert!(here.total > 0 && here.free <= here.total);
        assert!(Space::of(Path::new("/no/such/folder")).is_err());
    }
}
