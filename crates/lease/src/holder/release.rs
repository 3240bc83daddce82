//! Giving the lease back.

use std::time::Duration;

use go_clock::Boottime;
use go_rules::lease::retry_after;

use super::step::{ended, patience};
use super::{Action, End, Input, ReleaseAnswer, State, Tenure};

/// Releases without an answer that make it give up; the lease then ends by itself.
const RELEASES: u32 = 5;

/// Begins to give `tenure` back; `end` is to be told once that is done.
pub(super) fn release(tenure: Tenure, end: End) -> (State, Action) {
    let action = Action::Release { epoch: tenure.epoch, timeout: release_patience(&tenure) };
    (State::Releasing { tenure, failures: 0, end }, action)
}

/// Goes on with that.
pub(super) fn releasing(
    tenure: Tenure,
    failures: u32,
    end: End,
    input: Input,
    (now, jitter): (Boottime, f64),
) -> (State, Action) {
    match input {
        Input::Released(ReleaseAnswer::Done) => ended(end),
        // The lease ends by itself; whoever goes waits for that no longer than it may be of use.
        Input::Released(ReleaseAnswer::Failed)
            if failures.saturating_add(1) >= RELEASES || now >= tenure.renewed_until =>
        {
            ended(match end {
                End::Released => End::Unconfirmed,
                other => other,
            })
        }
        Input::Released(ReleaseAnswer::Failed) => {
            let failures = failures.saturating_add(1);
            (State::Releasing { tenure, failures, end }, Action::Sleep(retry_after(tenure.ttl, jitter)))
        }
        _ => {
            let action = Action::Release { epoch: tenure.epoch, timeout: release_patience(&tenure) };
            (State::Releasing { tenure, failures, end }, action)
        }
    }
}

/// How long a release may take: whoever goes does not wait long for a Bus that hangs.
fn release_patience(tenure: &Tenure) -> Duration {
    patience(tenure.ttl).min(Duration::from_secs(2))
}
