//! Performs a holder's actions through the Bus client. No choices are made here.

use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Epoch, LeaseHeld, Millis, ProblemKind, Release};
use go_bus_client::{BusClient, BusError, RetryPolicy};
use go_clock::Clock;

use crate::LeaseConfig;
use crate::holder::{Action, BidAnswer, Input, ReleaseAnswer, WaitAnswer};
use crate::session::Streams;

/// What a holder's actions need.
#[derive(Debug, Clone)]
pub(crate) struct Performer {
    client: BusClient,
    config: LeaseConfig,
    clock: Arc<dyn Clock>,
}

impl Performer {
    pub(crate) fn new(client: &BusClient, config: LeaseConfig, clock: Arc<dyn Clock>) -> Self {
        // The holder does its own retries: each has to be timed by when it was sent.
        let client = client.unfenced().with_retry(RetryPolicy::Never);
        Self { client, config, clock }
    }

    /// The streams of the session under `epoch`.
    pub(crate) fn streams(&self, epoch: Epoch) -> Streams {
        Streams::new(self.client.clone(), self.config.holder.clone(), epoch, Arc::clone(&self.clock))
    }

    /// Performs `action` and tells what came of it; never ends for [`Action::Stop`].
    pub(crate) async fn perform(self, action: Action) -> Input {
        match action {
            Action::Bid { epoch, timeout } => self.bid(epoch, timeout).await,
            Action::Wait { epoch, timeout } => Input::Waited(self.wait(epoch, timeout).await),
            Action::Sleep(duration) => {
                self.clock.sleep(duration).await;
                Input::Slept
            }
            Action::Release { epoch, timeout } => Input::Released(self.release(epoch, timeout).await),
            Action::Stop => std::future::pending().await,
        }
    }

    async fn bid(&self, epoch: Option<Epoch>, timeout: Duration) -> Input {
        let sent = self.clock.boottime();
        let answer = match self.client.acquire_lease_within(&self.config.bid(epoch), timeout).await {
            Ok(grant) => BidAnswer::Granted(grant),
            Err(error) => refused_bid(error),
        };
        Input::Answered { sent, answer }
    }

    async fn wait(&self, epoch: Epoch, timeout: Duration) -> WaitAnswer {
        let seen = tokio::select! {
            seen = self.client.wait_lease_as(&self.config.holder, epoch) => seen,
            () = self.clock.sleep(timeout) => return WaitAnswer::Overdue,
        };
        match seen {
            Ok(view) => WaitAnswer::Seen(Box::new(view)),
            Err(error) if passes(&error) => WaitAnswer::Failed(Box::new(error)),
            Err(error) => WaitAnswer::Refused(Box::new(error)),
        }
    }

    async fn release(&self, epoch: Epoch, timeout: Duration) -> ReleaseAnswer {
        let body = Release { holder: self.config.holder.clone(), epoch };
        let released = tokio::select! {
            released = self.client.release_lease(&body) => released,
            () = self.clock.sleep(timeout) => return ReleaseAnswer::Failed,
        };
        match released {
            Err(error) if passes(&error) => ReleaseAnswer::Failed,
            // Refused as stale: an earlier try did it, or the lease is another's by now. Either way it is not held.
            Ok(()) | Err(_) => ReleaseAnswer::Done,
        }
    }
}

fn refused_bid(error: BusError) -> BidAnswer {
    match error.problem() {
        Some(ProblemKind::LeaseHeld) => BidAnswer::Held(Box::new(held(&error))),
        Some(ProblemKind::StaleEpoch) => BidAnswer::Superseded,
        _ if passes(&error) => BidAnswer::Failed(Box::new(error)),
        _ => BidAnswer::Refused(Box::new(error)),
    }
}

/// Who holds it; epoch 0 where the Bus does not say, so that the first wait is answered at once and tells.
fn held(error: &BusError) -> LeaseHeld {
    error.lease_held().unwrap_or_else(|| LeaseHeld {
        holder: go_bus_api::HolderId::generate(),
        epoch: Epoch(0),
        remaining_ms: Millis(0),
        handoff: None,
    })
}

/// Whether `error` says nothing about the lease: the Bus may answer otherwise a little later.
fn passes(error: &BusError) -> bool {
    error.is_retryable() || matches!(error, BusError::Garbage { .. })
}
