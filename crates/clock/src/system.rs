//! The clock of this machine.

use std::time::Duration;

use go_bus_api::Timestamp;

use crate::{Boottime, Clock, Sleep};

/// The operating system's clocks, and tokio's timers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn boottime(&self) -> Boottime {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(now.tv_nsec).unwrap_or_default();
        Boottime(Duration::new(seconds, nanos))
    }

    #[expect(clippy::disallowed_methods, reason = "this is where the wall clock comes from")]
    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_millis(jiff::Timestamp::now().as_millisecond())
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boottime_does_not_go_back_and_wall_is_in_this_century() {
        let (first, second) = (SystemClock.boottime(), SystemClock.boottime());
        assert!(second >= first && first > Boottime::default());
        assert!(SystemClock.wall().to_string().starts_with("20"));
    }
}
