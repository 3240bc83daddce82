//! Time as xtask needs it: how long something took, and waiting for a condition.

use std::thread;
use std::time::{Duration, Instant};

/// Runs since it was started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "measuring real time is what a bench is for")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has been running.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Asks every few milliseconds until `found` has something or `limit` is over.
pub(crate) fn until<T>(limit: Duration, mut found: impl FnMut() -> Option<T>) -> Option<T> {
    let watch = Stopwatch::start();
    loop {
        let answer = found();
        if answer.is_some() || watch.elapsed() >= limit {
            return answer;
        }
        thread::park_timeout(Duration::from_millis(2));
    }
}
