//! The steps: `State × Input × Now → State × Action`.

use std::time::Duration;

use go_bus_api::{Grant, LeaseHeld};
use go_clock::Boottime;
use go_rules::lease::retry_after;
use go_rules::mutation::{Mutation, is_on};

use super::release::{release, releasing};
use super::state::Lapse;
use super::{Action, BidAnswer, End, Holder, Input, State, Tenure, WaitAnswer};
use crate::Lost;

/// Bids without any answer before the first one that make it give up.
const FIRST_BIDS: u32 = 5;
/// The jitter after a bid that another won.
const AFTER_HELD: Duration = Duration::from_millis(50);
/// A wait is answered after 30 s at the latest.
const LONGEST_WAIT: Duration = Duration::from_secs(35);

impl Holder {
    /// Takes `input` at `now` and says what to do. `jitter` is a random share in 0..=1. An input that does not fit the state
    /// (the answer of an action that a release cut short) leads to what the state wants anyway.
    pub fn step(&mut self, input: Input, now: Boottime, jitter: f64) -> Action {
        self.look(now);
        let state = std::mem::replace(&mut self.state, State::Idle);
        let (state, action) = match state {
            State::Idle => (State::Bidding { failures: 0 }, self.bid()),
            State::Bidding { failures } => self.bidding(failures, input, now, jitter),
            State::Standby { epoch, ttl } => self.standby(State::Standby { epoch, ttl }, ttl, input, now, jitter),
            State::Leading(tenure) => self.leading(tenure, input, now, jitter),
            State::Releasing { tenure, failures, end } => releasing(tenure, failures, end, input, (now, jitter)),
            State::Ended(end) => (State::Ended(end), Action::Stop),
        };
        self.state = state;
        self.look(now);
        if matches!(action, Action::Bid { .. }) {
            // It is sent now, whatever it was hurried for.
            self.hurry = false;
        }
        action
    }

    fn bid(&self) -> Action {
        Action::Bid { epoch: None, timeout: patience(self.ttl) }
    }

    fn bidding(&mut self, failures: u32, input: Input, now: Boottime, jitter: f64) -> (State, Action) {
        match input {
            Input::Answered { sent, answer } => match answer {
                BidAnswer::Granted(grant) => self.lead(&grant, sent, now, jitter),
                BidAnswer::Held(held) if !self.standby_ok => ended(End::Held(held)),
                BidAnswer::Held(held) => self.stand_by(&held, jitter),
                BidAnswer::Refused(error) => ended(End::Failed(error)),
                BidAnswer::Failed(error) if failures.saturating_add(1) >= FIRST_BIDS => ended(End::Failed(error)),
                BidAnswer::Failed(_) | BidAnswer::Superseded => {
                    let failures = failures.saturating_add(1);
                    (State::Bidding { failures }, Action::Sleep(retry_after(self.ttl, jitter)))
                }
            },
            Input::Release => ended(End::Released),
            _ => (State::Bidding { failures }, self.bid()),
        }
    }

    /// `standby` is the state as it is, and `ttl` the record's.
    fn standby(&mut self, standby: State, ttl: Duration, input: Input, now: Boottime, jitter: f64) -> (State, Action) {
        match input {
            Input::Answered { sent, answer: BidAnswer::Granted(grant) } => self.lead(&grant, sent, now, jitter),
            Input::Answered { answer: BidAnswer::Held(held), .. } => self.stand_by(&held, jitter),
            Input::Answered { answer: BidAnswer::Refused(error), .. } | Input::Waited(WaitAnswer::Refused(error)) => {
                ended(End::Failed(error))
            }
            // A standby waits through any outage of the Bus.
            Input::Answered { .. } | Input::Waited(WaitAnswer::Failed(_)) => {
                (standby, Action::Sleep(retry_after(ttl, jitter)))
            }
            Input::Waited(WaitAnswer::Seen(view)) => {
                let (epoch, ttl) = (view.epoch, known_ttl(view.ttl_ms.duration(), ttl));
                let seen = State::Standby { epoch, ttl };
                match &standby {
                    // Free: the first bid is made at once. Its own: it was granted by a bid whose answer was lost, and a repeat tells.
                    // Still the same: a bid is the slow poll that keeps it listed.
                    _ if view.holder.as_ref().is_none_or(|holder| *holder == self.name) => (seen, self.bid()),
                    State::Standby { epoch: before, .. } if *before == epoch => (seen, self.bid()),
                    _ => (seen, Action::Wait { epoch, timeout: backstop(view.remaining_ms.duration(), jitter) }),
                }
            }
            Input::Waited(WaitAnswer::Overdue) => (standby, self.bid()),
            Input::Release => ended(End::Released),
            Input::Slept | Input::Start | Input::Released(_) => {
                let epoch = if let State::Standby { epoch, .. } = &standby { *epoch } else { Default::default() };
                (standby, Action::Wait { epoch, timeout: backstop(ttl, jitter) })
            }
        }
    }

    fn stand_by(&self, held: &LeaseHeld, jitter: f64) -> (State, Action) {
        // What is left of the record is the best guess of its time to live until a wait tells it.
        let ttl = known_ttl(held.remaining_ms.duration(), self.ttl);
        (State::Standby { epoch: held.epoch, ttl }, Action::Sleep(AFTER_HELD.mul_f64(share(jitter))))
    }

    /// Begins a tenure. `sent` is when the bid was sent.
    fn lead(&mut self, grant: &Grant, sent: Boottime, now: Boottime, jitter: f64) -> (State, Action) {
        (self.session, self.hurry) = (None, false);
        self.note_grace(grant);
        let tenure = Tenure::granted(grant, counted_from(sent, now), self.heartbeat, jitter);
        (State::Leading(tenure), next_renewal(&tenure, now))
    }

    /// Goes on with a tenure.
    fn renewed(
        &mut self,
        tenure: Tenure,
        grant: &Grant,
        sent: Boottime,
        now: Boottime,
        jitter: f64,
    ) -> (State, Action) {
        self.note_grace(grant);
        let tenure = tenure.renewed(grant, counted_from(sent, now), self.heartbeat, jitter);
        let still_suspect = matches!(tenure.lapse, Lapse::Suspect(_));
        let action = if still_suspect { renew(&tenure, now) } else { next_renewal(&tenure, now) };
        (State::Leading(tenure), action)
    }

    fn leading(&mut self, tenure: Tenure, input: Input, now: Boottime, jitter: f64) -> (State, Action) {
        match input {
            Input::Answered { sent, answer } => match answer {
                BidAnswer::Granted(grant) if grant.epoch == tenure.epoch => {
                    self.renewed(tenure, &grant, sent, now, jitter)
                }
                // The old epoch ended unnoticed and a new one was granted: nobody acts under it, so it is given back.
                BidAnswer::Granted(grant) => {
                    let tenure = Tenure::granted(&grant, sent, self.heartbeat, jitter);
                    release(tenure, End::Lost(Lost::Superseded))
                }
                BidAnswer::Held(_) | BidAnswer::Superseded => ended(End::Lost(Lost::Superseded)),
                BidAnswer::Refused(error) => ended(End::Lost(Lost::Refused(error))),
                // Past its trust it goes on trying: an outage of the Bus ends no lease.
                BidAnswer::Failed(_) => (State::Leading(tenure), Action::Sleep(retry_after(tenure.ttl, jitter))),
            },
            Input::Release => release(tenure, End::Released),
            Input::Slept | Input::Start | Input::Waited(_) | Input::Released(_) => {
                (State::Leading(tenure), renew(&tenure, now))
            }
        }
    }
}

/// Trust counts from sending the request: the Bus's time to live began no earlier.
fn counted_from(sent: Boottime, now: Boottime) -> Boottime {
    if is_on(Mutation::TrustFromAnswer) { now } else { sent }
}

fn next_renewal(tenure: &Tenure, now: Boottime) -> Action {
    match tenure.renew_at.since(now) {
        Duration::ZERO => renew(tenure, now),
        left => Action::Sleep(left),
    }
}

fn renew(tenure: &Tenure, now: Boottime) -> Action {
    Action::Bid { epoch: Some(tenure.epoch), timeout: tenure.patience(now) }
}

pub(super) fn ended(end: End) -> (State, Action) {
    (State::Ended(end), Action::Stop)
}

/// How long a request about a lease with this time to live may take.
pub(super) fn patience(ttl: Duration) -> Duration {
    (ttl / 4).clamp(Duration::from_secs(1), Duration::from_secs(10))
}

/// How long a wait may stay without a word, where the record ends in `remaining` without a renewal: that, and 1–2 s.
fn backstop(remaining: Duration, jitter: f64) -> Duration {
    remaining.saturating_add(Duration::from_secs(1).mul_f64(1.0 + share(jitter))).min(LONGEST_WAIT)
}

fn known_ttl(told: Duration, before: Duration) -> Duration {
    if told.is_zero() { before } else { told }
}

fn share(jitter: f64) -> f64 {
    if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) }
}
