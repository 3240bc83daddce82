//! When a failed call is tried again: decided purely.

use std::time::Duration;

use go_rules::backoff::Backoff;

use crate::BusError;

/// How persistent a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetryPolicy {
    /// One try.
    Never,
    /// Up to four tries within the call's deadline.
    #[default]
    Few,
    /// Tries until the call's deadline.
    UntilDeadline,
}

impl RetryPolicy {
    fn most_failures(self) -> u32 {
        match self {
            Self::Never => 0,
            Self::Few => 3,
            Self::UntilDeadline => u32::MAX,
        }
    }
}

/// What a second delivery of the same request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Nothing more than the first: by its method, by contract, or by its idempotency key.
    Harmless,
    /// Something of its own; so it is repeated only where the first was certainly not sent.
    Counts,
}

/// The pause before the next try, or `None` to give up. `failures` counts this one; `left` is what remains of the deadline.
pub(crate) fn pause(
    policy: RetryPolicy,
    repeat: Repeat,
    error: &BusError,
    failures: u32,
    left: Duration,
    jitter: f64,
) -> Option<Duration> {
    let harmless = repeat == Repeat::Harmless || error.was_not_sent();
    if failures > policy.most_failures() || !harmless || !error.is_retryable() {
        return None;
    }
    // A pause that leaves no time for a try would only hide the error behind a timeout.
    Some(Backoff::REQUEST.pause(failures, jitter)).filter(|pause| *pause < left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn broken() -> BusError {
        BusError::Broken(String::new())
    }

    #[test]
    fn a_request_whose_repeat_counts_goes_out_again_only_where_it_never_left() {
        let decide = |error: &BusError| pause(RetryPolicy::Few, Repeat::Counts, error, 1, LONG, 1.0);
        assert_eq!(decide(&broken()), None);
        assert_eq!(decide(&BusError::TimedOut(LONG)), None);
        assert_eq!(decide(&BusError::Unreachable(String::new())), Some(Duration::from_millis(50)));
    }

    #[test]
    fn few_are_four_tries_and_never_is_one() {
        let tries = |policy| {
            1 + (1..100).take_while(|n| pause(policy, Repeat::Harmless, &broken(), *n, LONG, 0.0).is_some()).count()
        };
        assert_eq!((tries(RetryPolicy::Never), tries(RetryPolicy::Few)), (1, 4));
        assert_eq!(tries(RetryPolicy::UntilDeadline), 100);
    }

    #[test]
    fn no_try_begins_after_the_deadline() {
        let left = Duration::from_millis(50);
        assert_eq!(pause(RetryPolicy::UntilDeadline, Repeat::Harmless, &broken(), 1, left, 1.0), None);
    }
}
