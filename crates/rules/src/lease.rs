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

/// How often the Bus ticks on the holder's session.
pub fn tick_period(grace: Duration) -> Duration {
    grace / 4
}

/// How long after the earliest instant at which a tick can have been sent the holder may act: half of what the Bus waits.
pub fn session_trust(grace: Duration) -> Duration {
    grace / 2
}

/// How long `told` on another's clock has lasted at least on one's own: a thousandth less, which is more than two clocks differ.
pub fn at_least(told: Duration) -> Duration {
    told.saturating_sub(told / 1000)
}

/// How old a stream of the session gets before it is opened anew, so that [`at_least`] never takes more than a fortieth of the grace.
pub fn session_age(grace: Duration) -> Duration {
    grace.saturating_mul(25)
}

/// How long no tick may come before a second stream is opened beside the first: one is missing then.
pub fn session_silence(grace: Duration) -> Duration {
    tick_period(grace).mul_f64(1.5)
}

/// When a session that could not be opened is tried again, after `failures` in a row: a fortieth of the grace, at most 50 ms, for as long
/// as the Bus may still be waiting for it, so that whoever is cut off for less than the grace is back within it; and 250 ms after that.
/// Both are spread over their upper half by `jitter`.
pub fn session_retry(grace: Duration, failures: u32, jitter: f64) -> Duration {
    let quick = (grace / 40).min(Duration::from_millis(50));
    // At half its length, which is the shortest that jitter makes of it, so many pauses last a grace.
    let awaited = u128::from(failures).saturating_mul(quick.as_nanos()) <= 2 * grace.as_nanos();
    let pause = if awaited { quick } else { (grace / 8).min(Duration::from_millis(250)) };
    pause.mul_f64(0.5 + 0.5 * share(jitter))
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

    #[test]
    fn a_tick_that_is_missed_leaves_time_to_open_the_session_anew() {
        for millis in [200, 2_000, 10_000] {
            let grace = Duration::from_millis(millis);
            let drift = session_age(grace) - at_least(session_age(grace));
            let noticed = session_silence(grace) + drift;
            let tries = session_retry(grace, 1, 1.0) + session_retry(grace, 2, 1.0);
            assert!(noticed + tries / 2 < session_trust(grace), "at {grace:?}");
        }
    }

    #[test]
    fn a_session_is_tried_again_quickly_for_as_long_as_the_bus_waits_for_it_and_then_slower() {
        let pause =
            |grace: u64, failures, jitter| session_retry(Duration::from_secs(grace), failures, jitter).as_millis();
        assert_eq!([1, 2, 80, 81, 5000].map(|failures| pause(2, failures, 1.0)), [50, 50, 50, 250, 250]);
        assert_eq!((pause(10, 400, 1.0), pause(10, 401, 1.0)), (50, 250));
        let quick: Duration = (1..=80).map(|failures| session_retry(Duration::from_secs(2), failures, 0.0)).sum();
        assert_eq!(quick, Duration::from_secs(2), "the quickest tries last for the grace");
    }
}
