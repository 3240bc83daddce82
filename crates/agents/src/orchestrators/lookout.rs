//! Following the Bus on behalf of an orchestrator that thinks: whoever keeps it is told its outlook whenever that changes.

use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{BusClient, BusError, Feed, FeedError, Scope};
use go_clock::Clock;
use go_rules::backoff::Backoff;

use super::outlook::{Outlook, outlook};
use super::{OrchestratorConfig, OrchestratorError};

/// How often it is looked though nothing happens: accounts and backoffs rest until a time.
const LOOK: Duration = Duration::from_secs(30);

/// Follows the Bus and gives each new outlook to `tell`, until it can't any more. `client` carries the agent's own token. A Bus that is away is
/// waited for.
pub async fn follow(
    config: &OrchestratorConfig,
    client: &BusClient,
    clock: &Arc<dyn Clock>,
    mut tell: impl FnMut(Outlook),
) -> OrchestratorError {
    let mut feed = match arrive(client, clock).await {
        Ok(feed) => feed,
        Err(error) => return error.into(),
    };
    let mut told = None;
    loop {
        let new = outlook(config, feed.world(), clock.wall());
        if told.as_ref() != Some(&new) {
            told = Some(new.clone());
            tell(new);
        }
        tokio::select! {
            changes = feed.next() => if let Err(error) = changes { return error.into() },
            () = clock.sleep(LOOK) => {}
        }
    }
}

async fn arrive(client: &BusClient, clock: &Arc<dyn Clock>) -> Result<Feed, FeedError> {
    let mut failures = 0_u32;
    loop {
        match Feed::start_with(client.clone(), clock.clone(), Scope::Assigned).await {
            Err(FeedError::Snapshot(error)) if BusError::is_retryable(&error) => {
                failures = failures.saturating_add(1);
                clock.sleep(Backoff::REQUEST.pause(failures, 0.5)).await;
            }
            other => return other,
        }
    }
}
