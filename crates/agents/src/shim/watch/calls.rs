//! The last calls of tools, and whether they go in a circle.

use std::collections::VecDeque;

use go_clock::Boottime;

/// The longest circle that is looked for, in calls.
const LONGEST: usize = 4;
/// How often in a row the same calls make a loop.
const TIMES: usize = 8;

/// The last calls, as many as the longest loop has.
#[derive(Debug, Default)]
pub(super) struct Calls(VecDeque<(u64, Boottime)>);

/// The same few calls, again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    /// How many calls the circle has.
    pub(super) calls: usize,
    /// When the first of them was made.
    pub(super) since: Boottime,
}

impl Calls {
    pub(super) fn add(&mut self, fingerprint: u64, now: Boottime) {
        if self.0.len() == LONGEST * TIMES {
            self.0.pop_front();
        }
        self.0.push_back((fingerprint, now));
    }

    /// The shortest circle that the last calls make.
    pub(super) fn round(&self) -> Option<Round> {
        (1..=LONGEST).find_map(|calls| {
            let begin = self.0.len().checked_sub(calls.saturating_mul(TIMES))?;
            let last = || self.0.iter().skip(begin);
            let circles = last().zip(last().skip(calls)).all(|(one, other)| one.0 == other.0);
            let since = last().next().map(|(_, at)| *at)?;
            circles.then_some(Round { calls, since })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn round(calls: &str) -> Option<Round> {
        let mut all = Calls::default();
        for (place, call) in calls.bytes().enumerate() {
            all.add(u64::from(call), Boottime(Duration::from_secs(place as u64)));
        }
        all.round()
    }

    #[test]
    fn eight_times_the_same_is_a_loop_and_seven_are_none() {
        assert_eq!(round("bcaaaaaaa"), None);
        let since = Boottime(Duration::from_secs(2));
        assert_eq!(round("bcaaaaaaaa"), Some(Round { calls: 1, since }));
        assert_eq!(round("aaaaaaaab"), None, "it does something else now");
    }

    #[test]
    fn so_is_a_short_circle_eight_times_over() {
        assert_eq!(round(&"ab".repeat(7)), None);
        assert_eq!(round(&"ab".repeat(8)).map(|round| round.calls), Some(2));
        assert_eq!(round(&format!("x{}", "abcd".repeat(8))).map(|round| round.calls), Some(4));
        assert_eq!(round(&"abcde".repeat(20)), None, "longer ones are not looked for");
        assert_eq!(round(&"aab".repeat(8)).map(|round| round.calls), Some(3));
    }

    #[test]
    fn work_that_comes_back_to_the_same_call_between_others_is_none() {
        assert_eq!(round("tatbtctdtetftgthtitjtk"), None);
    }
}
