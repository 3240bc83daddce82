//! What a connection is waiting for: shared by the one that reads its bytes and the one that gets its requests.

use std::sync::atomic::{AtomicU8, Ordering};

/// Where a connection is in its exchange of requests and answers.
#[derive(Debug, Default)]
pub(crate) struct Phase(AtomicU8);

/// Nothing of the next request's head has come.
const QUIET: u8 = 0;
/// Some of a head has come.
const HEAD: u8 = 1;
/// A request is being handled, and its body read.
const HANDLED: u8 = 2;

impl Phase {
    /// Bytes have come: they begin a head, unless a request's body is being read.
    pub(crate) fn bytes_came(&self) {
        // Only a quiet connection changes; anything else stays as it is.
        let _ = self.0.compare_exchange(QUIET, HEAD, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// A head is complete.
    pub(crate) fn head_is_there(&self) {
        self.0.store(HANDLED, Ordering::Relaxed);
    }

    /// The request is answered: what comes now is the next one's head.
    pub(crate) fn next_head(&self) {
        self.0.store(QUIET, Ordering::Relaxed);
    }

    /// Whether a head has begun and is not complete.
    pub(crate) fn is_in_a_head(&self) -> bool {
        self.0.load(Ordering::Relaxed) == HEAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_between_requests_begins_a_head() {
        let phase = Phase::default();
        assert!(!phase.is_in_a_head());
        phase.bytes_came();
        assert!(phase.is_in_a_head());
        phase.head_is_there();
        phase.bytes_came();
        assert!(!phase.is_in_a_head(), "a body is no head");
        phase.next_head();
        assert!(!phase.is_in_a_head());
        phase.bytes_came();
        assert!(phase.is_in_a_head());
    }
}
