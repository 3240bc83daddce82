//! A clock whose sleeps block their thread.

use std::time::Duration;

use go_bus_api::Timestamp;
use go_clock::{Boottime, Clock, Sleep, SystemClock};

/// The system's clocks; a sleep blocks the thread that polls it, so that no async runtime is needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlockingClock;

impl Clock for BlockingClock {
    fn boottime(&self) -> Boottime {
        SystemClock.boottime()
    }

    fn wall(&self) -> Timestamp {
        SystemClock.wall()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the sleep of processes that have no runtime")]
    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(async move { std::thread::sleep(duration) })
    }
}
