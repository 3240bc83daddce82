//! Following the Bus, as long as it takes to begin.

use std::sync::Arc;
use std::time::Duration;

use go_bus_client::{BusClient, BusError, Feed, FeedError, SubscribeError};
use go_clock::Clock;

/// How long to wait before the feed is started anew.
const PAUSE: Duration = Duration::from_secs(1);

/// The Bus does not take this instance's token any more.
#[derive(Debug)]
pub(crate) struct TokenVoid;

/// Starts a feed, as long as that takes; fails only where the Bus does not take the token.
pub(crate) async fn start_feed(bus: &BusClient, clock: &Arc<dyn Clock>) -> Result<Feed, TokenVoid> {
    loop {
        match Feed::start(bus.clone(), Arc::clone(clock)).await {
            Ok(feed) => return Ok(feed),
            Err(error) if is_unauthorized(&error) => return Err(TokenVoid),
            Err(error) => tracing::warn!(%error, "the Bus can't be followed yet"),
        }
        clock.sleep(PAUSE).await;
    }
}

fn is_unauthorized(error: &FeedError) -> bool {
    matches!(error, FeedError::Snapshot(BusError::Unauthorized(_)) | FeedError::Events(SubscribeError::Unauthorized(_)))
}
