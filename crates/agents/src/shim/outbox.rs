//! Reporting an exit until the Bus has it.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use go_bus_api::ExitReport;
use go_bus_client::{BusClient, BusError, RetryPolicy, Token, blocking};
use go_clock::{Clock, SystemClock};
use go_rules::backoff::Backoff;
use go_runtime::{AgentFolder, Stage};

use super::ShimError;
use super::session::Outcome;
use super::wake::Wake;
use crate::delivery;

/// A client with the shim's token. The spec is read anew: the Bus may have come back at another address.
pub(super) fn client(folder: &AgentFolder) -> Result<BusClient, ShimError> {
    let (spec, token) = (folder.spec()?, Token::new(folder.shim_token()?)?);
    Ok(blocking::client(&spec.bus_url, token)?.with_retry(RetryPolicy::Never))
}

/// Reports `report` until the Bus has it, or the launcher has reported it, or nobody wants it any more. A Bus that can't be
/// reached is tried again for as long as it takes, and at once when it is said to be back; an order to stop ends the waiting, as
/// the launcher reports what is left.
pub(super) fn deliver(folder: &AgentFolder, report: &ExitReport, wakes: &Receiver<Wake>) -> Result<Outcome, ShimError> {
    let (mut failures, mut told) = (0_u32, false);
    loop {
        if !folder.path().exists() || folder.stage() == Stage::Reported {
            return Ok(Outcome::Reported);
        }
        let error = match once(folder, report)? {
            Ok(()) => {
                folder.mark_reported()?;
                return Ok(Outcome::Reported);
            }
            Err(error) => error,
        };
        if !error.is_retryable() {
            return Ok(Outcome::Unreported(error.to_string()));
        }
        failures = failures.saturating_add(1);
        if !told {
            told = true;
            eprintln!("shim: {error}; the exit is reported again until the Bus has it");
        }
        match woken_within(Backoff::REQUEST.pause(failures, jitter()), wakes) {
            Woken::Stop => return Ok(Outcome::Unreported(error.to_string())),
            Woken::BusIsBack => failures = 0,
            Woken::Pause => {}
        }
    }
}

fn once(folder: &AgentFolder, report: &ExitReport) -> Result<Result<(), BusError>, ShimError> {
    let (client, spec) = (client(folder)?, folder.spec()?);
    Ok(blocking::block_on(delivery::deliver(&client, folder, &spec, report)))
}

/// Many shims may wait for the same Bus: their process numbers spread them.
fn jitter() -> f64 {
    f64::from(std::process::id() % 64) / 63.0
}

/// What ends the pause before the next try.
enum Woken {
    /// An order to stop.
    Stop,
    /// The Bus can be reached again.
    BusIsBack,
    /// Its own end.
    Pause,
}

/// Waits for `pause`, or for what is worth more than waiting.
fn woken_within(pause: Duration, wakes: &Receiver<Wake>) -> Woken {
    let clock = SystemClock;
    let until = clock.boottime() + pause;
    loop {
        match wakes.recv_timeout(until.since(clock.boottime())) {
            Ok(Wake::Stop) => return Woken::Stop,
            Ok(Wake::BusIsBack) => return Woken::BusIsBack,
            Ok(Wake::Ended(..) | Wake::AllGone | Wake::Heard | Wake::News | Wake::Alarm) => {}
            Err(_) => return Woken::Pause,
        }
    }
}
