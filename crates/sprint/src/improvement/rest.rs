//! How long a source rests that found nothing, or whose work was in vain.

use std::time::Duration;

use go_bus_api::Timestamp;

use super::history::is_within;

/// The first rest; also the pause before what was mended is looked at again.
const FIRST: Duration = Duration::from_secs(10 * 60);
/// No rest is longer.
const MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// Until when to rest after `in_vain` improvements in a row that came to nothing, the last of which ended at `end`: 10 minutes, doubled with
/// each, at most 24 hours. `None` where that is over at `now`.
pub(super) fn until(end: Timestamp, in_vain: usize, now: Timestamp) -> Option<Timestamp> {
    let doublings = u32::try_from(in_vain.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    let length = FIRST.saturating_mul(1_u32 << doublings).min(MOST);
    is_within(end, length, now).then(|| end.after(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_unix_millis(minutes * 60_000)
    }

    #[test]
    fn rests_double_up_to_a_day() {
        let lengths: Vec<_> = (1..=10).map(|n| until(at(0), n, at(0)).unwrap().since(at(0)).as_secs() / 60).collect();
        assert_eq!(lengths, [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
        assert_eq!(until(at(0), usize::MAX, at(0)), Some(at(1440)));
    }

    #[test]
    fn a_rest_ends_and_one_that_a_clock_ahead_has_begun_does_not_last_as_long_as_the_jump() {
        assert_eq!(until(at(0), 1, at(9)), Some(at(10)));
        assert_eq!(until(at(0), 1, at(10)), None);
        assert_eq!(until(at(1), 1, at(0)), Some(at(11)), "clocks differ a little");
        assert_eq!(until(at(11), 1, at(0)), None);
    }
}
