//! The decision: what was seen, what was tried before, and the time come in; what to do comes out.

use go_bus_api::Timestamp;

use super::budget::{self, Permit};
use super::{Beat, Breaker, Bus, BusPlace, Finding, Intent, Observation, Policy, Record, Response, Session};

/// What whoever asked has to do, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// End this process at once, without a word: what it started works on and is adopted.
    End {
        /// The process.
        pid: u32,
    },
    /// Remove what is left of the session.
    Clear,
    /// Start GO in a new session.
    Start,
}

/// What follows from one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was found.
    pub finding: Finding,
    /// What is done about it.
    pub response: Response,
    /// What to remember; it has to be kept before anything is done, so that a check that dies half way is counted.
    pub record: Record,
    /// What to do.
    pub actions: Vec<Action>,
}

/// Decides what follows from `seen` at `now`, by the clock on the wall.
pub fn decide(seen: &Observation, record: &Record, policy: &Policy, now: Timestamp) -> Decision {
    let mut record = record.as_of(now);
    let finding = find(seen, policy);
    let (response, actions) = match &finding {
        Finding::Well(_) => {
            record.silent_checks = 0;
            if record.breaker == Breaker::HalfOpen {
                record.breaker = Breaker::Closed;
            }
            nothing()
        }
        Finding::Stopped(_) => {
            record.silent_checks = 0;
            nothing()
        }
        Finding::BusRefuses(_) | Finding::BusDown(_) => nothing(),
        Finding::Silent(why) => on_silence(seen, &mut record, policy, now, why),
        Finding::Dead(why) => {
            record.silent_checks = 0;
            on_death(seen, &mut record, policy, now, why)
        }
    };
    Decision { finding, response, record, actions }
}

fn nothing() -> (Response, Vec<Action>) {
    (Response::Nothing, Vec::new())
}

/// What is to be made of what was seen.
fn find(seen: &Observation, policy: &Policy) -> Finding {
    let why = match &seen.bus {
        Bus::Answers(Beat::Held { holder, epoch, renewed_ago, silent_for: None }) => {
            let seconds = renewed_ago.as_secs();
            return Finding::Well(format!("{holder} leads under epoch {epoch}, renewed {seconds} s ago"));
        }
        _ if seen.intent == Intent::Stop => return Finding::Stopped("it was told to stop".to_owned()),
        _ if !seen.is_alive() && seen.session.ended_on_purpose() => {
            return Finding::Stopped("it ended in good order".to_owned());
        }
        Bus::Refuses(why) => return Finding::BusRefuses(why.clone()),
        Bus::Away(why) if policy.place == BusPlace::External => return Finding::BusDown(why.clone()),
        Bus::Away(why) => why.clone(),
        Bus::Answers(Beat::Free { epoch }) => format!("nobody has led since epoch {epoch}"),
        Bus::Answers(Beat::Held { holder, epoch, silent_for: Some(silence), .. }) => {
            format!("{holder}, which led under epoch {epoch}, was last heard of {} s ago", silence.as_secs())
        }
    };
    let why = format!("{why}; {}", whereabouts(seen));
    if seen.is_alive() { Finding::Silent(why) } else { Finding::Dead(why) }
}

/// What is left of GO, in words.
fn whereabouts(seen: &Observation) -> String {
    match (&seen.session, seen.process) {
        (Session::Runs { pid }, _) => format!("process {pid} is in its session"),
        (_, Some(pid)) => format!("process {pid} is at work on the data folder"),
        (Session::Absent, None) => "there is no session".to_owned(),
        (Session::Ended { code: Some(code) }, None) => format!("its process ended with code {code}"),
        (Session::Ended { code: None }, None) => "a signal ended its process".to_owned(),
        (Session::Unknown(why), None) => why.clone(),
    }
}

/// Gives GO some checks to recover, then intervenes.
fn on_silence(
    seen: &Observation,
    record: &mut Record,
    policy: &Policy,
    now: Timestamp,
    why: &str,
) -> (Response, Vec<Action>) {
    record.silent_checks = record.silent_checks.saturating_add(1);
    let (check, of) = (record.silent_checks, policy.defer_checks);
    if check <= of {
        return (Response::Defer { check, of }, Vec::new());
    }
    match (budget::ask(record, policy, now, why), &seen.session, seen.process) {
        (Permit::Granted, Session::Runs { pid }, _) => {
            record.silent_checks = 0;
            let nth = record.restarts.len();
            // Whose lock it is may be the child of a shell that runs in the session.
            let also = seen.process.filter(|process| process != pid);
            let ends = [Some(*pid), also].into_iter().flatten().map(|pid| Action::End { pid });
            (Response::Restart { nth }, ends.chain([Action::Clear, Action::Start]).collect())
        }
        // Whoever keeps a process that is not the session's starts it again; if nobody does, the next check does.
        (Permit::Granted, _, Some(pid)) => {
            record.silent_checks = 0;
            (Response::End { pid }, vec![Action::End { pid }])
        }
        (Permit::Granted, _, None) => nothing(),
        (refused, ..) => (refusal(refused), Vec::new()),
    }
}

/// Starts GO anew where it may be.
fn on_death(
    seen: &Observation,
    record: &mut Record,
    policy: &Policy,
    now: Timestamp,
    why: &str,
) -> (Response, Vec<Action>) {
    if let Session::Unknown(why) = &seen.session {
        return (Response::CantStart(why.clone()), Vec::new());
    }
    match budget::ask(record, policy, now, why) {
        Permit::Granted => (Response::Restart { nth: record.restarts.len() }, vec![Action::Clear, Action::Start]),
        refused => (refusal(refused), Vec::new()),
    }
}

fn refusal(permit: Permit) -> Response {
    match permit {
        Permit::Granted => Response::Nothing,
        Permit::Wait(until) => Response::Pause { until },
        Permit::Open(until) => Response::GiveUp { until },
    }
}
