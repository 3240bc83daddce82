//! Reporting an end until the Bus has it, as a shim does.

use go_agents::delivery;
use go_bus_api::ExitReport;
use go_bus_client::{BusClient, BusError, RetryPolicy, Token};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use go_runtime::{RuntimeError, Stage};

use super::keeper::Keeper;
use crate::processes;

/// A client with the shim's token.
pub(super) fn client(keeper: &Keeper) -> Result<BusClient, RuntimeError> {
    let damaged = |error: go_bus_client::TokenError| RuntimeError::Damaged {
        path: keeper.folder.path().to_owned(),
        reason: error.to_string(),
    };
    let token = Token::new(keeper.folder.shim_token()?).map_err(damaged)?;
    Ok(processes::client(&keeper.ground, keeper.node(), token).with_retry(RetryPolicy::Never))
}

/// Reports until the Bus has it, the launcher has reported it, or nobody wants it any more; an order to stop leaves it to the
/// launcher.
pub(super) async fn until_taken(keeper: &Keeper, report: &ExitReport) -> Result<(), RuntimeError> {
    let (mut failures, stops) = (0_u32, keeper.told.borrow().stops);
    loop {
        if !keeper.folder.path().exists() || keeper.folder.stage() == Stage::Reported {
            return Ok(());
        }
        let error = match once(keeper, report).await? {
            Ok(()) => return keeper.folder.mark_reported(),
            Err(error) => error,
        };
        if !error.is_retryable() {
            tracing::debug!(%error, "an exit was not taken");
            return Ok(());
        }
        failures = failures.saturating_add(1);
        match pause(keeper, failures, stops).await {
            Woken::Stop => return Ok(()),
            Woken::BusIsBack => failures = 0,
            Woken::Pause => {}
        }
    }
}

async fn once(keeper: &Keeper, report: &ExitReport) -> Result<Result<(), BusError>, RuntimeError> {
    let (client, spec) = (client(keeper)?, keeper.folder.spec()?);
    Ok(delivery::deliver(&client, &keeper.folder, &spec, report).await)
}

/// What ends the pause before the next try.
enum Woken {
    Stop,
    BusIsBack,
    Pause,
}

/// Pauses; an order to stop is one beyond the `stops` that ended the agent.
async fn pause(keeper: &Keeper, failures: u32, stops: u32) -> Woken {
    let mut told = keeper.told.clone();
    if told.borrow_and_update().stops != stops {
        return Woken::Stop;
    }
    let clock = keeper.ground.clock(keeper.node());
    tokio::select! {
        biased;
        changed = told.changed() => match changed {
            Ok(()) if told.borrow().stops == stops => Woken::BusIsBack,
            _ => Woken::Stop,
        },
        () = clock.sleep(Backoff::REQUEST.pause(failures, 0.5)) => Woken::Pause,
    }
}
