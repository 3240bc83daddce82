//! Where a handoff is kept beside the Bus.

use std::fmt::Debug;
use std::io;

/// A file that has the last handoff, should the Bus be lost or restored from an old copy (R3, R4).
///
/// *Flow*: read once when a tenure begins; written after the Bus has taken the same document under the lease, so never by an
/// instance whose epoch is over but for a moment.
///
/// *Guarantees* of an implementation: a reader sees the old content or the new one, whole; after `write` returns the new one
/// survives a power cut; nobody but its owner may read it.
///
/// *Assumptions*: its calls may block for as long as a disk takes; they are made off the way of whatever GO decides.
///
/// *Errors*: whatever the disk says. GO goes on without the file and says so.
pub trait HandoffFile: Debug + Send + Sync + 'static {
    /// The content; `None` where there is none yet.
    fn read(&self) -> io::Result<Option<Vec<u8>>>;

    /// Replaces the content.
    fn write(&self, content: &[u8]) -> io::Result<()>;
}
