//! Pauses: a process that is stopped does nothing, whatever it had in hand.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Holds back whatever goes through it while anybody has it closed. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    closed_by: AtomicU32,
    waiting: Mutex<Vec<Waker>>,
}

impl Gate {
    /// Closes it once more.
    pub(crate) fn close(&self) {
        self.0.closed_by.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one closing back; with the last one whatever waits goes on.
    pub(crate) fn open(&self) {
        if self.0.closed_by.fetch_sub(1, Ordering::Relaxed) == 1 {
            let waiting = std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            waiting.into_iter().for_each(Waker::wake);
        }
    }

    /// Whether nobody has it closed.
    pub(crate) fn is_open(&self) -> bool {
        self.0.closed_by.load(Ordering::Relaxed) == 0
    }

    /// Ready where it is open; else it wakes once it is.
    pub(crate) fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_open() {
            return Poll::Ready(());
        }
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(cx.waker().clone());
        Poll::Pending
    }

    /// Waits until it is open.
    pub(crate) async fn opened(&self) {
        poll_fn(|cx| self.poll_open(cx)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn it_is_open_once_everybody_has_opened_it_again() {
        let gate = Gate::default();
        assert!(gate.opened().now_or_never().is_some());
        gate.close();
        gate.close();
        assert!(gate.opened().now_or_never().is_none());
        gate.open();
        assert!(!gate.is_open());
        gate.open();
        assert!(gate.opened().now_or_never().is_some());
    }
}
