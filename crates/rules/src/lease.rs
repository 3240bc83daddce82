//! The lease's arithmetic (R2): how long it lives, and how long its holder may believe in it.

use std::time::Duration;

use crate::backoff::share;

/// The least TTL the Bus grants.
pub const LEAST_TTL: Duration = Duration::from_millis(200);

/// The TTL for a heartbeat and a number of missed ones: `beat × missed` and an allowance for the beat under way, the smaller
/// of 5 s and half a beat. 60 s and 2 make 125 s.
pub fn ttl(beat: Duration, missed: u32) -> Duration {
    beat.saturating_mul(missed).saturating_add((beat / 2).min(Duration::from_secs(5))).max(LEAST_TTL)
}

/// How much earlier than the TTL the holder stops believing: a tenth of it, at most a second. It covers the clock's drift and
/// the time between a check and the act it guards.
pub fn margin(ttl: Duration) -> Duration {
    (ttl / 10).min(Duration::from_secs(1))
}

/// How long after *sending* its last successful renewal the holder may act.
pub fn trust(ttl: Duration) -> Duration {
    ttl.saturating_sub(margin(ttl))
}

/// When the next renewal is due after the last: a beat, less up to a tenth of it by `jitter` in 0..=1.
pub fn next_beat(beat: Duration, jitter: f64) -> Duration {
    beat.mul_f64(1.0 - 0.1 * share(jitter))
}

/// When a failed renewal is tried again: 1–2 s by `jitter`, never more than a tenth of the TTL, so that short leases get
/// their tries too.
pub fn retry_after(ttl: Duration, jitter: f64) -> Duration {
    Duration::from_secs(1).mul_f64(1.0 + share(jitter)).min(ttl / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_s_numbers_make_125_s() {
        assert_eq!(ttl(Duration::from_secs(60), 2), Duration::from_secs(125));
        assert_eq!(ttl(Duration::from_secs(1), 2), Duration::from_millis(2500));
        assert_eq!(ttl(Duration::from_millis(10), 2), LEAST_TTL);
    }

    #[test]
    fn the_holder_stops_before_the_server_does() {
        for seconds in [1, 10, 125, 3600] {
            let ttl = Duration::from_secs(seconds);
            assert!(trust(ttl) < ttl);
            assert!(next_beat(ttl / 2, 0.0) < trust(ttl), "a beat in time would come too late at {seconds} s");
        }
    }
}
