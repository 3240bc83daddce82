//! Following the Bus on behalf of an orchestrator that thinks: whoever keeps it is told its outlook whenever that changes.

use std::sync::Arc;

use go_bus_client::{BusClient, BusError, Feed, FeedError, Scope};
use go_clock::Clock;
use go_rules::accounts;
use go_rules::backoff::Backoff;

use super::outlook::{Outlook, outlook};
use super::{OrchestratorConfig, OrchestratorError};

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
        let now = clock.wall();
        let new = outlook(config, feed.world(), now);
        if told.as_ref() != Some(&new) {
            told = Some(new.clone());
            tell(new);
        }
        // Whether an account takes agents is all in it that time changes, without an event.
        let rest = accounts::next_change(feed.world().accounts(), now).map(|until| until.since(now));
        let rested = async {
            match rest {
                Some(rest) => clock.sleep(rest).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changes = feed.next() => if let Err(error) = changes { return error.into() },
            () = rested => {}
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
