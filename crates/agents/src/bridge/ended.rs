//! The news that nobody waits any more.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Whether whoever asks has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended(Arc<(Mutex<bool>, Condvar)>);

impl Ended {
    /// Says that it has.
    pub(super) fn set(&self) {
        let (ended, changed) = &*self.0;
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Waits for the end, at most this long: whether it has come.
    pub(super) fn within(&self, time: Duration) -> bool {
        let (ended, changed) = &*self.0;
        let guard = ended.lock().unwrap_or_else(PoisonError::into_inner);
        *changed.wait_timeout_while(guard, time, |ended| !*ended).unwrap_or_else(PoisonError::into_inner).0
    }
}
