//! True time: what no node's clock shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time since the run's start. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truth(Arc<AtomicU64>);

impl Truth {
    /// Now: inside a node as far as its tick has come, outside as of the last step.
    pub(crate) fn now(&self) -> Duration {
        turmoil::sim_elapsed().unwrap_or_else(|| Duration::from_nanos(self.0.load(Ordering::Relaxed)))
    }

    /// A step is over.
    pub(crate) fn set(&self, now: Duration) {
        self.0.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
