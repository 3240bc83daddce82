//! An orchestrator's beginning: it says that it is there and reads the Bus, however long that takes.

use std::sync::Arc;

use go_bus_client::{BusClient, BusError, Feed, FeedError, Scope};
use go_clock::Clock;
use go_rules::backoff::Backoff;
use tokio::sync::mpsc;

use super::{OrchestratorConfig, OrchestratorError, Order, pulse};

/// Arrives; `None` where it is told to end before. A Bus that can't answer for a while is waited for: a successor would not fare better,
/// and each early end closes the seat for longer.
pub(super) async fn arrive(
    config: &OrchestratorConfig,
    client: &BusClient,
    clock: &Arc<dyn Clock>,
    orders: &mut mpsc::Receiver<Order>,
) -> Result<Option<Feed>, OrchestratorError> {
    let mut failures = 0_u32;
    loop {
        let arrived = tokio::select! {
            arrived = once(config, client, clock) => arrived,
            () = ended(orders) => return Ok(None),
        };
        let error = match arrived {
            Ok(feed) => return Ok(Some(feed)),
            Err(error) if passes(&error) => error,
            Err(error) => return Err(error),
        };
        failures = failures.saturating_add(1);
        tracing::warn!(agent = %config.agent, %error, "not there yet; it is tried again");
        tokio::select! {
            () = clock.sleep(Backoff::REQUEST.pause(failures, 0.5)) => {}
            order = orders.recv() => if order != Some(Order::Wake) { return Ok(None) },
        }
    }
}

async fn once(
    config: &OrchestratorConfig,
    client: &BusClient,
    clock: &Arc<dyn Clock>,
) -> Result<Feed, OrchestratorError> {
    pulse::ready(client, &config.agent).await?;
    Ok(Feed::start_with(client.clone(), clock.clone(), Scope::Assigned).await?)
}

fn passes(error: &OrchestratorError) -> bool {
    match error {
        OrchestratorError::Bus(error) | OrchestratorError::Feed(FeedError::Snapshot(error)) => {
            BusError::is_retryable(error)
        }
        _ => false,
    }
}

/// Completes once an order to end has come, or none can come any more.
async fn ended(orders: &mut mpsc::Receiver<Order>) {
    while orders.recv().await == Some(Order::Wake) {}
}
