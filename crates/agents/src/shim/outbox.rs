//! Reporting an exit until the Bus has it.

use std::sync::mpsc::Receiver;

use go_bus_api::ExitReport;
use go_bus_client::{BusClient, BusError, RetryPolicy, Token, blocking};
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
/// reached is tried again for as long as it takes; an order to stop ends the waiting, as the launcher reports what is left.
pub(super) fn deliver(folder: &AgentFolder, report: &ExitReport, wakes: &Receiver<Wake>) -> Result<Outcome, ShimError> {
    let mut failures = 0_u32;
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
        if failures == 1 {
            eprintln!("shim: {error}; the exit is reported again until the Bus has it");
        }
        if stop_within(Backoff::REQUEST.pause(failures, jitter()), wakes) {
            return Ok(Outcome::Unreported(error.to_string()));
        }
    }
}

fn once(folder: &AgentFolder, report: &ExitReport) -> Result<Result<(), BusError>, ShimError> {
    let (client, spec) = (client(folder)?, folder.spec()?);
    Ok(blocking::block_on(delivery::deliver(&client, &spec, report)))
}

/// Many shims may wait for the same Bus: their process numbers spread them.
fn jitter() -> f64 {
    f64::from(std::process::id() % 64) / 63.0
}

/// Whether an order to stop comes within `pause`.
fn stop_within(pause: std::time::Duration, wakes: &Receiver<Wake>) -> bool {
    use go_clock::Clock as _;
    let clock = go_clock::SystemClock;
    let until = clock.boottime() + pause;
    loop {
        match wakes.recv_timeout(until.since(clock.boottime())) {
            Ok(Wake::Stop) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
